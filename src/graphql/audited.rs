//! The one place that every mutation passes, of GraphQL and of the legacy APIs.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerError, ServerResult, Value,
    parser::types::Field, registry::Registry,
};
use gerbang_kernel::{
    error::{Error, ErrorCode},
    facts,
    request::RequestId,
};

use super::context::ContextExt;
use crate::{
    audit::{
        keeping::{store, store_refusal},
        notes::{Notes, Shared},
        row::{AuditKind, Model},
    },
    viewer::Viewer,
};

/// The outcome of what was done.
const OK: &str = "OK";
/// The outcome of what was given up while it was being done.
const UNKNOWN: &str = "UNKNOWN";
/// Characters of a client's name and of an id.
const MAX_NAME_LENGTH: usize = 100;
const MAX_ID_LENGTH: usize = 64;

/// Mutations of which entries are made.
#[derive(Clone, Debug, Default)]
pub struct Audited<M>(pub M);

impl<M: ContainerType> ContainerType for Audited<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let mut attempt = Attempt { ctx, notes: Shared::default(), is_over: false };
        let resolved = attempt.notes.collect(self.0.resolve_field(ctx)).await;
        attempt.is_over = true;
        match &resolved {
            Ok(None) => {}
            Ok(Some(answer)) => attempt.end(OK, Some(answer)).await,
            // What hangs below its answer could not be read: it was done all the same.
            Err(error) if error.path.len() > 1 => attempt.end(OK, None).await,
            Err(error) => attempt.end(code_of(error), None).await,
        }
        resolved
    }
}

/// A mutation that is being carried out.
struct Attempt<'a, 'c> {
    ctx: &'a Context<'c>,
    notes: Shared,
    is_over: bool,
}

impl Attempt<'_, '_> {
    async fn end(&self, outcome: &'static str, answer: Option<&Value>) {
        let Some(entry) = self.entry(outcome, answer) else { return };
        if outcome == OK || entry.kind == AuditKind::Admin {
            store(self.ctx.domain(), entry).await;
        } else {
            store_refusal(self.ctx.domain(), self.ctx.client().ip, entry).await;
        }
    }

    /// What is to be kept of it.
    fn entry(&self, outcome: &'static str, answer: Option<&Value>) -> Option<Model> {
        let Self { ctx, notes, .. } = self;
        let (viewer, client) = (ctx.viewer(), ctx.client());
        let Notes { what, actor, subject } = notes.take();
        let admin = viewer.require_any_admin().ok();
        let (kind, realm) = what.or_else(|| Some((AuditKind::Admin, admin?.realm)))?;
        let subject = subject.or_else(|| named_in_argument(ctx)).or_else(|| shown_in(answer?));
        Some(Model {
            id: 0,
            kind,
            action: ctx.field().name().to_owned(),
            outcome: outcome.to_owned(),
            realm,
            actor_id: actor.or_else(|| viewer.user().map(|user| user.id)),
            subject,
            ip: Some(client.ip.to_string()),
            client: client_name(ctx, viewer),
            request_id: ctx.data_opt().map(|RequestId(id)| id.to_string()).filter(|id| !id.is_empty()),
            created_at: ctx.domain().clock.now().into(),
        })
    }
}

impl Drop for Attempt<'_, '_> {
    /// Whoever asked went away, and perhaps it was done. Strangers who do so leave nothing: it costs them nothing, either.
    fn drop(&mut self) {
        if !self.is_over
            && let Some(entry) = self.entry(UNKNOWN, None).filter(|entry| entry.actor_id.is_some())
        {
            self.ctx.domain().audit.write_later(entry);
        }
    }
}

fn code_of(error: &ServerError) -> &'static str {
    error.source::<Error>().map_or(ErrorCode::BadRequest, |error| error.code).as_str()
}

/// As the line of the log calls it; a socket has none.
fn client_name(ctx: &Context<'_>, viewer: &Viewer) -> Option<String> {
    let named = facts::read(|facts| facts.client.clone()).flatten();
    let name = named.or_else(|| viewer.device().map(str::to_owned)).or_else(|| ctx.client().user_agent.clone())?;
    Some(name.chars().take(MAX_NAME_LENGTH).collect())
}

/// The `id` of the mutation's input.
fn named_in_argument(ctx: &Context<'_>) -> Option<String> {
    let arguments = ctx.field().arguments().ok()?;
    arguments.iter().find_map(|(_, value)| id_in(value))
}

/// The id of the object that the mutation gave back.
fn shown_in(answer: &Value) -> Option<String> {
    let Value::Object(payload) = answer else { return None };
    payload.values().find_map(id_in)
}

/// The `id` of an object, if it is a global one.
fn id_in(object: &Value) -> Option<String> {
    let Value::Object(members) = object else { return None };
    let Some(Value::String(id)) = members.get("id") else { return None };
    let (kind, key) = gerbang_graphql::id::split_id(id)?;
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (id.len() <= MAX_ID_LENGTH && is_word(kind) && is_word(key)).then(|| id.clone())
}

impl<M: ContainerType> OutputType for Audited<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        M::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<M: ObjectType> ObjectType for Audited<M> {}
