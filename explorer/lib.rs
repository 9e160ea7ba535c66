//! The files of the explorer, built by npm. A crate of its own: npm works beside the compiler, and only a change of the
//! explorer builds it again.

use include_dir::{Dir, include_dir};

/// Every file as `name.gz`; nothing where the explorer was not built.
pub static ASSETS: Dir<'static> = include_dir!("$OUT_DIR/explorer");
