//! The schema, put together from the areas.

use std::sync::{Arc, LazyLock};

use async_graphql::{
    MergedObject, MergedSubscription, Request, Response, SDLExportOptions, Schema, SchemaBuilder, ServerError,
    ValidationMode, parser,
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::BoxStream};
use gerbang_graphql::{
    absent::leave_out_absent,
    budget::Bounded,
    deadline::WithDeadline,
    engine::{Engine, InProcess},
    type_index::SchemaIndex,
    validate_only::ValidateOnly,
};
use gerbang_kernel::identity::Caller;

use super::{file::FileCount, loaders::Batches, node::NodeQuery};
use crate::{
    accounts, content, domain::Domain, notary, notifications, payments, scholarship, talents, tracking, usage,
    viewer::Viewer,
};

/// What can be asked.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    notary::service::schema::ServiceQuery,
    notary::order::schema::OrderQuery,
    scholarship::period::schema::PeriodQuery,
    scholarship::upload_type::schema::UploadTypeQuery,
    scholarship::applicant::schema::ApplicantQuery,
    scholarship::document::schema::DocumentQuery,
    scholarship::additional_upload::schema::AdditionalUploadQuery,
    scholarship::application::schema::ApplicationQuery,
    accounts::user::schema::UserQuery,
    accounts::invitation::schema::InvitationQuery,
    talents::partner::schema::PartnerQuery,
    talents::client::schema::ClientQuery,
    talents::dictionary::schema::DictionaryQuery,
    talents::report::schema::ReportQuery,
    crate::client_errors::schema::ClientErrorQuery,
    usage::schema::LegacyUsageQuery,
    notifications::schema::NotificationQuery,
    content::setting::schema::SettingQuery,
    content::faq::schema::FaqQuery,
    content::testimonial::schema::TestimonialQuery,
    payments::order::schema::PaymentQuery,
    payments::event::schema::WebhookEventQuery,
    tracking::network::schema::NetworkQuery,
    tracking::offer::schema::OfferQuery,
    tracking::sub_id::schema::SubIdQuery,
    tracking::click::schema::ClickQuery,
    tracking::lead::schema::LeadQuery,
    tracking::dashboard::schema::DashboardQuery,
);

/// What can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    notary::service::schema::ServiceMutation,
    notary::order::schema::OrderMutation,
    scholarship::period::schema::PeriodMutation,
    scholarship::upload_type::schema::UploadTypeMutation,
    scholarship::applicant::schema::ApplicantMutation,
    scholarship::document::schema::DocumentMutation,
    scholarship::additional_upload::schema::AdditionalUploadMutation,
    scholarship::application::schema::ApplicationMutation,
    accounts::session::schema::SessionMutation,
    accounts::sign_up::schema::SignUpMutation,
    accounts::verification::schema::VerificationMutation,
    accounts::password::schema::PasswordMutation,
    accounts::invitation::schema::InvitationMutation,
    accounts::user::admin_schema::UserMutation,
    accounts::staff::schema::StaffMutation,
    talents::partner::schema::PartnerMutation,
    crate::client_errors::schema::ClientErrorMutation,
    payments::order::schema::PaymentMutation,
    payments::event::hook_schema::NotificationHookMutation,
    payments::event::schema::WebhookEventMutation,
    talents::client::schema::ClientMutation,
    talents::import::schema::ImportMutation,
    notifications::schema::NotificationMutation,
    content::setting::schema::SettingMutation,
    content::faq::schema::FaqMutation,
    content::testimonial::schema::TestimonialMutation,
    tracking::network::schema::NetworkMutation,
    tracking::offer::schema::OfferMutation,
    tracking::sub_id::schema::SubIdMutation,
    tracking::click::schema::ClickMutation,
    tracking::lead::schema::LeadMutation,
    tracking::conversion::schema::ConversionMutation,
);

/// What can be watched.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    notifications::schema::NotificationSubscription,
    payments::order::schema::PaymentSubscription,
    tracking::click::schema::ClickSubscription,
    tracking::lead::schema::LeadSubscription,
);

/// The schema's type.
pub type GatewaySchema = Schema<Query, WithDeadline<Mutation>, Subscription>;

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
        sdl().to_owned()
    }

    fn types(&self) -> Result<Arc<SchemaIndex>, parser::Error> {
        static TYPES: LazyLock<Result<Arc<SchemaIndex>, parser::Error>> =
            LazyLock::new(|| SchemaIndex::new(sdl()).map(Arc::new));
        TYPES.clone()
    }

    /// Leaves out what [`variable_usage`](gerbang_graphql::variable_usage) and [`limits`](gerbang_graphql::limits) look at.
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

fn builder() -> SchemaBuilder<Query, WithDeadline<Mutation>, Subscription> {
    Schema::build(Query::default(), WithDeadline::default(), Subscription::default())
}

/// The schema definition language of the whole schema, as committed in `schema.graphql`.
pub fn sdl() -> &'static str {
    static SDL: LazyLock<String> = LazyLock::new(|| {
        let options = SDLExportOptions::new().sorted_enum_items();
        builder().finish().sdl_with_options(options.prefer_single_line_descriptions().include_specified_by())
    });
    &SDL
}
