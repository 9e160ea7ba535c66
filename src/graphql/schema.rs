//! The schema, put together from the areas.

use async_graphql::{
    MergedObject, MergedSubscription, Request, Response, SDLExportOptions, Schema, SchemaBuilder, ServerError,
    ValidationMode,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use gerbang_graphql::engine::Engine;
use gerbang_graphql::{absent::leave_out_absent, budget::Bounded, deadline::Punctual, validate_only::ValidateOnly};
use gerbang_kernel::identity::Caller;

use super::{
    accounts, content,
    file::{FileCount, InProcess},
    loaders::Batches,
    node::NodeQuery,
    notary, notifications, operations, payments, scholarship, talents, tracking,
};
use crate::domain::{Domain, Viewer};

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    notary::service::ServiceQuery,
    notary::order::OrderQuery,
    scholarship::period::PeriodQuery,
    scholarship::upload_type::UploadTypeQuery,
    scholarship::applicant::ApplicantQuery,
    scholarship::document::DocumentQuery,
    scholarship::additional_upload::AdditionalUploadQuery,
    scholarship::application::ApplicationQuery,
    accounts::user::UserQuery,
    accounts::invitation::InvitationQuery,
    talents::partner::PartnerQuery,
    talents::client::ClientQuery,
    talents::dictionary::DictionaryQuery,
    talents::report::ReportQuery,
    operations::client_error::ClientErrorQuery,
    operations::legacy_usage::LegacyUsageQuery,
    notifications::notification::NotificationQuery,
    content::setting::SettingQuery,
    content::faq::FaqQuery,
    content::testimonial::TestimonialQuery,
    payments::payment::PaymentQuery,
    payments::webhook_event::WebhookEventQuery,
    tracking::network::NetworkQuery,
    tracking::offer::OfferQuery,
    tracking::sub_id::SubIdQuery,
    tracking::click::ClickQuery,
    tracking::lead::LeadQuery,
    tracking::dashboard::DashboardQuery,
);

/// What can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    notary::service::ServiceMutation,
    notary::order::OrderMutation,
    scholarship::period::PeriodMutation,
    scholarship::upload_type::UploadTypeMutation,
    scholarship::applicant::ApplicantMutation,
    scholarship::document::DocumentMutation,
    scholarship::additional_upload::AdditionalUploadMutation,
    scholarship::application::ApplicationMutation,
    accounts::session::SessionMutation,
    accounts::sign_up::SignUpMutation,
    accounts::verification::VerificationMutation,
    accounts::password::PasswordMutation,
    accounts::invitation::InvitationMutation,
    accounts::user_admin::UserMutation,
    accounts::staff::StaffMutation,
    talents::partner::PartnerMutation,
    operations::client_error::ClientErrorMutation,
    payments::payment::PaymentMutation,
    payments::notification::NotificationHookMutation,
    payments::webhook_event::WebhookEventMutation,
    talents::client::ClientMutation,
    talents::import::ImportMutation,
    notifications::notification::NotificationMutation,
    content::setting::SettingMutation,
    content::faq::FaqMutation,
    content::testimonial::TestimonialMutation,
    tracking::network::NetworkMutation,
    tracking::offer::OfferMutation,
    tracking::sub_id::SubIdMutation,
    tracking::click::ClickMutation,
    tracking::lead::LeadMutation,
    tracking::conversion::ConversionMutation,
);

/// What can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    notifications::notification::NotificationSubscription,
    payments::payment::PaymentSubscription,
    tracking::click::ClickSubscription,
    tracking::lead::LeadSubscription,
);

/// The schema's type.
pub type GatewaySchema = Schema<Query, Punctual<Mutation>, Subscription>;

/// One schema, three handles: strangers' documents are validated by the one and run by another, which keeps them
/// within their budget. Our own route files, which were checked at start, are run by the third; neither looks at
/// anything twice.
#[derive(Clone)]
pub struct Gateway {
    validator: GatewaySchema,
    bounded: GatewaySchema,
    trusted: GatewaySchema,
    domain: Domain,
}

impl Gateway {
    /// Builds the schema over the rules.
    pub fn new(domain: Domain) -> Self {
        let validator = builder().extension(ValidateOnly).finish();
        let checked = || builder().data(domain.clone()).validation_mode(ValidationMode::Fast);
        Self { validator, bounded: checked().extension(Bounded).finish(), trusted: checked().finish(), domain }
    }

    /// The schema for documents that were checked before.
    pub const fn trusted(&self) -> &GatewaySchema {
        &self.trusted
    }

    /// Puts the caller beside the request, and gives arguments their defaults where a variable has no value.
    fn prepare(&self, mut request: Request, caller: Caller<Viewer>) -> Request {
        let Caller { viewer, client } = caller;
        leave_out_absent(&mut request);
        request
            .data(Batches::loader(self.domain.clone(), viewer.clone()))
            .data(FileCount::default())
            .data(viewer)
            .data(client)
    }
}

impl Engine for Gateway {
    type Identity = Viewer;

    fn sdl(&self) -> String {
        self.trusted.sdl()
    }

    /// Leaves out what [`positions`](gerbang_graphql::positions) and [`limits`](gerbang_graphql::limits) look at.
    fn validate(&self, request: Request) -> BoxFuture<'_, Vec<ServerError>> {
        async { self.validator.execute(request).await.errors }.boxed()
    }

    fn execute(&self, request: Request, caller: Caller<Viewer>) -> BoxFuture<'_, Response> {
        self.bounded.execute(self.prepare(request, caller)).boxed()
    }

    fn execute_trusted(&self, request: Request, caller: Caller<Viewer>) -> BoxFuture<'_, Response> {
        self.trusted.execute(self.prepare(request.data(InProcess), caller)).boxed()
    }

    fn subscribe(&self, request: Request, caller: Caller<Viewer>) -> BoxStream<'static, Response> {
        self.bounded.execute_stream(self.prepare(request, caller)).boxed()
    }
}

fn builder() -> SchemaBuilder<Query, Punctual<Mutation>, Subscription> {
    Schema::build(Query::default(), Punctual::default(), Subscription::default())
}

/// The schema definition language of the whole schema, as committed in `schema.graphql`.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_enum_items().prefer_single_line_descriptions().include_specified_by();
    builder().finish().sdl_with_options(options)
}
