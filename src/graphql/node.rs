//! `node(id:)`: any object by its global id.

use std::str::FromStr;

use async_graphql::{Context, ID, Interface, Object};
use gerbang_graphql::{
    id::{GlobalId, Node as Kind, split_id},
    rows::Row,
};
use gerbang_kernel::error::Result;
use gerbang_platform::query::batch::BatchKey;

use super::context::ContextExt;
use crate::input::id::IdOf;
use crate::{
    accounts::{invitation, user},
    client_errors,
    content::{faq, setting, testimonial},
    notary::{order, service},
    notifications,
    payments::{event, order as payment},
    scholarship::{additional_upload, applicant, application, document, period, upload_type},
    scope::Scoped,
    talents::{
        assessment::{self, schema::AssessmentResult},
        client, partner,
    },
    tracking::{click, lead, network, offer, sub_id},
};

/// Declares the union of rows that `node(id:)` finds, each with the entity it is read from.
macro_rules! nodes {
    ($($name:ident => $($row:ident)::+),* $(,)?) => {
        /// An object that can be asked for again by its id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "GlobalId", desc = "The global id, such as `client_17`."))]
        #[expect(missing_docs, reason = "each is the object of its name")]
        pub enum Node {
            $($name($($row)::+::Model),)*
            AssessmentResult(AssessmentResult),
        }

        async fn find(ctx: &Context<'_>, kind: &str, key: &str) -> Result<Option<Node>> {
            $(if kind == <$($row)::+::Model as Kind>::KIND {
                return Ok(row::<$($row)::+::Entity>(ctx, key).await?.map(Node::$name));
            })*
            if kind == AssessmentResult::KIND
                && let Some(row) = row::<assessment::result_row::Entity>(ctx, key).await?
            {
                return Ok(assessment::rules::assessments_of(ctx.domain(), ctx.viewer(), &[row.client_id], true)
                    .await?
                    .remove(&row.client_id)
                    .map(|result| AssessmentResult(result).into()));
            }
            Ok(None)
        }
    };
}

nodes! {
    Service => service::row,
    Order => order::row,
    ScholarshipPeriod => period::row,
    Applicant => applicant::row,
    Document => document::row,
    UploadType => upload_type::row,
    AdditionalUpload => additional_upload::row,
    ScholarshipApplication => application::row,
    User => user::row,
    Invitation => invitation::row,
    Partner => partner::row,
    Client => client::row,
    ClientError => client_errors::row,
    Notification => notifications::row,
    Setting => setting::row,
    Faq => faq::row,
    Testimonial => testimonial::row,
    Payment => payment::row,
    WebhookEvent => event::row,
    Network => network::row,
    Offer => offer::row,
    SubId => sub_id::row,
    Click => click::row,
    Lead => lead::row,
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

async fn row<E>(ctx: &Context<'_>, key: &str) -> Result<Option<E::Model>>
where
    E: Scoped<Model: Send, Key: BatchKey + FromStr>,
{
    match key.parse() {
        Ok(key) => Ok(ctx.get(IdOf::<E>::new(key)).await?.map(|Row(row)| row)),
        Err(_) => Ok(None),
    }
}
