//! Admission control: how many large operations and answers there may be at once.
//!
//! One request has its budget, but a hundred that each use all of it fill the memory together, and keep the threads from
//! everybody else. So operations that ask for many fields wait until they are admitted, and large answers that clients have
//! not taken yet have a bound in all. What is small is always admitted.

use std::{sync::Arc, time::Duration};

use axum::{body::HttpBody, response::Response};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

use super::refusal::{Kind, Refusal};
use crate::{held_body::hold, settings::Limits};

/// Operations at once that ask for as many fields as one may.
const MAX_CONCURRENT_OPERATIONS: usize = 4;
/// Fields that are counted as one.
const FIELDS_PER_PERMIT: usize = 100;
/// An operation of fewer fields is admitted at once.
const SMALL_OPERATION: u64 = 1_000;
/// How long an operation waits to be admitted.
const ADMISSION_TIMEOUT: Duration = Duration::from_secs(3);
/// Answers at once that are as large as one may be.
const MAX_UNSENT_ANSWERS: usize = 8;
/// Bytes that are counted as one.
const KIBIBYTE: usize = 1_024;
/// A smaller answer, in KiB, is not counted: the number of connections bounds those.
const SMALL_ANSWER: usize = 256;

/// What large operations and answers share.
#[derive(Debug)]
pub(super) struct Admission {
    fields: Semaphore,
    max_fields: u32,
    unsent: Arc<Semaphore>,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        let fields =
            limits.complexity.div_ceil(FIELDS_PER_PERMIT).min(Semaphore::MAX_PERMITS / MAX_CONCURRENT_OPERATIONS);
        let answer =
            limits.answer_bytes.div_ceil(KIBIBYTE).clamp(SMALL_ANSWER, Semaphore::MAX_PERMITS / MAX_UNSENT_ANSWERS);
        Self {
            fields: Semaphore::new(fields.saturating_mul(MAX_CONCURRENT_OPERATIONS)),
            max_fields: u32::try_from(fields).unwrap_or(u32::MAX),
            unsent: Arc::new(Semaphore::new(answer.saturating_mul(MAX_UNSENT_ANSWERS))),
        }
    }

    /// Waits until an operation of this complexity may begin; it counts for as long as the permit is held.
    ///
    /// # Errors
    /// When too many others were under way for too long.
    pub(super) async fn admit(&self, complexity: u64) -> Result<Option<SemaphorePermit<'_>>, Refusal> {
        if complexity < SMALL_OPERATION {
            return Ok(None);
        }
        let share =
            u32::try_from(complexity.div_ceil(FIELDS_PER_PERMIT as u64)).unwrap_or(u32::MAX).min(self.max_fields);
        match timeout(ADMISSION_TIMEOUT, self.fields.acquire_many(share)).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            _ => Err(busy()),
        }
    }

    /// The answer, counted until the client has taken it; a refusal in its place where too much waits to be taken.
    pub(super) fn admit_answer(&self, answer: Response) -> Result<Response, Refusal> {
        let size = answer.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
        let size = size / KIBIBYTE;
        if size < SMALL_ANSWER {
            return Ok(answer);
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.unsent).try_acquire_many_owned(size).map_err(|_| busy())?;
        Ok(hold(answer, permit))
    }
}

fn busy() -> Refusal {
    Refusal::new(Kind::Busy, "Too many large operations are under way. Ask for less, or try again in a moment.")
}
