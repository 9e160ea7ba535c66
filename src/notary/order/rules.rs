//! Orders: customers place them and see their own, the office sees all and works on them.

use std::collections::HashMap;

use async_graphql::ID;
use gerbang_platform::query::batch::by_key;

use crate::{
    accounts::{Role, user},
    notary::{
        order::row::{ActiveModel, Column, Entity, Model, Status},
        service,
    },
    prelude::rules::*,
};

gerbang_kernel::custom_rule! {
    /// An order moves one way.
    ORDER_STATUS: "The order can no longer be given this status.", "Status pesanan tidak dapat diubah menjadi status ini."
}

/// Which orders are wanted.
#[derive(Debug, Default, InputObject)]
pub struct OrderFilter {
    /// Only those that are this far.
    pub status: Option<Status>,
    /// Only those that are as far as one of these, instead of `status`.
    pub statuses: Option<Vec<Status>>,
    /// Only those for this service: `service_akta-jual-beli` or `akta-jual-beli`.
    pub service_id: Option<ID>,
    /// Only those placed at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those placed before this time.
    pub to: Option<DateTime<Utc>>,
}

/// What is ordered.
#[rules]
#[derive(Debug, InputObject)]
pub struct OrderServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    pub service_id: ID,
    /// What the office should know.
    #[rule(text, max = 5_000, optional)]
    pub notes: Option<String>,
}

/// How far an order is.
#[derive(Debug, InputObject)]
pub struct UpdateOrderStatusInput {
    /// The order: `order_12` or `12`.
    pub id: IdOf<Entity>,
    /// Its new status.
    pub status: Status,
}

/// A page of the orders that the viewer may see.
pub async fn orders(
    domain: &Domain,
    viewer: &Viewer,
    OrderFilter { status, statuses, service_id, from, to }: OrderFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Notary)?;
    let wanted = Wanted::default()
        .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
        .between(Column::CreatedAt, from, to)
        .check()?;
    let mut select = Entity::visible_to(viewer).apply_if(wanted, QueryFilter::filter);
    if let Some(id) = service_id {
        select = select.filter(service::rules::key(domain, viewer, &id).await?.is(Column::ServiceId));
    }
    listing.of(domain.db.read(), select, Column::Id).await
}

/// What was ordered, closed and deleted services too, by id. One statement.
pub async fn services_ordered(domain: &Domain, ids: &[String]) -> Result<HashMap<String, service::row::Model>> {
    by_key(domain.db.read(), service::row::Entity::ordered(), service::row::Column::Id, ids).await
}

/// Who placed the orders that the viewer may see, by key. One statement.
pub async fn customers(domain: &Domain, viewer: &Viewer, ids: &[i64]) -> Result<HashMap<i64, user::row::Model>> {
    by_key(domain.db.read(), Entity::customers(viewer), user::row::Column::Id, ids).await
}

/// Orders an open service at the price of the moment. For customers.
///
/// # Errors
/// `FORBIDDEN` to others, `NOT_FOUND` if there is no such service that is open, `VALIDATION_FAILED`.
pub async fn order_service(domain: &Domain, viewer: &Viewer, input: OrderServiceInput) -> Result<Model> {
    let customer = viewer.require_user()?;
    if customer.realm != Realm::Notary || customer.role != Role::Customer {
        return Err(Error::forbidden());
    }
    let OrderServiceInput { service_id, notes } = input.check()?;
    let service_id = service::rules::key(domain, viewer, &service_id).await?;
    let transaction = domain.db.begin().await?;
    // The lock keeps the service from being closed, changed or removed until the order stands.
    let ordered = service::row::Entity::visible_to(viewer)
        .filter(service_id.is(service::row::Column::Id))
        .filter(service::row::Column::Status.eq(service::row::Status::Open))
        .lock_shared()
        .one(&transaction)
        .await?
        .ok_or_else(|| Error::not_found("Service"))?;
    let row = ActiveModel {
        service_id: Set(ordered.id),
        customer_id: Set(customer.id),
        status: Set(Status::Placed),
        notes: Set(notes),
        total: Set(ordered.fees.0.iter().map(|fee| fee.amount).sum()),
        ..Default::default()
    };
    let row = row.insert(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Says how far an order is. The office leads it on or calls it off; a customer may call off their own as long
/// as the office hasn't begun.
///
/// # Errors
/// `NOT_FOUND` if there is none, `FORBIDDEN` for another status by a customer, `VALIDATION_FAILED`
/// (`ORDER_STATUS`) where the order can't go there any more.
pub async fn update_order_status(domain: &Domain, viewer: &Viewer, input: UpdateOrderStatusInput) -> Result<Model> {
    let user = viewer.require_realm(Realm::Notary)?;
    let UpdateOrderStatusInput { id, status } = input;
    let transaction = domain.db.begin().await?;
    let order = id.find_for_update(&transaction, viewer).await?;
    if order.status == status {
        return Ok(order);
    }
    let by_customer = user.role == Role::Customer;
    if by_customer && status != Status::Cancelled {
        return Err(Error::forbidden());
    }
    let possible = match order.status {
        Status::Placed => true,
        Status::InProgress => !by_customer && status != Status::Placed,
        Status::Completed | Status::Cancelled => false,
    };
    if !possible {
        return Err(Error::violation("input.status", ORDER_STATUS));
    }
    let mut row = order.into_active_model();
    row.status = Set(status);
    let row = row.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}
