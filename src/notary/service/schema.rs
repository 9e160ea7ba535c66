//! Services of the notary office.

use std::sync::Arc;

use async_graphql::ID;
use gerbang_platform::query::page::held::page_of;

pub use super::row::Model as Service;
use crate::{
    notary::{
        order::schema::{Order, OrdersOfService},
        service::{
            row::Fee,
            rules::{self, CloseServiceInput, CreateServiceInput, DeleteServiceInput, UpdateServiceInput},
        },
    },
    prelude::schema::*,
};

#[lists]
#[node("service_akta-jual-beli", legacy = "The id in the legacy API, such as `akta-jual-beli`.")]
#[ComplexObject]
impl Service {
    /// What it costs, part by part.
    async fn fees(&self) -> &[Fee] {
        &self.fees.0
    }

    /// What the office does for it, in order.
    async fn tasks(&self) -> &[String] {
        &self.tasks.0
    }

    /// The orders for it that the viewer may see, in the order in which they were placed: all for the office, their
    /// own for customers, none for others. Errors: `VALIDATION_FAILED`.
    async fn orders(&self, ctx: &Context<'_>, #[list] list: List) -> Result<Connection<Order>> {
        ctx.below::<OrdersOfService>(self.id.clone(), list).await
    }
}

/// Services as the viewer may see them.
#[derive(Default)]
pub struct ServiceQuery;

#[lists]
#[Object]
impl ServiceQuery {
    /// The open services in the office's order, for everybody. Errors: `UNAUTHENTICATED` and `FORBIDDEN` for closed ones.
    #[graphql(deprecation = "Use `servicesConnection`, which gives them page by page.")]
    async fn services(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The closed ones too; for admins of the office.", default)] include_closed: bool,
    ) -> Result<Arc<Vec<Service>>> {
        rules::services(ctx.domain(), ctx.viewer(), include_closed).await
    }

    /// The open services in the office's order, page by page, for everybody. Errors: `UNAUTHENTICATED` and `FORBIDDEN` for
    /// closed ones, `VALIDATION_FAILED`.
    async fn services_connection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The closed ones too; for admins of the office.", default)] include_closed: bool,
        #[list] list: List,
    ) -> Result<Connection<Service>> {
        let place = |service: &Service| (service.position, service.id.clone());
        Ok(page_of(rules::services(ctx.domain(), ctx.viewer(), include_closed).await?, place, &list.request)?.into())
    }

    /// The service with this id; null if there is none or the viewer may not see it: closed ones are for admins.
    async fn service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `service_akta-jual-beli` or the legacy id `akta-jual-beli`.")] id: ID,
    ) -> Option<Result<Service>> {
        rules::service(ctx.domain(), ctx.viewer(), &id).await.transpose()
    }
}

/// The service after the change.
#[derive(SimpleObject)]
pub struct ServicePayload {
    /// The service; after a deletion, as it was but for its status.
    service: Service,
}

mutations! {
    /// Changes to services, for admins of the notary office.
    ServiceMutation;

    /// Adds an open service at the end of the list. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`
    /// (`TAKEN` on the id).
    create_service("The new service.": CreateServiceInput) -> ServicePayload { service };

    /// Replaces what a service is made of. A closed one stays closed unless the input opens it. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    update_service("The service as it is to be.": UpdateServiceInput) -> ServicePayload { service };

    /// Hides a service from the public until it is opened again. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    close_service("The service.": CloseServiceInput) -> ServicePayload { service };

    /// Removes a service for good; orders for it stay and still show it. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`.
    delete_service("The service.": DeleteServiceInput) -> ServicePayload { service };
}
