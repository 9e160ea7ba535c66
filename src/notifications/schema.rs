//! Notifications.

use async_graphql::Subscription;
use futures_util::Stream;
use gerbang_graphql::integer::int;

pub use super::row::Model as Notification;
use crate::{
    accounts::user::{self, schema::User},
    input::id::check_id,
    notifications::{
        row::Column,
        rules::{self, MarkNotificationReadInput, NotificationFilter},
    },
    prelude::schema::*,
};

#[node("notification_0190a5f0-...", legacy = "The id in the legacy API, a UUID.")]
#[ComplexObject]
impl Notification {
    /// Who is told.
    async fn user(&self, ctx: &Context<'_>) -> Result<Row<User>> {
        if let Some(own) = ctx.viewer().user().filter(|user| user.id == self.user_id) {
            return Ok(Row(own.clone()));
        }
        ctx.referred::<user::row::Entity>(self.user_id).await
    }

    /// Whether it has been read.
    async fn is_read(&self) -> bool {
        self.read_at.is_some()
    }
}

/// Notifications of the viewer.
#[derive(Default)]
pub struct NotificationQuery;

#[lists]
#[Object]
impl NotificationQuery {
    /// The viewer's own notifications, the newest first. Errors: `UNAUTHENTICATED`.
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which notifications are wanted.")] filter: Option<NotificationFilter>,
        #[list(direction = Desc)] list: List,
    ) -> Result<Connection<Notification>> {
        let listing = list.by_column(Column::CreatedAt);
        let filter = filter.unwrap_or_default();
        check_id(ctx, filter.user_id.as_ref(), "filter.userId")?;
        Ok(rules::notifications(ctx.domain(), ctx.viewer(), filter, &listing).await?.into())
    }
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

mutations! {
    /// Changes to the viewer's notifications.
    NotificationMutation;

    /// Marks one of the viewer's notifications as read; doing so again changes nothing. Errors: `UNAUTHENTICATED`,
    /// `NOT_FOUND`.
    mark_notification_read("The notification.": MarkNotificationReadInput) -> NotificationPayload { notification };

    @also {
        /// Marks all of the viewer's notifications as read. Errors: `UNAUTHENTICATED`.
        async fn mark_all_notifications_read(&self, ctx: &Context<'_>) -> Result<MarkAllNotificationsReadPayload> {
            let marked = rules::mark_all_read(ctx.domain(), ctx.viewer()).await?;
            Ok(MarkAllNotificationsReadPayload { marked: int(marked) })
        }
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
        rules::notifications_received(ctx.domain(), ctx.viewer())
    }
}
