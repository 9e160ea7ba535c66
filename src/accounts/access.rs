//! Changes of who may do what: the one place that makes them, and the one place that publishes them.
//!
//! A [`Viewer`] is true when it is made. Who holds one for longer than a request (an open socket or
//! event stream) watches [`AccessChanges`] and looks the token up again after one. So users, log-ins and tokens are changed
//! and removed by an `AccessTransaction` and nowhere else; its commit publishes whose they are, at once in this process and
//! through the [relay](crate::events) in the others. Rows that are added take no right away and are not told of. The
//! [viewers of known tokens](super::viewer_cache) are told before anybody else.
//!
//! What is never published is found out when the token is looked up anyway: that it has expired (a viewer knows
//! [when](crate::viewer::Viewer::expires_at)), and what was written past this program or by a process that died before it
//! could publish it. On SQLite there is one process and nothing to lose on the way.

use std::collections::BTreeSet;

use sea_orm::{DatabaseTransaction, DbErr, sea_query::Expr};

use crate::{
    accounts::{session, token, user},
    events::{Event, Events, Scope, Subscription, Topic},
    prelude::rules::*,
};

/// A transaction that changes users, their log-ins or their tokens. It is rolled back unless committed.
#[derive(Debug)]
pub(crate) struct AccessTransaction {
    transaction: DatabaseTransaction,
    events: Events,
    now: DateTime<Utc>,
    /// Whose access changes with the commit.
    users: BTreeSet<i64>,
}

impl AccessTransaction {
    pub(crate) async fn begin(domain: &Domain) -> Result<Self> {
        let transaction = domain.db.begin().await?;
        Ok(Self { transaction, events: domain.events.clone(), now: domain.clock.now(), users: BTreeSet::new() })
    }

    /// For what else is done in it.
    pub(crate) const fn db(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Writes what has changed of a user, whatever it is: a viewer holds the whole row.
    pub(crate) async fn update_user(&mut self, row: user::row::ActiveModel) -> Result<user::row::Model, DbErr> {
        let user = row.update(&self.transaction).await?;
        self.users.insert(user.id);
        Ok(user)
    }

    /// Keeps another hash of the same password, unless the password was changed meanwhile.
    pub(crate) async fn replace_hash(&mut self, user: &user::row::Model, hash: String) -> Result<()> {
        self.users.insert(user.id);
        user::row::Entity::update_many()
            .col_expr(user::row::Column::PasswordHash, Expr::value(hash))
            .filter(user::row::Column::Id.eq(user.id))
            .filter(user::row::Column::PasswordHash.eq(&user.password_hash))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Makes `jti` the live token of a log-in in the place of `current`; says whether `current` was live, and if so when it
    /// was exchanged.
    pub(crate) async fn replace_jwt(
        &mut self,
        session: &session::row::Model,
        current: &str,
        jti: &str,
    ) -> Result<Option<DateTime<Utc>>> {
        self.users.insert(session.user_id);
        let replaced = session::row::Entity::update_many()
            .col_expr(session::row::Column::CurrentJti, Expr::value(jti))
            .col_expr(session::row::Column::PreviousJti, Expr::value(current))
            .col_expr(session::row::Column::ExchangedAt, Expr::value(self.now))
            .col_expr(session::row::Column::UpdatedAt, Expr::value(self.now))
            .filter(session::row::Column::Id.eq(&session.id))
            .filter(session::row::Column::CurrentJti.eq(current))
            .filter(session::row::Column::RevokedAt.is_null())
            .exec(&self.transaction)
            .await?;
        Ok((replaced.rows_affected == 1).then_some(self.now))
    }

    /// Ends one log-in of a user.
    pub(crate) async fn end_jwt_session(&mut self, user_id: i64, session: &str) -> Result<()> {
        self.users.insert(user_id);
        self.revoke(session::row::Column::Id.eq(session)).await
    }

    /// Removes one token of a user.
    pub(crate) async fn remove_access_token(&mut self, user_id: i64, token: i64) -> Result<()> {
        self.users.insert(user_id);
        token::row::Entity::delete_by_id(token).exec(&self.transaction).await?;
        Ok(())
    }

    /// Ends every session of a user, also those that are being opened right now.
    pub(crate) async fn end_all_sessions(&mut self, user_id: i64) -> Result<()> {
        self.users.insert(user_id);
        user::row::Entity::update_many()
            .col_expr(user::row::Column::SessionsValidFrom, Expr::value(self.now))
            .filter(user::row::Column::Id.eq(user_id))
            .exec(&self.transaction)
            .await?;
        self.revoke(session::row::Column::UserId.eq(user_id)).await?;
        let tokens = token::row::Entity::delete_many().filter(token::row::Column::UserId.eq(user_id));
        tokens.exec(&self.transaction).await?;
        Ok(())
    }

    async fn revoke(&self, which: Expr) -> Result<()> {
        session::row::Entity::update_many()
            .col_expr(session::row::Column::RevokedAt, Expr::value(self.now))
            .col_expr(session::row::Column::UpdatedAt, Expr::value(self.now))
            .filter(which)
            .filter(session::row::Column::RevokedAt.is_null())
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Commits and publishes whose access has changed.
    pub(crate) async fn commit(self) -> Result<()> {
        let Self { transaction, events, users, now: _ } = self;
        // On a task of its own: who asked for the change may go away while the database works, and what is committed has
        // to be published all the same.
        let committed = tokio::spawn(async move {
            let committed = transaction.commit().await;
            // After a failure, too: the connection may have been lost between the commit and the word of it.
            events.publish_all(users.into_iter().map(|user_id| Event::AccessChanged { user_id }).collect());
            committed
        });
        Ok(committed.await??)
    }
}

/// Publishes that users, their log-ins or tokens have changed. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct AccessChanges(Events);

impl AccessChanges {
    /// The changes among these events.
    pub const fn new(events: Events) -> Self {
        Self(events)
    }

    /// The changes of one user from now on.
    pub fn of_user(&self, id: i64) -> AccessWatch {
        self.watch(Scope::User(id))
    }

    /// Everybody's changes from now on, for who keeps many viewers.
    pub fn of_everybody(&self) -> AccessWatch {
        self.watch(Scope::All)
    }

    fn watch(&self, scope: Scope) -> AccessWatch {
        let topic = Topic::Access(scope);
        AccessWatch { events: self.0.clone(), topic, subscription: self.0.watch(topic) }
    }
}

/// Changes as they happen.
#[derive(Debug)]
pub struct AccessWatch {
    events: Events,
    topic: Topic,
    subscription: Subscription,
}

impl AccessWatch {
    /// Waits for changes and says whose they are; `None` if some were missed, which may have been anybody's.
    pub async fn next(&mut self) -> Option<Vec<i64>> {
        let Some(events) = self.subscription.next().await else {
            self.subscription = self.events.watch(self.topic);
            return None;
        };
        let user = |event| match event {
            Event::AccessChanged { user_id } => Some(user_id),
            Event::ClickRecorded { .. }
            | Event::LeadUpdated { .. }
            | Event::NotificationReceived { .. }
            | Event::PaymentUpdated { .. }
            | Event::TableChanged { .. }
            | Event::Written { .. } => None,
        };
        Some(events.into_iter().filter_map(user).collect())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_change_is_published_to_watchers_of_the_user_or_of_everybody() {
        let events = Events::default();
        let changes = AccessChanges::new(events.clone());
        let (mut one, mut other, mut all) = (changes.of_user(1), changes.of_user(2), changes.of_everybody());
        events.publish(Event::AccessChanged { user_id: 1 });
        assert_eq!(one.next().await, Some(vec![1]));
        assert_eq!(all.next().await, Some(vec![1]));
        assert!(other.next().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_watcher_that_missed_a_change_is_told_so_and_goes_on() {
        let events = Events::default();
        let mut watch = AccessChanges::new(events.clone()).of_user(1);
        for _ in 0..2_000 {
            events.publish(Event::AccessChanged { user_id: 1 });
        }
        assert_eq!(watch.next().await, None);
        events.publish(Event::AccessChanged { user_id: 1 });
        assert_eq!(watch.next().await, Some(vec![1]));
    }
}
