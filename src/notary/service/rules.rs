//! Services of the office: open ones are everybody's, its admins keep the list.

use std::sync::Arc;

use async_graphql::ID;
use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::number::MAX_SAFE_INTEGER;
use gerbang_platform::query::constraint::{self, Violated, violated};
use sea_orm::DatabaseTransaction;

use crate::{
    constants::{table::Table, transaction::ConstantTransaction},
    notary::service::row::{ActiveModel, Column, Entity, Fee, FeeForm, Fees, Model, Status, Tasks},
    prelude::rules::*,
};

/// Characters of an id that is made from a name.
const MAX_ID_LENGTH: usize = 100;

/// One part of what a service costs.
#[rules]
#[derive(Debug, InputObject)]
pub struct FeeInput {
    /// What it is for.
    #[rule(text, max = 255)]
    pub name: String,
    /// What it costs. All parts together are at most 9007199254740991, too.
    #[rule(number, min = 0, max = MAX_SAFE_INTEGER)]
    pub amount: Rupiah,
}

impl From<FeeInput> for Fee {
    fn from(FeeInput { name, amount }: FeeInput) -> Self {
        Self { name, amount: amount.into() }
    }
}

/// A new service.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreateServiceInput {
    /// The id it will be known by: letters, digits, `-` and `_`. Made from the name if absent.
    #[rule(pattern = "[A-Za-z0-9_-]+", max = 100, optional)]
    pub id: Option<String>,
    /// Name.
    #[rule(text, max = 255)]
    pub name: String,
    /// What it is.
    #[rule(text, max = 5_000)]
    pub description: String,
    /// What it costs, part by part.
    #[rule(members, items = 1..=100)]
    pub fees: Vec<FeeInput>,
    /// What the office does for it, in order; each at most 255 characters.
    #[rule(text, max = 255, items = 1..=100)]
    pub tasks: Vec<String>,
}

/// What a service is replaced by.
#[rules]
#[derive(Debug, InputObject)]
pub struct UpdateServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    pub id: ID,
    /// Name.
    #[rule(text, max = 255)]
    pub name: String,
    /// What it is.
    #[rule(text, max = 5_000)]
    pub description: String,
    /// What it costs, part by part.
    #[rule(members, items = 1..=100)]
    pub fees: Vec<FeeInput>,
    /// What the office does for it, in order; each at most 255 characters.
    #[rule(text, max = 255, items = 1..=100)]
    pub tasks: Vec<String>,
    /// `OPEN` opens a closed service again, `CLOSED` closes it; left as it is if absent or null.
    #[rule(one_of = ["OPEN", "CLOSED"])]
    pub status: Option<Status>,
}

/// Which service is closed.
#[derive(Debug, InputObject)]
pub struct CloseServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    pub id: ID,
}

/// Which service is removed.
#[derive(Debug, InputObject)]
pub struct DeleteServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    pub id: ID,
}

/// An order holds the sum of all fees.
fn fees_together(fees: Vec<FeeInput>, found: &mut Violations) -> Fees {
    let fees: Vec<Fee> = fees.into_iter().map(Fee::from).collect();
    let total = fees.iter().fold(0, |total: i64, fee| total.saturating_add(fee.amount));
    if total > MAX_SAFE_INTEGER && fees.iter().all(|fee| fee.amount <= MAX_SAFE_INTEGER) {
        found.add("input.fees", Rule::Max(MAX_SAFE_INTEGER));
    }
    Fees(fees)
}

/// The open services in the office's order; with `include_closed` the closed ones too, for its admins.
pub async fn services(domain: &Domain, viewer: &Viewer, include_closed: bool) -> Result<Arc<Vec<Model>>> {
    let listed = |viewer: &Viewer| {
        Entity::visible_to(viewer).order_by_asc(Column::Position).order_by_asc(Column::Id).all(domain.db.read())
    };
    if include_closed {
        viewer.require_admin(Realm::Notary)?;
        return Ok(Arc::new(listed(viewer).await?));
    }
    // What everybody sees are the open ones.
    domain.constants.get(Table::Services, || async { Ok(listed(&Viewer::anonymous()).await?) }).await
}

/// The service that a caller names by its global or its legacy id, if the viewer may see it.
pub async fn service(domain: &Domain, viewer: &Viewer, id: &ID) -> Result<Option<Model>> {
    key(domain, viewer, id).await?.find(domain.db.read(), viewer).await
}

/// The key of the service that a caller names by its global or its legacy id. A legacy id may itself begin with
/// `service_`; where both readings are possible, the service decides that exists.
pub(crate) async fn key(domain: &Domain, viewer: &Viewer, id: &ID) -> Result<IdOf<Entity>> {
    let bare = IdOf::new(id.to_string());
    let is_global = id.starts_with("service_") && bare.find(domain.db.read(), viewer).await?.is_none();
    Ok(if is_global { IdOf::from(id) } else { bare })
}

/// Adds a service at the end of the list. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the id, which a hidden service still holds.
pub async fn create_service(domain: &Domain, viewer: &Viewer, input: CreateServiceInput) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let (CreateServiceInput { id, name, description, fees, tasks }, mut found) = input.examine();
    let fees = fees_together(fees, &mut found);
    let id = id.unwrap_or_else(|| make_id(&name, &mut found));
    found.finish()?;
    let row = ActiveModel {
        id: Set(id.clone()),
        name: Set(name),
        description: Set(description),
        fees: Set(fees),
        tasks: Set(Tasks(tasks)),
        fee_form: Set(FeeForm::List),
        status: Set(Status::Open),
        // Later ones come behind without asking where the list ends.
        position: Set(domain.clock.now().timestamp_micros()),
        ..Default::default()
    };
    let transaction = ConstantTransaction::begin(domain, Table::Services).await?;
    if is_ambiguous(transaction.db(), viewer, &id).await? {
        return Err(Error::violation("input.id", Rule::Taken));
    }
    let inserted = row.insert(transaction.db()).await;
    let row = inserted.map_err(|error| constraint::taken(error, &[("pk_services", "input.id")]))?;
    transaction.commit().await?;
    Ok(row)
}

fn make_id(name: &str, found: &mut Violations) -> String {
    let mut id = slug::slugify(name);
    id.truncate(MAX_ID_LENGTH);
    if id.is_empty() && !name.is_empty() {
        found.add("input.name", Rule::Format);
    }
    id
}

/// Whether `id` could be read as another service's. Callers name a service by its id or by `service_` and its
/// id, and an id may itself begin so: of `a` and `service_a` there can be only one.
async fn is_ambiguous(transaction: &DatabaseTransaction, viewer: &Viewer, id: &str) -> Result<bool> {
    let mut namesakes = vec![format!("service_{id}")];
    namesakes.extend(id.strip_prefix("service_").map(str::to_owned));
    let found = Entity::visible_to(viewer).filter(Column::Id.is_in(namesakes)).one(transaction).await?;
    Ok(found.is_some())
}

/// Replaces what a service is made of; a closed one comes back only if the input opens it. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED`.
pub async fn update_service(domain: &Domain, viewer: &Viewer, input: UpdateServiceInput) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let id = key(domain, viewer, &input.id).await?;
    let transaction = ConstantTransaction::begin(domain, Table::Services).await?;
    let mut row = id.find_for_update(transaction.db(), viewer).await?.into_active_model();
    let (input, mut found) = input.examine();
    row.name = Set(input.name);
    row.description = Set(input.description);
    row.fees = Set(fees_together(input.fees, &mut found));
    row.tasks = Set(Tasks(input.tasks));
    row.status.change(input.status);
    found.finish()?;
    let row = row.update(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Hides a service from the public until it is opened again. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn close_service(domain: &Domain, viewer: &Viewer, input: CloseServiceInput) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let id = key(domain, viewer, &input.id).await?;
    let transaction = ConstantTransaction::begin(domain, Table::Services).await?;
    let mut row = id.find_for_update(transaction.db(), viewer).await?.into_active_model();
    row.status = Set(Status::Closed);
    let row = row.update(transaction.db()).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Removes a service for good: its row where no order refers to it, else it is hidden. For admins.
///
/// The foreign key of the orders decides which, so an order placed meanwhile keeps its service.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_service(domain: &Domain, viewer: &Viewer, input: DeleteServiceInput) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let not_found = || Error::not_found("Service");
    let mut row = service(domain, viewer, &input.id).await?.ok_or_else(not_found)?;
    row.status = Status::Deleted;
    row.updated_at = domain.clock.now().into();
    let transaction = ConstantTransaction::begin(domain, Table::Services).await?;
    let removed = match Entity::delete_by_id(&*row.id).exec(transaction.db()).await {
        Err(error) if violated(&error) == Some(Violated::ForeignKey) => {
            drop(transaction);
            hide(domain, &row).await?
        }
        deletion => {
            let removed = deletion?.rows_affected;
            transaction.commit().await?;
            removed
        }
    };
    if removed == 0 { Err(not_found()) } else { Ok(row) }
}

async fn hide(domain: &Domain, row: &Model) -> Result<u64> {
    let hidden = ActiveModel { status: Set(row.status), updated_at: Set(row.updated_at), ..Default::default() };
    let seen = Entity::update_many().set(hidden).filter(Column::Id.eq(&*row.id)).filter(Column::Status.ne(row.status));
    let transaction = ConstantTransaction::begin(domain, Table::Services).await?;
    let hidden = seen.exec(transaction.db()).await?.rows_affected;
    transaction.commit().await?;
    Ok(hidden)
}
