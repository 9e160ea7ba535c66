//! What rules find out about the mutation that is under way, for its entry.
//!
//! Each notes what it learns where it learns it. [`Audited`](crate::graphql::audited::Audited) makes the entry of it.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use gerbang_graphql::id::{Key, Node, global_id};
use gerbang_platform::{query::keys::BatchKey, rows::Keyed};
use sea_orm::ModelTrait;

use super::row::AuditKind;
use crate::accounts::Realm;

tokio::task_local! {
    static NOTES: Shared;
}

/// What is known of a mutation.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// What happened, and in which realm; without it, it is an entry only if an admin did it.
    pub(crate) what: Option<(AuditKind, Realm)>,
    /// Who proved meanwhile who they are.
    pub(crate) actor: Option<i64>,
    /// The global id of what it is about.
    pub(crate) subject: Option<String>,
}

/// The notes of one mutation. They outlive it when it is given up half way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<Mutex<Notes>>);

impl Shared {
    /// Does something; what is noted meanwhile is noted here.
    pub(crate) async fn collect<T>(&self, work: impl Future<Output = T>) -> T {
        NOTES.scope(self.clone(), work).await
    }

    pub(crate) fn take(&self) -> Notes {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Notes what happens, unless it is part of something else that was noted before.
pub(crate) fn note(kind: AuditKind, realm: Realm) {
    add(|notes| {
        notes.what.get_or_insert((kind, realm));
    });
}

/// Notes who has proved who they are.
pub(crate) fn note_actor(user_id: i64) {
    add(|notes| notes.actor = Some(user_id));
}

/// Notes what it is about: the first thing that is named.
pub(crate) fn note_subject<N: Node>(key: impl Into<Key>) {
    add(|notes| {
        notes.subject.get_or_insert_with(|| global_id::<N>(key).to_string());
    });
}

/// What a mutation gives back.
pub(crate) struct Given<'a, T>(pub(crate) &'a T);

/// Of a row with an id, that the mutation is about it, whatever of it is asked for.
impl<M> Given<'_, M>
where
    M: Node + ModelTrait<Entity: Keyed<Key: BatchKey>>,
    for<'k> Key: From<&'k <M::Entity as Keyed>::Key>,
{
    pub(crate) fn note(&self) {
        if let Some(key) = <M::Entity as Keyed>::Key::from_value(self.0.get(<M::Entity as Keyed>::KEY)) {
            note_subject::<M>(&key);
        }
    }
}

/// Of anything else, nothing: the method of a row comes before this one.
pub(crate) trait GivenOtherwise {
    fn note(&self) {}
}

impl<T> GivenOtherwise for Given<'_, T> {}

fn add(learn: impl FnOnce(&mut Notes)) {
    // What no mutation does has no entry.
    let _ = NOTES.try_with(|Shared(notes)| learn(&mut notes.lock().unwrap_or_else(PoisonError::into_inner)));
}
