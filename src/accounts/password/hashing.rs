//! Passwords: argon2id, with legacy bcrypt hashes accepted until their owner's next log-in.
//!
//! Hashing is made to be slow and takes 19 MiB, so it runs off the async threads, as many at a time as
//! there are cores; more would only slow each other down.

use std::{
    fmt,
    sync::{Arc, LazyLock},
    thread,
};

use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use gerbang_kernel::error::{Error, Result};
use tokio::sync::Semaphore;

/// How many callers may wait per core; with more, the last would wait for seconds.
const MAX_QUEUED_PER_CORE: usize = 64;

/// Hashes and checks passwords.
pub struct Passwords {
    workers: Arc<Semaphore>,
    queue: Semaphore,
}

/// The outcome of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordCheck {
    /// It is not the password.
    Wrong,
    /// It is the password.
    Correct,
    /// It is the password, and its hash is of an old kind that should be replaced.
    CorrectButOutdated,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { workers: Arc::new(Semaphore::new(cores)), queue: Semaphore::new(cores * MAX_QUEUED_PER_CORE) }
    }
}

impl Passwords {
    /// The hash to keep of a new password.
    ///
    /// # Errors
    /// `UNAVAILABLE` when too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await?
    }

    /// Whether `password` is the one that `hash` was made of. Without a hash it is wrong, which takes as
    /// long to find out, so that the time does not tell whether an account exists.
    ///
    /// # Errors
    /// `UNAVAILABLE` when too many wait already.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<PasswordCheck> {
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.run(move || verify(&password, hash.as_deref())).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _permit = self.queue.try_acquire().map_err(|_| Error::unavailable(1))?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(Error::internal)?;
        // The worker is free again when the work ends, not when a caller stops waiting for it.
        let work = move || {
            let _worker = worker;
            work()
        };
        Ok(tokio::task::spawn_blocking(work).await?)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("idle", &self.workers.available_permits()).finish_non_exhaustive()
    }
}

/// What is checked where there is no account.
static DUMMY_HASH: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody's password").ok());

fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn verify(password: &str, hash: Option<&str>) -> PasswordCheck {
    let Some(hash) = hash else {
        if let Some(dummy) = DUMMY_HASH.as_deref() {
            let _ = Argon2::default().verify_password(password.as_bytes(), dummy);
        }
        return PasswordCheck::Wrong;
    };
    if hash.starts_with("$2") {
        // Like PHP, this looks at the first 72 bytes.
        return if bcrypt::verify(password, hash).unwrap_or(false) {
            PasswordCheck::CorrectButOutdated
        } else {
            PasswordCheck::Wrong
        };
    }
    match Argon2::default().verify_password(password.as_bytes(), hash) {
        Ok(()) => PasswordCheck::Correct,
        Err(_) => PasswordCheck::Wrong,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = Passwords::default();
        let hash = passwords.hash("rahasia-demo-123").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(passwords.verify("rahasia-demo-123", Some(&hash)).await.unwrap(), PasswordCheck::Correct);
        assert_eq!(passwords.verify("rahasia-demo-124", Some(&hash)).await.unwrap(), PasswordCheck::Wrong);
        assert_eq!(passwords.verify("nobody's password", None).await.unwrap(), PasswordCheck::Wrong);
        assert_eq!(passwords.verify("x", Some("not a hash")).await.unwrap(), PasswordCheck::Wrong);
    }

    #[tokio::test]
    async fn hashes_of_laravel_are_accepted_and_outdated() {
        let passwords = Passwords::default();
        let hash = Some("$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi");
        assert_eq!(passwords.verify("password", hash).await.unwrap(), PasswordCheck::CorrectButOutdated);
        assert_eq!(passwords.verify("Password", hash).await.unwrap(), PasswordCheck::Wrong);
    }

    #[tokio::test]
    async fn hashing_is_refused_when_its_queue_is_full() {
        let passwords = Passwords { workers: Arc::new(Semaphore::new(1)), queue: Semaphore::new(0) };
        let refused = passwords.hash("x").await.unwrap_err();
        assert_eq!(refused.code, gerbang_kernel::error::ErrorCode::Unavailable);
    }
}
