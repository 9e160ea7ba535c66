//! Leads: what clicks turned into. Affiliates see their own, admins all and may decide what the network got wrong.

use futures_util::Stream;
use sea_orm::{Condition, ConnectionTrait};

use crate::{
    events::{Event, Scope, Topic, watch::watch},
    input::custom_rules::TRANSITION,
    prelude::rules::*,
    tracking::{
        lead::row::{Column, Entity, Model, Status},
        summary::{self, rules::Change},
    },
};

/// Which leads are wanted.
#[derive(Debug, Default, InputObject)]
pub struct LeadFilter {
    /// Only those with this status.
    status: Option<Status>,
    /// Only those with one of these statuses, instead of `status`.
    statuses: Option<Vec<Status>>,
    /// Only those through this link.
    sub_id: Option<String>,
    /// Only those reported at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only those reported before this time.
    to: Option<DateTime<Utc>>,
}

/// What is decided about a lead.
#[derive(Debug, InputObject)]
pub struct SetLeadStatusInput {
    /// The lead: `lead_300` or `300`.
    pub id: IdOf<Entity>,
    /// The decision. What was decided can't become undecided again.
    pub status: Status,
}

impl LeadFilter {
    fn condition(self) -> Result<Option<Condition>> {
        let Self { status, statuses, sub_id, from, to } = self;
        Wanted::default()
            .one_of(Column::Status, status, statuses.as_deref(), "filter.statuses")
            .is(Column::SubId, sub_id)
            .between(Column::CreatedAt, from, to)
            .check()
    }
}

/// A page of the leads that the viewer may see.
pub async fn leads(
    domain: &Domain,
    viewer: &Viewer,
    filter: LeadFilter,
    list: &Listing<Column>,
) -> Result<Page<Model>> {
    viewer.require_realm(Realm::Apextrack)?;
    let select = Entity::visible_to(viewer).apply_if(filter.condition()?, QueryFilter::filter);
    list.of(domain.db.read(), select, Column::Id).await
}

/// Who sets the status of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decider {
    /// The network, by a postback.
    Network,
    /// An admin.
    Admin,
}

/// Whether a lead may go from one status to another. What is decided is not undecided again, and only an admin brings a
/// rejected lead back.
pub(crate) fn may_move(from: Status, to: Status, decider: Decider) -> bool {
    match (from, to) {
        (Status::Pending, Status::Approved | Status::Rejected) | (Status::Approved, Status::Rejected) => true,
        (Status::Rejected, Status::Approved) => decider == Decider::Admin,
        (_, Status::Pending) | (Status::Approved, Status::Approved) | (Status::Rejected, Status::Rejected) => false,
    }
}

/// Decides about a lead; one that has the status already keeps it. For admins.
///
/// # Errors
/// `NOT_FOUND` if there is none, `VALIDATION_FAILED` (`TRANSITION`) where a decided lead would become undecided.
pub async fn set_lead_status(domain: &Domain, viewer: &Viewer, input: SetLeadStatusInput) -> Result<Model> {
    viewer.require_admin(Realm::Apextrack)?;
    let SetLeadStatusInput { id, status } = input;
    let transaction = domain.db.begin().await?;
    let row = id.find_for_update(&transaction, viewer).await?;
    if row.status == status {
        return Ok(row);
    }
    if !may_move(row.status, status, Decider::Admin) {
        return Err(Error::violation("input.status", TRANSITION));
    }
    let payout_micros = row.payout_micros;
    let row = change(&transaction, row, status, payout_micros).await?;
    transaction.commit().await?;
    domain.events.publish(Event::LeadUpdated { id: row.id, affiliate_id: row.affiliate_id });
    Ok(row)
}

/// Stores a lead's new status and payout, and what that means for the sums.
pub(crate) async fn change(
    transaction: &impl ConnectionTrait,
    row: Model,
    status: Status,
    payout_micros: i64,
) -> Result<Model> {
    let change = Change::between((row.status, row.payout_micros), (status, payout_micros));
    summary::rules::add(transaction, &row.sub_id, row.affiliate_id, *row.created_at, change).await?;
    let mut row = row.into_active_model();
    row.status = Set(status);
    row.payout_micros = Set(payout_micros);
    Ok(row.update(transaction).await?)
}

/// Every lead that is reported or changes from now on and is wanted, as far as the viewer may see it.
pub fn leads_updated(
    domain: &Domain,
    viewer: &Viewer,
    filter: LeadFilter,
) -> Result<impl Stream<Item = Result<Model>> + use<>> {
    let me = viewer.require_realm(Realm::Apextrack)?.id;
    let scope = if viewer.is_admin_of(Realm::Apextrack) { Scope::All } else { Scope::User(me) };
    let key = |event| match event {
        Event::LeadUpdated { id, affiliate_id: _ } => Some(id),
        _ => None,
    };
    Ok(watch::<Entity>(domain, viewer, Topic::Leads(scope), key, filter.condition()?))
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn statuses_of_leads_change_as_the_table_says() {
        use Status::{Approved, Pending, Rejected};
        let allowed = |decider| -> Vec<(Status, Status)> {
            Status::iter()
                .flat_map(|from| Status::iter().map(move |to| (from, to)))
                .filter(|(from, to)| may_move(*from, *to, decider))
                .collect()
        };
        let by_network = [(Pending, Approved), (Pending, Rejected), (Approved, Rejected)];
        assert_eq!(allowed(Decider::Network), by_network);
        assert_eq!(allowed(Decider::Admin), [by_network.as_slice(), &[(Rejected, Approved)]].concat());
    }
}
