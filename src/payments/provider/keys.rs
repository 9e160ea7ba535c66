//! Comparing what was sent with what only the provider and we know. Every comparison takes the same time whatever was
//! sent, and every key is tried, so that keys can be exchanged while notifications come in.

use gerbang_kernel::secret::Secret;
use subtle::ConstantTimeEq;

/// An empty key would be everybody's.
pub(super) fn usable(keys: &[Secret]) -> impl Iterator<Item = &Secret> {
    keys.iter().filter(|key| !key.expose().is_empty())
}

/// Whether the two are equal, as far as they are equally long in the same time.
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
