//! Services of the notary office.

use async_graphql::{ComplexObject, Context, ID, InputObject, Json, Object, SimpleObject};
use gerbang_graphql::integer::Rupiah;
use gerbang_kernel::error::Result;
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::{
    graphql::{
        connection::{Connection, wants_total},
        context::ContextExt,
        loaders::PageOf,
    },
    notary::{
        order::schema::{Order, OrdersOfService},
        service::{
            row::{self as row, FeeForm, Model, Status},
            rules,
        },
    },
};
use gerbang_graphql::id::node;

pub use super::row::Model as Service;

/// One part of what a service costs.
#[derive(SimpleObject)]
pub struct Fee {
    /// What it is for.
    name: String,
    /// What it costs.
    amount: Rupiah,
}

impl From<row::Fee> for Fee {
    fn from(row::Fee { name, amount }: row::Fee) -> Self {
        Self { name, amount: amount.into() }
    }
}

#[node("service_akta-jual-beli", legacy = "The id in the legacy API, such as `akta-jual-beli`.")]
#[ComplexObject]
impl Service {
    /// What it costs, part by part.
    async fn fees(&self) -> Vec<Fee> {
        self.fees.0.iter().cloned().map(Fee::from).collect()
    }

    /// The fees in the shape in which they were last sent: a list of `{name, amount}`, or one bare amount in whole
    /// rupiah (IDR).
    async fn fee_as_sent(&self) -> Json<serde_json::Value> {
        let fees = &self.fees.0;
        Json(match (self.fee_form, fees.as_slice()) {
            (FeeForm::Number, [fee]) => fee.amount.into(),
            _ => serde_json::json!(fees),
        })
    }

    /// What the office does for it, in order.
    async fn tasks(&self) -> &[String] {
        &self.tasks.0
    }

    /// The orders for it that the viewer may see, in the order in which they were placed: all for the office, their
    /// own for customers, none for others. Errors: `VALIDATION_FAILED`.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most this many, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
    ) -> Result<Connection<Order>> {
        let request = PageRequest::new(PageInput { first, after, ..PageInput::default() })?;
        let page = PageOf::<OrdersOfService>::new(self.id.clone(), request, wants_total(ctx));
        Ok(ctx.load(page).await?.unwrap_or_default().into())
    }
}

/// The key of the service that a caller names by its global or its legacy id. A legacy id may itself begin with
/// `service_`; where both readings are possible, the service decides that exists.
pub(crate) async fn key(ctx: &Context<'_>, id: &ID) -> Result<String> {
    let Some(key) = id.strip_prefix("service_") else { return Ok(id.to_string()) };
    let known = rules::service(ctx.domain(), ctx.viewer(), id).await?;
    Ok(if known.is_some() { id.to_string() } else { key.to_owned() })
}

/// Services as the viewer may see them.
#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// The open services in the office's order, for everybody. Errors: `UNAUTHENTICATED` and `FORBIDDEN` for closed ones.
    async fn services(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The closed ones too; for admins of the office.", default)] include_closed: bool,
    ) -> Result<Vec<Service>> {
        let services = rules::services(ctx.domain(), ctx.viewer(), include_closed).await?;
        Ok(services)
    }

    /// The service with this id; null if there is none or the viewer may not see it: closed ones are for admins.
    async fn service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id `service_akta-jual-beli` or the legacy id `akta-jual-beli`.")] id: ID,
    ) -> Option<Result<Service>> {
        let found = async { rules::service(ctx.domain(), ctx.viewer(), &key(ctx, &id).await?).await };
        found.await.transpose().map(|row| row)
    }
}

/// One part of what a service costs.
#[derive(Debug, InputObject)]
pub struct FeeInput {
    /// What it is for, at most 255 characters.
    name: String,
    /// What it costs, not negative. All parts together are at most 9007199254740991, too.
    amount: Rupiah,
}

impl From<FeeInput> for row::Fee {
    fn from(FeeInput { name, amount }: FeeInput) -> Self {
        Self { name, amount: amount.into() }
    }
}

/// A new service.
#[derive(Debug, InputObject)]
pub struct CreateServiceInput {
    /// The id it will be known by: at most 100 letters, digits, `-` and `_`. Made from the name if absent.
    id: Option<String>,
    /// Name, at most 255 characters.
    name: String,
    /// What it is, at most 5,000 characters.
    description: String,
    /// What it costs, 1 to 100 parts.
    fees: Vec<FeeInput>,
    /// The shape in which the fees are to be shown where they are shown as sent; `NUMBER` for one part only.
    #[graphql(default_with = "FeeForm::List")]
    fee_form: FeeForm,
    /// What the office does for it, in order; 1 to 100 tasks of at most 255 characters.
    tasks: Vec<String>,
}

/// What a service is replaced by.
#[derive(Debug, InputObject)]
pub struct UpdateServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    id: ID,
    /// Name, at most 255 characters.
    name: String,
    /// What it is, at most 5,000 characters.
    description: String,
    /// What it costs, 1 to 100 parts.
    fees: Vec<FeeInput>,
    /// The shape in which the fees are to be shown where they are shown as sent; `NUMBER` for one part only.
    #[graphql(default_with = "FeeForm::List")]
    fee_form: FeeForm,
    /// What the office does for it, in order; 1 to 100 tasks of at most 255 characters.
    tasks: Vec<String>,
    /// `OPEN` opens a closed service again, `CLOSED` closes it; left as it is if absent or null.
    status: Option<Status>,
}

/// Which service is closed.
#[derive(Debug, InputObject)]
pub struct CloseServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    id: ID,
}

/// Which service is removed.
#[derive(Debug, InputObject)]
pub struct DeleteServiceInput {
    /// The service: `service_akta-jual-beli` or `akta-jual-beli`.
    id: ID,
}

/// The service after the change.
#[derive(SimpleObject)]
pub struct ServicePayload {
    /// The service; after a deletion, as it was but for its status.
    service: Service,
}

impl From<Model> for ServicePayload {
    fn from(row: Model) -> Self {
        Self { service: row.into() }
    }
}

/// Changes to services, for admins of the notary office.
#[derive(Default)]
pub struct ServiceMutation;

#[Object]
impl ServiceMutation {
    /// Adds an open service at the end of the list. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `VALIDATION_FAILED`
    /// (`TAKEN` on the id).
    async fn create_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new service.")] input: CreateServiceInput,
    ) -> Result<ServicePayload> {
        let CreateServiceInput { id, name, description, fees, fee_form, tasks } = input;
        let fees = fees.into_iter().map(row::Fee::from).collect();
        let details = rules::ServiceDetails { name, description, fees, fee_form, tasks };
        let input = rules::CreateService { id, details };
        Ok(rules::create_service(ctx.domain(), ctx.viewer(), input).await?.into())
    }

    /// Replaces what a service is made of. A closed one stays closed unless the input opens it. Errors:
    /// `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `VALIDATION_FAILED`.
    async fn update_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service as it is to be.")] input: UpdateServiceInput,
    ) -> Result<ServicePayload> {
        let UpdateServiceInput { id, name, description, fees, fee_form, tasks, status } = input;
        let fees = fees.into_iter().map(row::Fee::from).collect();
        let details = rules::ServiceDetails { name, description, fees, fee_form, tasks };
        let input = rules::UpdateService { details, status };
        Ok(rules::update_service(ctx.domain(), ctx.viewer(), &key(ctx, &id).await?, input).await?.into())
    }

    /// Hides a service from the public until it is opened again. Errors: `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`.
    async fn close_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service.")] input: CloseServiceInput,
    ) -> Result<ServicePayload> {
        Ok(rules::close_service(ctx.domain(), ctx.viewer(), &key(ctx, &input.id).await?).await?.into())
    }

    /// Removes a service for good; orders for it stay and still show it. Errors: `UNAUTHENTICATED`, `FORBIDDEN`,
    /// `NOT_FOUND`.
    async fn delete_service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The service.")] input: DeleteServiceInput,
    ) -> Result<ServicePayload> {
        Ok(rules::delete_service(ctx.domain(), ctx.viewer(), &key(ctx, &input.id).await?).await?.into())
    }
}
