//! Notifications.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt};
use gerbang_graphql::integer::int;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{PageInput, PageRequest};

use crate::input::id::IdOf;
use crate::{
    accounts::user::{self, row as user_row, schema::User},
    graphql::{
        connection::{Connection, Direction, wants_total},
        context::ContextExt,
    },
    notifications::rules,
};
use gerbang_graphql::id::{Node, node, parse_id};

pub use super::row::Model as Notification;

#[node("notification_0190a5f0-...", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Notification {
    /// Who is told.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        if let Some(own) = ctx.viewer().user().filter(|user| user.id == self.user_id) {
            return Ok(own.clone().into());
        }
        let row = ctx.load(IdOf::<user_row::Entity>::new(self.user_id)).await?;
        row.map(User::from).ok_or_else(|| Error::not_found("User"))
    }

    /// Whether it has been read.
    async fn is_read(&self) -> bool {
        self.read_at.is_some()
    }
}

/// Which notifications are wanted.
#[derive(Debug, Default, InputObject)]
pub struct NotificationFilter {
    /// True for unread ones only, false for read ones only.
    unread: Option<bool>,
    /// Those of this user (`user_9`) instead of the viewer's own; for admins of the user's realm, nobody's for others.
    user_id: Option<ID>,
}

impl From<NotificationFilter> for rules::NotificationFilter {
    fn from(NotificationFilter { unread, user_id }: NotificationFilter) -> Self {
        // No user has the key 0, as none has an id of another format.
        let user_id = user_id.map(|id| parse_id(<user::row::Model as Node>::KIND, &id).unwrap_or_default());
        Self { unread, user_id }
    }
}

/// Notifications of the viewer.
#[derive(Default)]
pub struct NotificationQuery;

#[Object]
impl NotificationQuery {
    /// The viewer's own notifications, the newest first. Errors: `UNAUTHENTICATED`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which notifications are wanted.")] filter: Option<NotificationFilter>,
        #[graphql(desc = "Which way to sort by time; `DESC` (newest first) by default.")] direction: Option<Direction>,
        #[graphql(desc = "At most this many from the start, 0 to 100; 15 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "At most this many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those in front of this cursor.")] before: Option<String>,
        #[graphql(desc = "The number of the page, from 1, instead of cursors.")] page: Option<i32>,
        #[graphql(desc = "How many a numbered page has, 1 to 100; 15 by default.")] per_page: Option<i32>,
    ) -> Result<Connection<Notification>> {
        let request = PageRequest::new(PageInput { first, after, last, before, page, per_page })?;
        let filter = filter.unwrap_or_default().into();
        let descending = direction != Some(Direction::Asc);
        let count = wants_total(ctx);
        Ok(rules::notifications(ctx.domain(), ctx.viewer(), filter, descending, &request, count).await?.into())
    }
}

/// Which notification has been read.
#[derive(Debug, InputObject)]
pub struct MarkNotificationReadInput {
    /// The notification: `notification_0190a5f0-...` or the UUID alone.
    id: ID,
}

/// The notification after the change.
#[derive(SimpleObject)]
pub struct NotificationPayload {
    /// The notification.
    notification: Notification,
}

/// How many notifications changed.
#[derive(SimpleObject)]
pub struct MarkAllNotificationsReadPayload {
    /// How many had not been read before.
    marked: i32,
}

/// Changes to the viewer's notifications.
#[derive(Default)]
pub struct NotificationMutation;

#[Object]
impl NotificationMutation {
    /// Marks one of the viewer's notifications as read; doing so again changes nothing. Errors: `UNAUTHENTICATED`,
    /// `NOT_FOUND`.
    async fn mark_notification_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notification.")] input: MarkNotificationReadInput,
    ) -> Result<NotificationPayload> {
        ctx.viewer().require_user()?;
        let id = parse_id(<Notification as Node>::KIND, &input.id).ok_or_else(|| Error::not_found("Notification"))?;
        let row = rules::mark_read(ctx.domain(), ctx.viewer(), id).await?;
        Ok(NotificationPayload { notification: row.into() })
    }

    /// Marks all of the viewer's notifications as read. Errors: `UNAUTHENTICATED`.
    async fn mark_all_notifications_read(&self, ctx: &Context<'_>) -> Result<MarkAllNotificationsReadPayload> {
        let marked = rules::mark_all_read(ctx.domain(), ctx.viewer()).await?;
        Ok(MarkAllNotificationsReadPayload { marked: int(marked) })
    }
}

/// The viewer's notifications as they come in.
#[derive(Default)]
pub struct NotificationSubscription;

#[Subscription]
impl NotificationSubscription {
    /// The viewer's notifications from now on. Ends with `UNAVAILABLE` for a watcher that is too slow to hear of all.
    /// Errors: `UNAUTHENTICATED`.
    async fn notification_received(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<Notification>> + use<>> {
        let received = rules::notifications_received(ctx.domain(), ctx.viewer())?;
        Ok(received.map(|row| row))
    }
}
