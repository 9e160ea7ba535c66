//! Rows as they change, for subscriptions.

use std::vec;

use futures_util::{Stream, stream};
use gerbang_kernel::error::ErrorCode;
use gerbang_platform::query::{batch::by_key, keys::BatchKey};
use sea_orm::{Condition, sea_query::Expr};

use super::{
    event::{Event, Topic},
    hub::Subscription,
};
use crate::{accounts::user, prelude::rules::*};

/// The rows of `E` that `key` finds in the events of a topic and that are `wanted`, as they happen from now on and as far
/// as the viewer may see them.
///
/// A watcher that is too slow, or whose server lost the connection to the other replicas, gets an error that it missed
/// something (`UNAVAILABLE`) and the stream ends: a gap that nobody knows of would be worse. One whose role, partner or
/// status is not what it was is shown nothing more, whether or not this server knows of the change yet.
pub fn watch<E>(
    domain: &Domain,
    viewer: &Viewer,
    topic: Topic,
    key: fn(Event) -> Option<E::Key>,
    wanted: Option<Condition>,
) -> impl Stream<Item = Result<E::Model>> + Send + use<E>
where
    E: Scoped<Key: BatchKey, Model: Send>,
{
    let subscription = domain.events.watch(topic);
    let (domain, viewer, rows) = (domain.clone(), viewer.clone(), Vec::new().into_iter());
    let watch = Watch::<E> { subscription, domain, viewer, key, wanted, rows };
    stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        match watch.next().await {
            Ok(row) => Some((Ok(row), Some(watch))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

struct Watch<E: Scoped> {
    subscription: Subscription,
    domain: Domain,
    viewer: Viewer,
    key: fn(Event) -> Option<E::Key>,
    wanted: Option<Condition>,
    rows: vec::IntoIter<<E as EntityTrait>::Model>,
}

impl<E> Watch<E>
where
    E: Scoped<Key: BatchKey>,
{
    async fn next(&mut self) -> Result<E::Model> {
        loop {
            if let Some(row) = self.rows.next() {
                return Ok(row);
            }
            let events = self.subscription.next().await.ok_or_else(fell_behind)?;
            let keys: Vec<E::Key> = events.into_iter().filter_map(self.key).collect();
            let visible = E::visible_to(&self.viewer)
                .filter(is_as_before(&self.viewer))
                .apply_if(self.wanted.clone(), QueryFilter::filter);
            let found = by_key::<E, E::Key>(self.domain.db.read(), visible, E::KEY, &keys).await?;
            let rows: Vec<_> = keys.iter().filter_map(|key| found.get(key).cloned()).collect();
            self.rows = rows.into_iter();
        }
    }
}

/// Whether the viewer may still see what they might see when they were looked up; part of the statement that reads the
/// rows, so that nothing comes between.
fn is_as_before(viewer: &Viewer) -> Condition {
    let Some(before) = viewer.user() else { return Condition::all() };
    let same_partner = match before.partner_id {
        Some(partner) => user::row::Column::PartnerId.eq(partner),
        None => user::row::Column::PartnerId.is_null(),
    };
    let same = user::row::Entity::find()
        .select_only()
        .column(user::row::Column::Id)
        .filter(user::row::Column::Id.eq(before.id))
        .filter(user::row::Column::Role.eq(before.role))
        .filter(user::row::Column::Status.ne(user::row::Status::Suspended))
        .filter(same_partner);
    Condition::all().add(Expr::exists(same.into_query()))
}

fn fell_behind() -> Error {
    Error::new(
        ErrorCode::Unavailable,
        "You fell behind and missed events. Subscribe again, then read what you missed from the list.",
    )
}
