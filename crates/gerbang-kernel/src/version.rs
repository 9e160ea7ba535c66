//! What seldom changes is made once and kept until it does.

use std::{
    fmt::{self, Debug, Formatter},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a value is kept though nothing tells that it is out of date: what it is made of may have been changed past this
/// program, or word of the change may have been lost. What is kept may be made of what is kept elsewhere, so it is less than
/// half of the second within which a change must show.
const MAX_AGE: Duration = Duration::from_millis(400);

/// Counts the changes of one thing. Cheap to clone; clones count together.
#[derive(Clone, Debug, Default)]
pub struct Version(Arc<AtomicU64>);

impl Version {
    /// Says that the thing has changed, which shows from now on: call it after the commit.
    pub fn change(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn current(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A value that is made of things with versions. None that was made before one of them changed is ever given.
pub struct Kept<T> {
    made_of: Box<[Version]>,
    slot: RwLock<Option<(Stamp, T)>>,
}

/// The time before a value is made.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    version: u64,
    at: Instant,
}

impl<T: Clone> Kept<T> {
    /// Of a value that is made of these; nothing is kept yet.
    pub fn new(made_of: impl IntoIterator<Item = Version>) -> Self {
        Self { made_of: made_of.into_iter().collect(), slot: RwLock::default() }
    }

    /// The value, if it is up to date.
    pub fn get(&self) -> Option<T> {
        let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
        let (stamp, value) = slot.as_ref()?;
        (stamp.version == self.version() && stamp.at.elapsed() < MAX_AGE).then(|| value.clone())
    }

    /// The value; it is made if it is not up to date. A failure is not kept.
    ///
    /// # Errors
    /// That with which `make` fails.
    pub async fn get_or_make<E>(&self, make: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        // Before anything is read: what changes meanwhile leaves the value with an old version, which is not given.
        let stamp = Stamp { version: self.version(), at: Instant::now() };
        let value = make.await?;
        *self.slot.write().unwrap_or_else(PoisonError::into_inner) = Some((stamp, value.clone()));
        Ok(value)
    }

    /// Grows with every change of any of the things.
    fn version(&self) -> u64 {
        self.made_of.iter().map(Version::current).sum()
    }
}

impl<T> Debug for Kept<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("made_of", &self.made_of).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    async fn made(kept: &Kept<u32>, value: u32) -> u32 {
        let Ok(value) = kept.get_or_make(async { Ok::<_, Infallible>(value) }).await;
        value
    }

    #[tokio::test]
    async fn a_value_is_kept_until_something_it_is_made_of_changes() {
        let (one, other) = (Version::default(), Version::default());
        let kept = Kept::new([one.clone(), other.clone()]);
        assert_eq!(kept.get(), None);
        assert_eq!([made(&kept, 1).await, made(&kept, 2).await], [1, 1]);
        one.change();
        assert_eq!(kept.get(), None);
        assert_eq!([made(&kept, 3).await, made(&kept, 4).await], [3, 3]);
        other.change();
        assert_eq!(made(&kept, 5).await, 5);
    }

    #[tokio::test]
    async fn what_changes_while_the_value_is_made_is_not_covered_up() {
        let version = Version::default();
        let kept = Kept::new([version.clone()]);
        let read_before_the_change = kept.get_or_make(async {
            version.change();
            Ok::<_, Infallible>(1)
        });
        assert_eq!(read_before_the_change.await, Ok(1));
        assert_eq!(kept.get(), None);
    }

    #[tokio::test]
    async fn a_value_ends_by_itself() {
        let kept = Kept::new([]);
        assert_eq!(made(&kept, 1).await, 1);
        tokio::time::sleep(MAX_AGE).await;
        assert_eq!(kept.get(), None);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let kept: Kept<u32> = Kept::new([]);
        assert_eq!(kept.get_or_make(async { Err("no") }).await, Err("no"));
        assert_eq!(made(&kept, 1).await, 1);
    }
}
