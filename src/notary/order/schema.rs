//! Orders for services of the notary office.

use gerbang_kernel::error::Error;
use gerbang_platform::query::{batch::Children, page::Sort};

pub use super::row::Model as Order;
use crate::{
    accounts::user::schema::User,
    graphql::reads::ChildList,
    notary::{
        order::{
            row::{Column, Entity},
            rules::{self, OrderFilter, OrderServiceInput, UpdateOrderStatusInput},
        },
        service::schema::Service,
    },
    prelude::schema::*,
};

#[node("order_12", legacy = "The key alone, such as `12`.")]
#[ComplexObject]
impl Order {
    /// The global id of what was ordered, such as `service_akta-jual-beli`.
    async fn service_id(&self) -> GlobalId {
        global_id::<Service>(&self.service_id)
    }

    /// What was ordered, as it is today; also if it is closed or deleted by now.
    async fn service(&self, ctx: &Context<'_>) -> Result<Service> {
        let read = async |ids: Vec<String>| rules::services_ordered(ctx.domain(), &ids).await;
        let row = ctx.load(self.service_id.clone(), read).await?;
        row.ok_or_else(|| Error::not_found("Service"))
    }

    /// Who placed it.
    async fn customer(&self, ctx: &Context<'_>) -> Result<User> {
        let read = async |ids: Vec<i64>| rules::customers(ctx.domain(), ctx.viewer(), &ids).await;
        let row = ctx.load(self.customer_id, read).await?;
        row.ok_or_else(|| Error::not_found("User"))
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

/// What orders are sorted by.
#[derive(Clone, Columns, Copy, Debug, Default, Enum, PartialEq, Eq)]
pub enum OrderOrder {
    /// The order in which they were placed.
    #[default]
    Id,
    /// What they cost.
    Total,
    /// When they were placed.
    CreatedAt,
    /// When they were last changed.
    UpdatedAt,
}

/// Orders as the viewer may see them.
#[derive(Default)]
pub struct OrderQuery;

#[lists]
#[Object]
impl OrderQuery {
    /// Orders: all for the office, their own for customers. Errors: `UNAUTHENTICATED`, `FORBIDDEN` in another realm.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which orders are wanted.")] filter: Option<OrderFilter>,
        #[list(order)] list: List<OrderOrder>,
    ) -> Result<Connection<Order>> {
        Ok(rules::orders(ctx.domain(), ctx.viewer(), filter.unwrap_or_default(), &list.by()).await?.into())
    }

    /// The order with this id; null if there is none or the viewer may not see it.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `order_12` or its key `12`.")] id: IdOf<Entity>,
    ) -> Option<Result<Row<Order>>> {
        ctx.get(id).await.transpose()
    }
}

/// The order after the change.
#[derive(SimpleObject)]
pub struct OrderPayload {
    /// The order.
    order: Order,
}

mutations! {
    /// Changes to orders.
    OrderMutation;

    /// Orders an open service at the price of the moment, for customers. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`, `VALIDATION_FAILED`.
    order_service("What is ordered.": OrderServiceInput) -> OrderPayload { order };

    /// Says how far an order is: for the office until it is completed or cancelled; customers may cancel their own
    /// while it is `PLACED`. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED` (`ORDER_STATUS`).
    update_order_status("The order and its new status.": UpdateOrderStatusInput) -> OrderPayload { order };
}
