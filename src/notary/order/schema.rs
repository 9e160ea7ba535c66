//! Orders for services of the notary office.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject, dataloader::Loader};
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::{
    batch::Children,
    page::{PageInput, PageRequest, Sort},
};

use crate::{
    accounts::user::{self, schema::User},
    graphql::{
        connection::{Connection, Direction, sort, wants_total},
        context::ContextExt,
        loaders::{Batches, ChildList},
    },
    notary::{
        order::{
            row::{Column, Entity, Model, Status},
            rules,
        },
        service::{self, row as service_row, schema::Service},
    },
};
use gerbang_graphql::id::{GlobalId, Node, global_id, node, parse_id};

pub use super::row::Model as Order;

#[node("order_12", legacy = "The key alone, such as `12`.")]
#[ComplexObject]
impl Order {
    /// The global id of what was ordered, such as `service_akta-jual-beli`.
    async fn service_id(&self) -> GlobalId {
        global_id::<service::row::Model>(&self.service_id)
    }

    /// What was ordered, as it is today; also if it is closed or deleted by now.
    async fn service(&self, ctx: &Context<'_>) -> Result<Service> {
        let row = ctx.load(ServiceOrdered(self.service_id.clone())).await?;
        row.map(Service::from).ok_or_else(|| Error::not_found("Service"))
    }

    /// Who placed it.
    async fn customer(&self, ctx: &Context<'_>) -> Result<User> {
        let row = ctx.load(Customer(self.customer_id)).await?;
        row.map(User::from).ok_or_else(|| Error::not_found("User"))
    }
}

/// The orders for a service, oldest first.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OrdersOfService;

impl ChildList for OrdersOfService {
    type Entity = Entity;
    type Parent = String;
    const CHILDREN: Children<Column> =
        Children { parent: Column::ServiceId, sort: Sort::ascending(Column::Id), key: Column::Id };
}

/// What was ordered, whatever became of it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ServiceOrdered(String);

impl Loader<ServiceOrdered> for Batches {
    type Value = service_row::Model;
    type Error = Error;

    async fn load(&self, keys: &[ServiceOrdered]) -> Result<HashMap<ServiceOrdered, service_row::Model>> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let rows = rules::services_ordered(&self.domain, &ids).await?;
        Ok(rows.into_iter().map(|(id, row)| (ServiceOrdered(id), row)).collect())
    }
}

/// Who placed an order that the viewer may see.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Customer(i64);

impl Loader<Customer> for Batches {
    type Value = user::row::Model;
    type Error = Error;

    async fn load(&self, keys: &[Customer]) -> Result<HashMap<Customer, user::row::Model>> {
        let ids: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let rows = rules::customers(&self.domain, &self.viewer, &ids).await?;
        Ok(rows.into_iter().map(|(id, row)| (Customer(id), row)).collect())
    }
}

/// What orders are sorted by.
#[derive(Clone, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum OrderOrder {
    /// The order in which they were placed.
    #[default]
    Id,
    /// What they cost.
    Total,
    /// When they were last changed.
    UpdatedAt,
}

impl From<OrderOrder> for Column {
    fn from(order: OrderOrder) -> Self {
        match order {
            OrderOrder::Id => Self::Id,
            OrderOrder::Total => Self::Total,
            OrderOrder::UpdatedAt => Self::UpdatedAt,
        }
    }
}

/// Which orders are wanted.
#[derive(Debug, Default, InputObject)]
pub struct OrderFilter {
    /// Only those that are this far.
    status: Option<Status>,
    /// Only those for this service: `service_akta-jual-beli` or `akta-jual-beli`.
    service_id: Option<ID>,
}

/// Orders as the viewer may see them.
#[derive(Default)]
pub struct OrderQuery;

#[Object]
impl OrderQuery {
    /// Orders: all for the office, their own for customers. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders are wanted.")] filter: Option<OrderFilter>,
        #[graphql(desc = "What to sort by; `ID` by default.")] order_by: Option<OrderOrder>,
        #[graphql(desc = "Which way to sort; `ASC` by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Order>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let OrderFilter { status, service_id } = filter.unwrap_or_default();
        let service_id = match service_id {
            Some(id) => Some(service::schema::key(ctx, &id).await?),
            None => None,
        };
        let filter = rules::OrderFilter { status, service_id };
        let sort = sort(order_by, direction);
        Ok(rules::orders(ctx.domain(), ctx.viewer(), filter, sort, &request, wants_total(ctx)).await?.into())
    }

    /// The order with this id; null if there is none or the viewer may not see it.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `order_12` or its key `12`.")] id: ID,
    ) -> Option<Result<Order>> {
        let id = parse_id(<Order as Node>::KIND, &id)?;
        rules::order(ctx.domain(), ctx.viewer(), id).await.transpose().map(|row| row)
    }
}

/// What is ordered.
#[derive(Debug, InputObject)]
pub struct OrderServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    service_id: ID,
    /// What the office should know, at most 5,000 characters.
    notes: Option<String>,
}

/// How far an order is.
#[derive(Debug, InputObject)]
pub struct UpdateOrderStatusInput {
    /// The order: `order_12` or `12`.
    id: ID,
    /// Its new status.
    status: Status,
}

/// The order after the change.
#[derive(SimpleObject)]
pub struct OrderPayload {
    /// The order.
    order: Order,
}

impl From<Model> for OrderPayload {
    fn from(row: Model) -> Self {
        Self { order: row.into() }
    }
}

/// Changes to orders.
#[derive(Default)]
pub struct OrderMutation;

#[Object]
impl OrderMutation {
    /// Orders an open service at the price of the moment, for customers. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn order_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is ordered.")] input: OrderServiceInput,
    ) -> Result<OrderPayload> {
        let OrderServiceInput { service_id, notes } = input;
        let service_id = service::schema::key(ctx, &service_id).await?;
        Ok(rules::order_service(ctx.domain(), ctx.viewer(), &service_id, notes.as_deref()).await?.into())
    }

    /// Says how far an order is: for the office until it is completed or cancelled; customers may cancel their own
    /// while it is `PLACED`. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`ORDER_STATUS`).
    async fn update_order_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order and its new status.")] input: UpdateOrderStatusInput,
    ) -> Result<OrderPayload> {
        let UpdateOrderStatusInput { id, status } = input;
        let id = parse_id(<Order as Node>::KIND, &id).ok_or_else(|| Error::not_found("Order"))?;
        Ok(rules::update_order_status(ctx.domain(), ctx.viewer(), id, status).await?.into())
    }
}
