//! Payment orders. A status changes by a provider's notification ([`transition`]) or by an admin who cancels a payment.

use futures_util::Stream;
use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::number::MAX_SAFE_INTEGER;
use gerbang_platform::db::Db;
use sea_orm::{Condition, Select};

use super::{
    settle::{apply_unmatched, lock_orders},
    transition::{Transition, transition, with_status},
};
use crate::{
    accounts::user,
    events::{Event, Scope, Topic, watch::watch},
    input::custom_rules::TRANSITION,
    payments::order::row::{ActiveModel, Column, Entity, Model, Provider, Status, key, keys},
    prelude::rules::*,
};

/// What is paid in where nobody says otherwise.
const CURRENCY: &str = "IDR";

/// Which payments are wanted.
#[rules]
#[derive(Debug, Default, InputObject)]
pub struct PaymentFilter {
    /// Only those collected by this provider.
    pub provider: Option<Provider>,
    /// Only those standing at this status.
    pub status: Option<Status>,
    /// Only those standing at one of these statuses, instead of `status`.
    pub statuses: Option<Vec<Status>>,
    /// Part of the order's id or of the description, without regard to case; at most 255 characters.
    #[rule(text, max = MAX_SEARCH, optional)]
    pub search: Option<String>,
    /// Only those made at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those made before this time.
    pub to: Option<DateTime<Utc>>,
}

/// What a new payment order is made of.
#[rules]
#[derive(Debug, InputObject)]
pub struct CreatePaymentOrderInput {
    /// The id that the provider knows it by: letters, digits and `-_.~`; unique within the realm.
    #[rule(pattern = "[A-Za-z0-9_.~-]+", max = 100)]
    pub order_id: String,
    /// Who collects the money.
    pub provider: Provider,
    /// What is to be paid, in whole rupiah (whole units of the currency).
    #[rule(number, min = 1, max = MAX_SAFE_INTEGER)]
    pub amount: Rupiah,
    /// The currency's ISO 4217 code.
    #[graphql(default_with = "Some(CURRENCY.to_owned())")]
    #[rule(currency)]
    pub currency: Option<String>,
    /// What it is for.
    #[rule(text, max = 255, optional)]
    pub description: Option<String>,
    /// The realm that is paid; the viewer's own by default.
    pub realm: Option<Realm>,
    /// Who pays, if they have an account in the realm, and then see it: `user_17` or `17`.
    pub payer_id: Option<IdOf<user::row::Entity>>,
}

/// Which payment is called off.
#[derive(Debug, InputObject)]
pub struct CancelPaymentInput {
    /// The id that the provider knows it by.
    pub order_id: String,
}

impl PaymentFilter {
    fn condition(self, db: &Db) -> Result<Option<Condition>> {
        let Self { provider, status, statuses, search, from, to } = self;
        Wanted::default()
            .is(Column::Provider, provider)
            .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
            .search(db, &[Column::OrderId, Column::Description], search.as_deref())
            .between(Column::CreatedAt, from, to)
            .check()
    }
}

/// A page of the payments that the viewer may see.
pub async fn payments(
    domain: &Domain,
    viewer: &Viewer,
    filter: PaymentFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_user()?;
    let select = Entity::visible_to(viewer).apply_if(filter.condition(&domain.db)?, QueryFilter::filter);
    listing.of(domain.db.read(), select, Column::Id).await
}

/// The payment with this order id, if the viewer may see it.
pub async fn payment(domain: &Domain, viewer: &Viewer, order_id: &str) -> Result<Option<Model>> {
    viewer.require_user()?;
    Ok(with_id(viewer, order_id).one(domain.db.read()).await?)
}

/// The orders with this id that the viewer may see, the first one first: admins of the gateway may see one of each realm.
fn with_id(viewer: &Viewer, order_id: &str) -> Select<Entity> {
    Entity::visible_to(viewer).filter(Column::OrderId.is_in(keys(order_id))).order_by_asc(Column::Id)
}

/// Adds a payment order and applies what its provider said about it before, if it is of the realm that the hooks belong
/// to or of the gateway's. For admins of the realm, who are not told whether another realm has an order with the same id.
pub async fn create_payment_order(domain: &Domain, viewer: &Viewer, input: CreatePaymentOrderInput) -> Result<Model> {
    let user = viewer.require_any_admin()?;
    let realm = input.realm.unwrap_or(user.realm);
    viewer.require_admin(realm)?;
    let CreatePaymentOrderInput { order_id, provider, amount, currency, description, realm: _, payer_id } =
        input.check()?;
    let payer = match payer_id {
        None => None,
        Some(id) => Some(payer(domain, viewer, realm, &id).await?),
    };
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    lock_orders(&transaction, vec![&order_id]).await?;
    let first = Entity::find().filter(Column::OrderId.eq(&order_id)).one(&transaction).await?;
    let key = key(&order_id, first.filter(|first| first.realm != realm).map(|_| realm));
    let row = ActiveModel {
        order_id: Set(key),
        realm: Set(realm),
        user_id: Set(payer),
        provider: Set(provider),
        amount: Set(amount.into()),
        currency: Set(currency.unwrap_or_else(|| CURRENCY.to_owned())),
        status: Set(Status::Pending),
        late_payment: Set(false),
        reversed: Set(false),
        description: Set(description),
        ..Default::default()
    };
    let row = row
        .insert(&transaction)
        .await
        .map_err(|error| constraint::taken(error, &[("uq_payment_orders_order_id", "input.orderId")]))?;
    // What waits was meant for the hooks' own realm as far as anybody knows: no other may take it by naming its id.
    let row =
        if row.has_precedence() { apply_unmatched(&domain.providers, &transaction, now, row).await? } else { row };
    transaction.commit().await?;
    domain.events.publish(Event::PaymentUpdated { id: row.id, user_id: row.user_id });
    Ok(row)
}

/// Somebody of the realm.
async fn payer(domain: &Domain, viewer: &Viewer, realm: Realm, id: &IdOf<user::row::Entity>) -> Result<i64> {
    let user = id.find(domain.db.read(), viewer).await?.filter(|user| user.realm == realm);
    user.map(|user| user.id).ok_or_else(|| Error::violation("input.payerId", Rule::Exists))
}

/// Cancels an unpaid payment; one that is cancelled already stays so. For admins of its realm.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`TRANSITION`) if it was paid or has expired.
pub async fn cancel_payment(domain: &Domain, viewer: &Viewer, input: CancelPaymentInput) -> Result<Model> {
    viewer.require_any_admin()?;
    let transaction = domain.db.begin().await?;
    let row = with_id(viewer, &input.order_id)
        .lock_exclusive()
        .one(&transaction)
        .await?
        .ok_or_else(|| Error::not_found("Payment"))?;
    let effects = match transition(row.status, Status::Cancelled, None) {
        Transition::Unchanged => return Ok(row),
        Transition::Moves(effects) => effects,
        Transition::Ignored | Transition::Contradicts => {
            return Err(Error::violation("input.orderId", TRANSITION));
        }
    };
    let row = with_status(row, Status::Cancelled, effects, domain.clock.now()).update(&transaction).await?;
    transaction.commit().await?;
    domain.events.publish(Event::PaymentUpdated { id: row.id, user_id: row.user_id });
    Ok(row)
}

/// Every payment that is made or changes from now on and is wanted, as far as the viewer may see it.
pub fn payments_updated(
    domain: &Domain,
    viewer: &Viewer,
    filter: PaymentFilter,
) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_user()?.id;
    let scope = if viewer.require_any_admin().is_ok() { Scope::All } else { Scope::User(me) };
    let key = |event| match event {
        Event::PaymentUpdated { id, user_id: _ } => Some(id),
        _ => None,
    };
    Ok(watch::<Entity>(domain, viewer, Topic::Payments(scope), key, filter.condition(&domain.db)?))
}
