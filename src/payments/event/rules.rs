//! What the providers said, as it was stored. For admins.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use gerbang_kernel::error::Result;
use gerbang_platform::query::{
    batch::{Children, page_by_parent},
    page::{Page, PageInput, PageRequest, Sort, paginate},
};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait};

use crate::{
    domain::Domain,
    payments::{
        event::row::{Column, Entity, Model, Status},
        order::row::Provider,
    },
    scope::Scoped,
    viewer::Viewer,
};

/// The most events that are listed below one payment.
pub const EVENTS_OF_A_PAYMENT: i32 = 100;

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Sent by this provider.
    pub provider: Option<Provider>,
    /// With this outcome.
    pub status: Option<Status>,
    /// About this order, by the id that was sent.
    pub order_id: Option<String>,
    /// Received at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Received before this time.
    pub to: Option<DateTime<Utc>>,
}

/// A page of the events that the viewer may see, in the order in which they came in or the other way round.
pub async fn events(
    domain: &Domain,
    viewer: &Viewer,
    filter: EventFilter,
    descending: bool,
    request: &PageRequest,
    count: bool,
) -> Result<Page<Model>> {
    viewer.require_any_admin()?;
    let EventFilter { provider, status, order_id, from, to } = filter;
    let select = Entity::visible_to(viewer)
        .apply_if(provider, |select, provider| select.filter(Column::Provider.eq(provider)))
        .apply_if(status, |select, status| select.filter(Column::Status.eq(status)))
        .apply_if(order_id, |select, order_id| select.filter(Column::OrderId.eq(order_id)))
        .apply_if(from, |select, from| select.filter(Column::ReceivedAt.gte(from)))
        .apply_if(to, |select, to| select.filter(Column::ReceivedAt.lt(to)));
    paginate(domain.db.read(), select, Sort { column: Column::Id, descending }, Column::Id, request, count).await
}

/// The first events of each of these payments, in the order in which they came in. One statement.
pub async fn events_of(domain: &Domain, viewer: &Viewer, payments: &[i64]) -> Result<HashMap<i64, Vec<Model>>> {
    let children = Children { parent: Column::PaymentId, sort: Sort::ascending(Column::Id), key: Column::Id };
    let request = PageRequest::new(PageInput { first: Some(EVENTS_OF_A_PAYMENT), ..Default::default() })?;
    let pages =
        page_by_parent(domain.db.read(), Entity::visible_to(viewer), children, payments, &request, false).await?;
    Ok(pages
        .into_iter()
        .map(|(payment, page)| (payment, page.rows.into_iter().map(|(_, row)| row).collect()))
        .collect())
}
