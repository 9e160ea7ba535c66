//! How many files and sockets the system lets this process have open.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than a server of ours needs; some systems suffer from processes that may have millions.
const WANTED: u64 = 65_536;

/// How many may be open now.
pub fn limit() -> usize {
    let Rlimit { current, .. } = getrlimit(Resource::Nofile);
    current.and_then(|current| usize::try_from(current).ok()).unwrap_or(usize::MAX)
}

/// Raises the limit as far as the system allows without asking anybody, and as far as it is of use; says what it is.
///
/// # Errors
/// When the system refuses; the limit is then as before.
pub fn raise() -> io::Result<usize> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let reachable = maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if current.is_some_and(|current| current < reachable) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(reachable), maximum })?;
    }
    Ok(limit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_and_never_lowered() {
        let before = limit();
        let after = raise().unwrap();
        assert!(after >= before && after == limit(), "{before} {after}");
        assert_eq!(raise().unwrap(), after);
    }
}
