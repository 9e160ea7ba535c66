//! Templates: a folder of `.typ` files and the data beside them, of the program or of an operator.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::Path,
};

use bytes::Bytes;
use gerbang_kernel::error::{Error, Result};
use include_dir::{Dir, DirEntry};
use sha2::{Digest, Sha256};

/// All files of a folder, in memory. Cheap to clone.
#[derive(Clone)]
pub struct Templates {
    files: BTreeMap<String, Bytes>,
    version: String,
    letters: String,
}

impl Templates {
    /// The files of a folder that is part of the program.
    pub fn embedded(folder: &'static Dir<'static>) -> Self {
        let mut files = BTreeMap::new();
        collect_embedded(folder, &mut files);
        Self::new(files)
    }

    /// The files of a folder on disk, as they are now.
    ///
    /// # Errors
    /// `INTERNAL` if it can't be read.
    pub fn from_folder(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        collect(folder, folder, &mut files)?;
        Ok(Self::new(files))
    }

    fn new(files: BTreeMap<String, Bytes>) -> Self {
        let mut hash = Sha256::new();
        for (path, content) in &files {
            for part in [path.as_bytes(), content] {
                hash.update(part.len().to_le_bytes());
                hash.update(part);
            }
        }
        // What the engine makes of the same files may change with the program.
        hash.update(env!("CARGO_PKG_VERSION"));
        let version = hex::encode(&hash.finalize()[..16]);
        let texts = files.values().filter_map(|content| std::str::from_utf8(content).ok());
        let letters: BTreeSet<char> = texts.flat_map(str::chars).filter(|letter| !letter.is_ascii()).collect();
        Self { letters: letters.into_iter().collect(), files, version }
    }

    /// A name of this very content: other files have another.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Each letter beyond ASCII that stands in a text of theirs.
    pub(super) fn letters(&self) -> &str {
        &self.letters
    }

    /// Every file with its path in the folder.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.files.iter().map(|(path, content)| (path.as_str(), content))
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut templates = f.debug_struct("Templates");
        templates.field("files", &self.files.len()).field("version", &self.version).finish_non_exhaustive()
    }
}

fn collect_embedded(folder: &'static Dir<'static>, files: &mut BTreeMap<String, Bytes>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => collect_embedded(folder, files),
            DirEntry::File(file) => {
                files.insert(path_in_templates(file.path()), Bytes::from_static(file.contents()));
            }
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Bytes>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let below = path.strip_prefix(root).map_err(|error| Error::from(io::Error::other(error)))?;
            files.insert(path_in_templates(below), fs::read(&path)?.into());
        }
    }
    Ok(())
}

/// With slashes, on every system.
fn path_in_templates(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}
