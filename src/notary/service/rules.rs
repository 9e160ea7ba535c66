//! Services of the office: open ones are everybody's, its admins keep the list.

use gerbang_kernel::{
    error::{Error, Result, Rule},
    number::MAX_SAFE_INTEGER,
};
use gerbang_platform::query::constraint::{self, Violated, violated};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::{
    accounts::Realm,
    domain::Domain,
    input::{
        custom_rules::TOO_MANY,
        validate::{LONG_TEXT, TEXT, Violations},
    },
    notary::service::row::{ActiveModel, Column, Entity, Fee, FeeForm, Fees, Model, Status, Tasks},
    scope::Scoped,
    viewer::Viewer,
};

/// Characters of an id.
const MAX_ID_LENGTH: u8 = 100;
/// Fees and tasks of one service.
const MAX_ITEMS: u8 = 100;

/// What a service is made of.
#[derive(Clone, Debug)]
pub struct ServiceDetails {
    /// Name, at most 255 characters.
    pub name: String,
    /// What it is, at most 5,000 characters.
    pub description: String,
    /// What it costs.
    pub fees: Vec<Fee>,
    /// The shape in which the fees were sent.
    pub fee_form: FeeForm,
    /// What the office does for it, in order.
    pub tasks: Vec<String>,
}

/// A service to be added.
#[derive(Clone, Debug)]
pub struct CreateService {
    /// The id it is known by; made from the name if there is none.
    pub id: Option<String>,
    /// What it is made of.
    pub details: ServiceDetails,
}

/// What a service is replaced by.
#[derive(Clone, Debug)]
pub struct UpdateService {
    /// What it is made of.
    pub details: ServiceDetails,
    /// Whether it can be ordered; `None` leaves that as it is.
    pub status: Option<Status>,
}

impl ServiceDetails {
    /// Puts what follows the rules into `row`, and notes what doesn't.
    fn check(self, row: &mut ActiveModel, violations: &mut Violations) {
        let Self { name, description, fees, fee_form, tasks } = self;
        row.name = Set(violations.text("input.name", &name, TEXT));
        row.description = Set(violations.text("input.description", &description, LONG_TEXT));
        check_count("input.fees", fees.len(), violations);
        if fee_form == FeeForm::Number && fees.len() > 1 {
            violations.add("input.feeForm", Rule::In);
        }
        let fees = fees.into_iter().enumerate().map(|(index, Fee { name, amount })| {
            let name = violations.text(format!("input.fees.{index}.name"), &name, TEXT);
            violations.rupiah(format!("input.fees.{index}.amount"), amount, 0);
            Fee { name, amount }
        });
        let fees: Vec<Fee> = fees.collect();
        check_total(&fees, violations);
        row.fees = Set(Fees(fees));
        row.fee_form = Set(fee_form);
        check_count("input.tasks", tasks.len(), violations);
        let tasks =
            tasks.iter().enumerate().map(|(index, task)| violations.text(format!("input.tasks.{index}"), task, TEXT));
        row.tasks = Set(Tasks(tasks.collect()));
    }
}

fn check_count(path: &'static str, count: usize, violations: &mut Violations) {
    if count == 0 {
        violations.add(path, Rule::Required);
    } else if count > usize::from(MAX_ITEMS) {
        violations.add(path, TOO_MANY);
    }
}

/// An order holds the sum of all fees.
fn check_total(fees: &[Fee], violations: &mut Violations) {
    let total = fees.iter().fold(0, |total: i64, fee| total.saturating_add(fee.amount));
    if total > MAX_SAFE_INTEGER && fees.iter().all(|fee| fee.amount <= MAX_SAFE_INTEGER) {
        violations.add("input.fees", Rule::Max(MAX_SAFE_INTEGER));
    }
}

/// The open services in the office's order; with `include_closed` the closed ones too, for its admins.
pub async fn services(domain: &Domain, viewer: &Viewer, include_closed: bool) -> Result<Vec<Model>> {
    let mut select = Entity::visible_to(viewer);
    if include_closed {
        viewer.require_admin(Realm::Notary)?;
    } else {
        select = select.filter(Column::Status.eq(Status::Open));
    }
    Ok(select.order_by_asc(Column::Position).order_by_asc(Column::Id).all(domain.db.read()).await?)
}

/// The service with this id, if the viewer may see it.
pub async fn service(domain: &Domain, viewer: &Viewer, id: &str) -> Result<Option<Model>> {
    Ok(Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(domain.db.read()).await?)
}

/// Adds a service at the end of the list. For admins.
///
/// # Errors
/// `VALIDATION_FAILED`, among others `TAKEN` on the id, which a hidden service still holds.
pub async fn create_service(domain: &Domain, viewer: &Viewer, input: CreateService) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let CreateService { id, details } = input;
    let mut violations = Violations::new();
    let id = match id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => check_id(id, &mut violations),
        None => make_id(&details.name, &mut violations),
    };
    let now = domain.clock.now();
    let mut row = ActiveModel {
        id: Set(id.clone()),
        status: Set(Status::Open),
        // Later ones come behind without asking where the list ends.
        position: Set(now.timestamp_micros()),
        ..Default::default()
    };
    details.check(&mut row, &mut violations);
    violations.finish()?;
    let transaction = domain.db.begin().await?;
    if is_ambiguous(&transaction, viewer, &id).await? {
        return Err(Error::violation("input.id", Rule::Taken));
    }
    let inserted = row.insert(&transaction).await;
    let row = inserted.map_err(|error| constraint::taken(error, &[("pk_services", "input.id")]))?;
    transaction.commit().await?;
    Ok(row)
}

fn check_id(id: &str, violations: &mut Violations) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.len() > usize::from(MAX_ID_LENGTH) {
        violations.add("input.id", Rule::MaxLength(MAX_ID_LENGTH.into()));
    } else if !id.bytes().all(allowed) {
        violations.add("input.id", Rule::Format);
    }
    id.to_owned()
}

fn make_id(name: &str, violations: &mut Violations) -> String {
    let mut id = slug::slugify(name);
    id.truncate(MAX_ID_LENGTH.into());
    if id.is_empty() && !name.trim().is_empty() {
        violations.add("input.name", Rule::Format);
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
pub async fn update_service(domain: &Domain, viewer: &Viewer, id: &str, input: UpdateService) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let UpdateService { details, status } = input;
    let transaction = domain.db.begin().await?;
    let mut row = find_for_update(&transaction, viewer, id).await?.into_active_model();
    let mut violations = Violations::new();
    details.check(&mut row, &mut violations);
    match status {
        Some(status @ (Status::Open | Status::Closed)) => row.status = Set(status),
        Some(Status::Deleted) => violations.add("input.status", Rule::In),
        None => {}
    }
    violations.finish()?;
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Hides a service from the public until it is opened again. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn close_service(domain: &Domain, viewer: &Viewer, id: &str) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let transaction = domain.db.begin().await?;
    let mut row = find_for_update(&transaction, viewer, id).await?.into_active_model();
    row.status = Set(Status::Closed);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

async fn find_for_update(transaction: &DatabaseTransaction, viewer: &Viewer, id: &str) -> Result<Model> {
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).lock_exclusive().one(transaction).await?;
    found.ok_or_else(|| Error::not_found("Service"))
}

/// Removes a service for good: its row where no order refers to it, else it is hidden. For admins.
///
/// The foreign key of the orders decides which, so an order placed meanwhile keeps its service.
///
/// # Errors
/// `NOT_FOUND` if there is none.
pub async fn delete_service(domain: &Domain, viewer: &Viewer, id: &str) -> Result<Model> {
    viewer.require_admin(Realm::Notary)?;
    let not_found = || Error::not_found("Service");
    let mut row = service(domain, viewer, id).await?.ok_or_else(not_found)?;
    row.status = Status::Deleted;
    row.updated_at = domain.clock.now().into();
    let removed = match Entity::delete_by_id(id).exec(domain.db.write()).await {
        Err(error) if violated(&error) == Some(Violated::ForeignKey) => hide(domain, &row).await?,
        deletion => deletion?.rows_affected,
    };
    if removed == 0 { Err(not_found()) } else { Ok(row) }
}

async fn hide(domain: &Domain, row: &Model) -> Result<u64> {
    let hidden = ActiveModel { status: Set(row.status), updated_at: Set(row.updated_at), ..Default::default() };
    let seen = Entity::update_many().set(hidden).filter(Column::Id.eq(&*row.id)).filter(Column::Status.ne(row.status));
    Ok(seen.exec(domain.db.write()).await?.rows_affected)
}
