//! `node(id:)`: any object by its global id.

use std::str::FromStr;

use async_graphql::{Context, ID, Interface, Object};
use gerbang_kernel::error::Result;
use gerbang_platform::query::batch::BatchKey;

use super::{
    context::ContextExt,
    id::{GlobalId, split_id},
    loaders::ById,
};
use crate::{
    accounts::{
        invitation::{self, schema::Invitation},
        user::{self, schema::User},
    },
    client_errors::{self, schema::ClientError},
    content::{
        faq::{self, schema::Faq},
        setting::{self, schema::Setting},
        testimonial::{self, schema::Testimonial},
    },
    notary::{
        order::{self, schema::Order},
        service::{self, schema::Service},
    },
    notifications::{self, schema::Notification},
    payments::{
        event::{self, schema::WebhookEvent},
        order::{self as payment, schema::Payment},
    },
    scholarship::{
        additional_upload::{self, schema::AdditionalUpload},
        applicant::{self, schema::Applicant},
        application::{self, schema::ScholarshipApplication},
        document::{self, schema::Document},
        period::{self, schema::ScholarshipPeriod},
        upload_type::{self, schema::UploadType},
    },
    scope::Scoped,
    talents::{
        assessment::{
            self,
            schema::{AssessmentResult, ResultOf},
        },
        client::{self, schema::Client},
        partner::{self, schema::Partner},
    },
    tracking::{
        click::{self, schema::Click},
        lead::{self, schema::Lead},
        network::{self, schema::Network},
        offer::{self, schema::Offer},
        sub_id::{self, schema::SubId},
    },
};

/// An object that can be asked for again by its id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "GlobalId", desc = "The global id, such as `client_17`."))]
pub enum Node {
    /// A service of the notary office.
    Service(Service),
    /// An order for a service of the notary office.
    Order(Order),
    /// One round of the scholarship.
    ScholarshipPeriod(ScholarshipPeriod),
    /// The profile of a user who applies for the scholarship.
    Applicant(Applicant),
    /// A file that an applicant handed in.
    Document(Document),
    /// What an additional upload can be.
    UploadType(UploadType),
    /// A file that an applicant added.
    AdditionalUpload(AdditionalUpload),
    /// An application for the scholarship.
    ScholarshipApplication(ScholarshipApplication),
    /// A user.
    User(User),
    /// An invitation to join a realm.
    Invitation(Invitation),
    /// A partner.
    Partner(Partner),
    /// A person whom a partner has assessed.
    Client(Client),
    /// The result of an assessment.
    AssessmentResult(AssessmentResult),
    /// An error that a front end reported.
    ClientError(ClientError),
    /// What a user is told inside the product.
    Notification(Notification),
    /// A named text of the site.
    Setting(Setting),
    /// A question that is asked often.
    Faq(Faq),
    /// What somebody says about the scholarship.
    Testimonial(Testimonial),
    /// Something that is to be paid through a provider.
    Payment(Payment),
    /// What a provider said about a payment.
    WebhookEvent(WebhookEvent),
    /// An affiliate network.
    Network(Network),
    /// What affiliates advertise.
    Offer(Offer),
    /// The word that a tracking link carries.
    SubId(SubId),
    /// A visit through a tracking link.
    Click(Click),
    /// What a click turned into.
    Lead(Lead),
}

/// Any object by its global id.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The object with this global id; null if there is none or the viewer may not see it.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A global id, such as `client_17`.")] id: ID,
    ) -> Option<Result<Node>> {
        let (kind, key) = split_id(&id)?;
        find(ctx, kind, key).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, kind: &str, key: &str) -> Result<Option<Node>> {
    Ok(match kind {
        "service" => row::<service::row::Entity>(ctx, key).await?.map(|row| Node::Service(row.into())),
        "order" => row::<order::row::Entity>(ctx, key).await?.map(|row| Node::Order(row.into())),
        "scholarshipPeriod" => {
            row::<period::row::Entity>(ctx, key).await?.map(|row| Node::ScholarshipPeriod(row.into()))
        }
        "applicant" => row::<applicant::row::Entity>(ctx, key).await?.map(|row| Node::Applicant(row.into())),
        "document" => row::<document::row::Entity>(ctx, key).await?.map(|row| Node::Document(row.into())),
        "uploadType" => row::<upload_type::row::Entity>(ctx, key).await?.map(|row| Node::UploadType(row.into())),
        "additionalUpload" => {
            row::<additional_upload::row::Entity>(ctx, key).await?.map(|row| Node::AdditionalUpload(row.into()))
        }
        "scholarshipApplication" => {
            row::<application::row::Entity>(ctx, key).await?.map(|row| Node::ScholarshipApplication(row.into()))
        }
        "user" => row::<user::row::Entity>(ctx, key).await?.map(|row| Node::User(row.into())),
        "invitation" => row::<invitation::row::Entity>(ctx, key).await?.map(|row| Node::Invitation(row.into())),
        "partner" => row::<partner::row::Entity>(ctx, key).await?.map(|row| Node::Partner(row.into())),
        "client" => row::<client::row::Entity>(ctx, key).await?.map(|row| Node::Client(row.into())),
        "assessmentResult" => match row::<assessment::result_row::Entity>(ctx, key).await? {
            Some(row) => ctx.load(ResultOf(row.client_id)).await?.map(|found| AssessmentResult(found).into()),
            None => None,
        },
        "clientError" => row::<client_errors::row::Entity>(ctx, key).await?.map(|row| Node::ClientError(row.into())),
        "notification" => row::<notifications::row::Entity>(ctx, key).await?.map(|row| Node::Notification(row.into())),
        "setting" => row::<setting::row::Entity>(ctx, key).await?.map(|row| Node::Setting(row.into())),
        "faq" => row::<faq::row::Entity>(ctx, key).await?.map(|row| Node::Faq(row.into())),
        "testimonial" => row::<testimonial::row::Entity>(ctx, key).await?.map(|row| Node::Testimonial(row.into())),
        "payment" => row::<payment::row::Entity>(ctx, key).await?.map(|row| Node::Payment(row.into())),
        "webhookEvent" => row::<event::row::Entity>(ctx, key).await?.map(|row| Node::WebhookEvent(row.into())),
        "network" => row::<network::row::Entity>(ctx, key).await?.map(|row| Node::Network(row.into())),
        "offer" => row::<offer::row::Entity>(ctx, key).await?.map(|row| Node::Offer(row.into())),
        "subId" => row::<sub_id::row::Entity>(ctx, key).await?.map(|row| Node::SubId(row.into())),
        "click" => row::<click::row::Entity>(ctx, key).await?.map(|row| Node::Click(row.into())),
        "lead" => row::<lead::row::Entity>(ctx, key).await?.map(|row| Node::Lead(row.into())),
        _ => None,
    })
}

async fn row<E>(ctx: &Context<'_>, key: &str) -> Result<Option<E::Model>>
where
    E: Scoped<Key: BatchKey + FromStr>,
{
    match key.parse() {
        Ok(key) => ctx.load(ById::<E>::new(key)).await,
        Err(_) => Ok(None),
    }
}
