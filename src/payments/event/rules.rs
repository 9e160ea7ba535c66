//! What the providers said, as it was stored. For admins.

use crate::{
    payments::{
        event::row::{Column, Entity, Model, Status},
        order::row::Provider,
    },
    prelude::rules::*,
};

/// Which events are wanted.
#[derive(Debug, Default, InputObject)]
pub struct WebhookEventFilter {
    /// Only those that this provider sent.
    pub provider: Option<Provider>,
    /// Only those with this outcome.
    pub status: Option<Status>,
    /// Only those with one of these outcomes, instead of `status`.
    pub statuses: Option<Vec<Status>>,
    /// Only those about this order, by the id that was sent.
    pub order_id: Option<String>,
    /// Only those received at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those received before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A page of the events that the viewer may see.
pub async fn events(
    domain: &Domain,
    viewer: &Viewer,
    WebhookEventFilter { provider, status, statuses, order_id, from, to }: WebhookEventFilter,
    listing: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    let wanted = Wanted::default()
        .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
        .between(Column::ReceivedAt, from, to)
        .check()?;
    let select = Entity::visible_to(viewer)
        .apply_if(provider, |select, provider| select.filter(Column::Provider.eq(provider)))
        .apply_if(order_id, |select, order_id| select.filter(Column::OrderId.eq(order_id)))
        .apply_if(wanted, QueryFilter::filter);
    listing.of(domain.db.read(), select, Column::Id).await
}
