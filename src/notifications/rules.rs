//! Notifications: everybody reads their own, an admin also those of a user of the realm.

use futures_util::Stream;
use gerbang_kernel::error::{Error, Result};
use gerbang_platform::query::page::{Page, PageRequest, Sort, paginate};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select,
    prelude::TextUuid, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    accounts::user,
    domain::Domain,
    events::{Event, Topic, watch::watch},
    notifications::row::{ActiveModel, Column, Entity, Model},
    scope::Scoped,
    viewer::Viewer,
};

/// Which notifications are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotificationFilter {
    /// Only unread ones, or only read ones.
    pub unread: Option<bool>,
    /// Those of this user instead of the viewer's own.
    pub user_id: Option<i64>,
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

/// A page of the notifications, the newest first unless turned round.
pub async fn notifications(
    domain: &Domain,
    viewer: &Viewer,
    filter: NotificationFilter,
    descending: bool,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_user()?;
    let NotificationFilter { unread, user_id } = filter;
    let Some(mut select) = notifications_of(domain, viewer, user_id).await? else {
        return Ok(Page { total: count.then_some(0), ..Page::default() });
    };
    if let Some(unread) = unread {
        select = select.filter(if unread { Column::ReadAt.is_null() } else { Column::ReadAt.is_not_null() });
    }
    let sort = Sort { column: Column::CreatedAt, descending };
    paginate(domain.db.read(), select, sort, Column::Id, request, count).await
}

/// The viewer's own, or those of a user whom the viewer administers; `None` for anybody else's.
async fn notifications_of(domain: &Domain, viewer: &Viewer, user_id: Option<i64>) -> Result<Option<Select<Entity>>> {
    let Some(id) = user_id.filter(|id| !viewer.is_user(*id)) else { return Ok(Some(Entity::visible_to(viewer))) };
    let user = user::row::Entity::visible_to(viewer).filter(user::row::Column::Id.eq(id)).one(domain.db.read()).await?;
    let administered = user.is_some_and(|user| viewer.is_admin_of(user.realm));
    Ok(administered.then(|| Entity::find().filter(Column::UserId.eq(id))))
}

/// Marks one of the viewer's own as read; one that is read already stays as it is.
///
/// # Errors
/// `NOT_FOUND` if the viewer has none with this key.
pub async fn mark_read(domain: &Domain, viewer: &Viewer, id: TextUuid) -> Result<Model> {
    viewer.require_user()?;
    let now = domain.clock.now();
    let transaction = domain.db.begin().await?;
    let found = Entity::visible_to(viewer).filter(Column::Id.eq(id)).one(&transaction).await?;
    let row = found.ok_or_else(|| Error::not_found("Notification"))?;
    if row.read_at.is_some() {
        return Ok(row);
    }
    let changes = ActiveModel { read_at: Set(Some(now.into())), ..row.into() };
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

/// The viewer's own from now on.
pub fn notifications_received(domain: &Domain, viewer: &Viewer) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_user()?.id;
    Ok(watch::<Entity>(domain, viewer, Topic::Notifications(me), |event| match event {
        Event::NotificationReceived { id, user_id: _ } => Some(id),
        _ => None,
    }))
}
