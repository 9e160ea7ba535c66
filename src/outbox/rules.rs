//! Messages to people: written in the transaction that causes them, delivered by a worker until it succeeds.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use gerbang_platform::{
    mail::Mailer,
    outbox::{DeliveryError, FileTransport, Message, Transport},
    settings::{MailTransport, SmsTransport},
    sms::SmsGateway,
};
use gerbang_trace::{KeyValue, SpanKind};
use sea_orm::{ConnectionTrait, Iterable, sea_query::Expr};

use super::{
    message_templates::OutgoingMessage,
    reach::{self, Allowed, Reach, TRY_EVERY},
};
use crate::{
    config::Config,
    outbox::row::{ActiveModel, Channel, Column, Entity, Model, Status},
    prelude::rules::*,
};

/// How many messages a worker takes at once.
const BATCH: u64 = 32;
/// How many it delivers at the same time.
const MAX_CONCURRENT: usize = 8;
/// How long a message is reserved for one worker. Longer than any transport takes.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Tries that a server answers until a message is given up: over a bit more than 20 minutes.
const MAX_ATTEMPTS: i32 = 9;
/// How long a message waits for a server that can't be reached, as long as mail servers wait for each other.
const MAX_WAIT: TimeDelta = TimeDelta::days(5);
/// The wait after the first failure; it doubles with each.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);
/// How often the worker looks without being woken: for retries, and for messages of other replicas.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often while a server can't be reached.
const LOOK_FOR_SERVER_EVERY: Duration = Duration::from_secs(1);
/// Messages by channel and outcome.
const MESSAGES: &str = "gerbang_outbox_messages_total";
const OUTCOMES: [&str; 3] = ["sent", "retried", "failed"];
/// Characters of a reason that are kept.
const REASON_LENGTH: usize = 500;

/// Queues a message; it is delivered after the transaction commits.
pub(crate) async fn queue(db: &impl ConnectionTrait, now: DateTime<Utc>, message: OutgoingMessage) -> Result<()> {
    let OutgoingMessage { channel, to, sender, subject, body, html, code, link } = message;
    let row = ActiveModel {
        channel: Set(channel),
        recipient: Set(to),
        sender: Set(sender),
        subject: Set(subject),
        body: Set(Some(body)),
        html: Set(html),
        code: Set(code),
        link: Set(link),
        status: Set(Status::Pending),
        attempts: Set(0),
        next_attempt_at: Set(now),
        ..Default::default()
    };
    row.insert(db).await?;
    Ok(())
}

/// What delivers each kind of message.
#[derive(Clone, Debug)]
pub struct Transports {
    /// Delivers mails.
    pub email: Arc<dyn Transport>,
    /// Delivers text messages.
    pub sms: Arc<dyn Transport>,
    reach: Reach,
}

impl Transports {
    /// These transports.
    pub fn of(email: Arc<dyn Transport>, sms: Arc<dyn Transport>) -> Self {
        Self { email, sms, reach: Reach::default() }
    }

    /// The transports of the settings.
    ///
    /// # Errors
    /// When a setting can't be used; the text says which.
    pub fn new(config: &Config) -> Result<Self, String> {
        let folder = &config.outbox.folder;
        let email: Arc<dyn Transport> = match config.mail.transport {
            MailTransport::File => Arc::new(FileTransport::new(folder, "email")),
            MailTransport::Smtp => Arc::new(Mailer::new(&config.mail)?),
        };
        let sms: Arc<dyn Transport> = match config.sms.transport {
            SmsTransport::File => Arc::new(FileTransport::new(folder, "sms")),
            SmsTransport::Http => Arc::new(SmsGateway::new(&config.sms)?),
        };
        Ok(Self::of(email, sms))
    }

    fn by(&self, channel: Channel) -> &dyn Transport {
        match channel {
            Channel::Email => self.email.as_ref(),
            Channel::Sms => self.sms.as_ref(),
        }
    }
}

/// Delivers messages for as long as it is polled.
pub async fn deliver_forever(domain: &Domain, transports: &Transports) {
    loop {
        match deliver_due(domain, transports).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                let cause = error.cause().map(ToString::to_string);
                tracing::error!(cause, "the outbox can't be read");
            }
        }
        tokio::select! {
            () = domain.outbox.woken() => {}
            () = tokio::time::sleep(if transports.reach.waits() { LOOK_FOR_SERVER_EVERY } else { LOOK_EVERY }) => {}
        }
    }
}

/// Tells the metrics how many messages wait to be sent, and for how long the first has.
pub(crate) async fn read_gauges(domain: &Domain) -> Result<()> {
    let pending: Option<(i64, Option<DateTime<Utc>>)> = Entity::find()
        .select_only()
        .column_as(Column::Id.count(), "pending")
        .column_as(Column::CreatedAt.min(), "oldest")
        .filter(Column::Status.eq(Status::Pending))
        .into_tuple()
        .one(domain.db.read())
        .await?;
    let (pending, oldest) = pending.unwrap_or_default();
    let pending = f64::from(i32::try_from(pending).unwrap_or(i32::MAX));
    metrics::gauge!("gerbang_queue_depth", "queue" => "outbox").set(pending);
    let waited = oldest.map(|oldest| (domain.clock.now() - oldest).as_seconds_f64().max(0.0));
    metrics::gauge!("gerbang_queue_oldest_seconds", "queue" => "outbox").set(waited.unwrap_or_default());
    Ok(())
}

/// Tries every message that is due, up to a batch; says how many.
pub async fn deliver_due(domain: &Domain, transports: &Transports) -> Result<usize> {
    let now = domain.clock.now();
    let allowed = |wanted| Channel::iter().filter(move |channel| transports.reach.allowed(*channel, now) == wanted);
    let mut due = due(domain, allowed(Allowed::All).collect(), BATCH).await?;
    for channel in allowed(Allowed::One) {
        due.extend(self::due(domain, vec![channel], 1).await?);
    }
    let tried: Vec<Result<()>> =
        stream::iter(due).map(|row| deliver(domain, transports, row)).buffer_unordered(MAX_CONCURRENT).collect().await;
    let count = tried.len();
    tried.into_iter().collect::<Result<()>>()?;
    Ok(count)
}

/// The messages of these channels that have waited longest.
async fn due(domain: &Domain, channels: Vec<Channel>, limit: u64) -> Result<Vec<Model>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let due = Entity::find()
        .filter(Column::Status.eq(Status::Pending))
        .filter(Column::Channel.is_in(channels))
        .filter(Column::NextAttemptAt.lte(domain.clock.now()))
        .order_by_asc(Column::NextAttemptAt)
        .order_by_asc(Column::Id)
        .limit(limit);
    Ok(due.all(domain.db.read()).await?)
}

async fn deliver(domain: &Domain, transports: &Transports, row: Model) -> Result<()> {
    let now = domain.clock.now();
    let attempt = row.attempts + 1;
    // Another replica may have seen the same row: whoever counts the try first has it.
    let claimed = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(attempt))
        .col_expr(Column::NextAttemptAt, Expr::value(now + LEASE))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Status.eq(Status::Pending))
        .filter(Column::Attempts.eq(row.attempts))
        .exec(domain.db.write())
        .await?;
    if claimed.rows_affected != 1 {
        return Ok(());
    }
    let Model {
        id,
        channel,
        recipient,
        sender,
        subject,
        body,
        html,
        code,
        link,
        last_error,
        created_at,
        updated_at,
        ..
    } = row;
    let body = body.unwrap_or_default();
    let message = Message { id, to: recipient, sender, subject, body, html, code, link, sent_at: now };
    let label = channel.label();
    let span = gerbang_trace::root("deliver message", SpanKind::Producer, || {
        vec![KeyValue::new("messaging.destination.name", label), KeyValue::new("messaging.message.id", id)]
    });
    let outcome = span.around(transports.by(channel).deliver(&message)).await;
    if outcome.is_err() {
        span.fail("undelivered");
    }
    drop(span);
    let ended = domain.clock.now();
    let is_unreachable = matches!(outcome, Err(DeliveryError::Unreachable(_)));
    let is_away = if is_unreachable {
        transports.reach.failed(channel, now, last_error.map(|_| updated_at))
    } else {
        transports.reach.answered(channel, ended);
        false
    };
    let row = ActiveModel { id: Set(id), updated_at: Set(ended), ..Default::default() };
    let row = match outcome {
        Ok(()) => {
            metrics::counter!(MESSAGES, "channel" => label, "outcome" => "sent").increment(1);
            ActiveModel { status: Set(Status::Sent), sent_at: Set(Some(now)), last_error: Set(None), ..erased(row) }
        }
        Err(error) => {
            let reason: String = error.to_string().chars().take(REASON_LENGTH).collect();
            let given_up = match error {
                DeliveryError::Permanent(_) => true,
                _ if is_away => now - created_at > MAX_WAIT,
                _ => attempt >= MAX_ATTEMPTS,
            };
            let outcome = if given_up { "failed" } else { "retried" };
            metrics::counter!(MESSAGES, "channel" => label, "outcome" => outcome).increment(1);
            tracing::warn!(message = id, channel = label, attempt, given_up, reason, "a message was not delivered");
            if given_up {
                ActiveModel { status: Set(Status::Failed), last_error: Set(Some(reason)), ..erased(row) }
            } else if is_away {
                // Behind the others, and as if it had not been tried: another may get through where this one does not.
                ActiveModel {
                    attempts: Set(attempt - 1),
                    next_attempt_at: Set(ended),
                    last_error: Set(Some(reason)),
                    ..row
                }
            } else {
                // Once may be bad luck: the server went away right after it took another.
                let is_suspect = is_unreachable && attempt == 1;
                let wait = if is_suspect { TRY_EVERY } else { FIRST_WAIT * 2_i32.saturating_pow(doublings(attempt)) };
                ActiveModel { next_attempt_at: Set(now + wait), last_error: Set(Some(reason)), ..row }
            }
        }
    };
    row.update(domain.db.write()).await?;
    Ok(())
}

fn doublings(attempt: i32) -> u32 {
    u32::try_from(attempt - 1).unwrap_or_default()
}

/// A message that was delivered or given up needs no text any more.
fn erased(row: ActiveModel) -> ActiveModel {
    ActiveModel { body: Set(None), html: Set(None), code: Set(None), link: Set(None), ..row }
}

/// Lets what is counted of messages begin at zero.
pub(crate) fn start_series() {
    reach::start_series();
    metrics::gauge!("gerbang_queue_depth", "queue" => "outbox").increment(0);
    metrics::gauge!("gerbang_queue_oldest_seconds", "queue" => "outbox").increment(0);
    for (channel, outcome) in Channel::iter().flat_map(|channel| OUTCOMES.map(|outcome| (channel, outcome))) {
        metrics::counter!(MESSAGES, "channel" => channel.label(), "outcome" => outcome).absolute(0);
    }
}
