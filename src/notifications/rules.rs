//! Notifications: everybody reads their own, an admin also those of a user of the realm.

use futures_util::Stream;
use gerbang_platform::query::prune;
use sea_orm::{
    ConnectionTrait,
    prelude::TextUuid,
    sea_query::{Expr, IntoCondition},
};
use uuid::Uuid;

use crate::{
    accounts::user,
    events::{Event, Topic, watch::watch},
    notifications::row::{ActiveModel, Column, Entity, Model},
    prelude::rules::*,
    scope,
};

/// Which notifications are wanted.
#[derive(Debug, Default, InputObject)]
pub struct NotificationFilter {
    /// True for unread ones only, false for read ones only.
    pub unread: Option<bool>,
    /// Those of this user (`user_9`) instead of the viewer's own; for admins of the user's realm, nobody's for others.
    pub user_id: Option<IdOf<user::row::Entity>>,
}

/// Which notification has been read.
#[derive(Debug, InputObject)]
pub struct MarkNotificationReadInput {
    /// The notification: `notification_0190a5f0-...` or the UUID alone.
    pub id: IdOf<Entity>,
}

/// Tells a user something, within the transaction that it is about. Publish the event after the commit.
pub async fn notify(
    domain: &Domain,
    transaction: &impl ConnectionTrait,
    user_id: i64,
    title: impl Into<String>,
    message: impl Into<String>,
) -> Result<Event> {
    let now = domain.clock.now();
    let id = TextUuid::from(Uuid::now_v7());
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        title: Set(title.into()),
        message: Set(message.into()),
        read_at: Set(None),
        created_at: Set(now.into()),
        updated_at: Set(now.into()),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(Event::NotificationReceived { id, user_id })
}

/// A page of the notifications. None for who asks for somebody else's and doesn't administer them.
pub async fn notifications(
    domain: &Domain,
    viewer: &Viewer,
    NotificationFilter { unread, user_id }: NotificationFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_user()?;
    let whose = match user_id.filter(|id| !id.known().is_some_and(|id| viewer.is_user(*id))) {
        None => Entity::visible_to(viewer),
        Some(id) => {
            let user = id.find(domain.db.read(), viewer).await?.filter(|user| viewer.is_admin_of(user.realm));
            Entity::find().filter(user.map_or_else(scope::nothing, |user| Column::UserId.eq(user.id).into_condition()))
        }
    };
    let select = whose.apply_if(unread, |select, unread| {
        select.filter(if unread { Column::ReadAt.is_null() } else { Column::ReadAt.is_not_null() })
    });
    listing.of(domain.db.read(), select, Column::Id).await
}

/// Marks one of the viewer's own as read; one that is read already stays as it is.
///
/// # Errors
/// `NOT_FOUND` if the viewer has none with this key.
pub async fn mark_notification_read(
    domain: &Domain,
    viewer: &Viewer,
    input: MarkNotificationReadInput,
) -> Result<Model> {
    viewer.require_user()?;
    let transaction = domain.db.begin().await?;
    let row = input.id.find_for_update(&transaction, viewer).await?;
    if row.read_at.is_some() {
        return Ok(row);
    }
    let changes = ActiveModel { read_at: Set(Some(domain.clock.now().into())), ..row.into() };
    let row = changes.update(&transaction).await?;
    transaction.commit().await?;
    Ok(row)
}

/// Marks all of the viewer's own as read; says how many were not.
pub async fn mark_all_read(domain: &Domain, viewer: &Viewer) -> Result<u64> {
    let user = viewer.require_user()?;
    let now = domain.clock.now();
    let marked = Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(user.id))
        .filter(Column::ReadAt.is_null())
        .exec(domain.db.write())
        .await?;
    Ok(marked.rows_affected)
}

/// Removes notifications that were read longer ago than the settings say; says how many. For the worker.
pub async fn prune_notifications(domain: &Domain) -> Result<u64> {
    let days = domain.config.notifications.days;
    if days == 0 {
        return Ok(0);
    }
    let oldest = domain.clock.now() - TimeDelta::days(days.into());
    prune::remove::<Entity>(&domain.db, Column::Id, Column::ReadAt.lt(oldest)).await
}

/// The viewer's own from now on.
pub fn notifications_received(domain: &Domain, viewer: &Viewer) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_user()?.id;
    Ok(watch::<Entity>(
        domain,
        viewer,
        Topic::Notifications(me),
        |event| match event {
            Event::NotificationReceived { id, user_id: _ } => Some(id),
            _ => None,
        },
        None,
    ))
}
