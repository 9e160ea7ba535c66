//! Files that could be made again, kept on disk up to a size: the least recently used go first.

use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::SystemTime,
};

use bytes::Bytes;
use moka::{notification::RemovalCause, policy::EvictionPolicy, sync::Cache};
use tempfile::NamedTempFile;

/// A folder of files by name. Cheap to clone.
#[derive(Clone)]
pub struct FileCache(Arc<Parts>);

struct Parts {
    folder: PathBuf,
    max_bytes: u64,
    /// The size of each file that is there.
    index: OnceLock<Cache<String, u32>>,
}

impl FileCache {
    /// A cache in `folder`, which is made and looked through when it is first used. Without `max_bytes`
    /// nothing is kept.
    pub fn new(folder: PathBuf, max_bytes: u64) -> Self {
        Self(Arc::new(Parts { folder, max_bytes, index: OnceLock::new() }))
    }

    /// The file of this name, if it is there. Blocks.
    pub fn get(&self, name: &str) -> Option<Bytes> {
        let index = self.0.index()?;
        index.get(name)?;
        let found = fs::read(self.0.folder.join(name)).ok();
        if found.is_none() {
            index.invalidate(name);
        }
        found.map(Bytes::from)
    }

    /// Keeps a file; it is there as a whole or not at all. A name stands for its content: the second file of
    /// one name is the same. Blocks.
    ///
    /// A cache that can't be written to is a slow one, not a failure.
    pub fn put(&self, name: &str, content: &[u8]) {
        let Some(index) = self.0.index() else { return };
        let (Ok(size), Ok(())) = (u32::try_from(content.len()), self.0.write(name, content)) else {
            tracing::warn!(folder = %self.0.folder.display(), "a report could not be kept: check folder and disk space");
            return;
        };
        index.insert(name.to_owned(), size);
        index.run_pending_tasks();
    }
}

impl Parts {
    /// The files that are there, found out at first use.
    fn index(&self) -> Option<&Cache<String, u32>> {
        (self.max_bytes > 0).then(|| self.index.get_or_init(|| self.read()))
    }

    fn read(&self) -> Cache<String, u32> {
        let folder = self.folder.clone();
        let index = Cache::builder()
            .max_capacity(self.max_bytes)
            .weigher(|_: &String, size: &u32| (*size).max(1))
            .eviction_policy(EvictionPolicy::lru())
            .eviction_listener(move |name: Arc<String>, _, cause| {
                if cause != RemovalCause::Replaced {
                    let _ = fs::remove_file(folder.join(name.as_str()));
                }
            })
            .build();
        let mut found = files(&self.folder).unwrap_or_default();
        found.sort_unstable_by_key(|(modified, _, _)| *modified);
        for (_, name, size) in found {
            index.insert(name, size);
        }
        index.run_pending_tasks();
        index
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = NamedTempFile::with_prefix_in(UNFINISHED, &self.folder)?;
        file.write_all(content)?;
        file.persist(self.folder.join(name))?;
        Ok(())
    }
}

/// How files begin that are being written.
const UNFINISHED: &str = ".unfinished-";

/// Time, name and size of every file; what was left unfinished is removed.
fn files(folder: &Path) -> io::Result<Vec<(SystemTime, String, u32)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with(UNFINISHED) {
            let _ = fs::remove_file(entry.path());
            continue;
        }
        let metadata = entry.metadata()?;
        if metadata.is_file() {
            files.push((metadata.modified()?, name, u32::try_from(metadata.len()).unwrap_or(u32::MAX)));
        }
    }
    Ok(files)
}

impl fmt::Debug for FileCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileCache").field("folder", &self.0.folder).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = files(folder).unwrap().into_iter().map(|(_, name, _)| name).collect();
        names.sort();
        names
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"), 250);
        assert_eq!(cache.get("a"), None);
        cache.put("a", &[b'a'; 100]);
        cache.put("b", &[b'b'; 100]);
        assert_eq!(cache.get("a").unwrap(), [b'a'; 100].as_slice());
        cache.put("c", &[b'c'; 100]);
        assert_eq!(names(&folder.path().join("cache")), ["a", "c"]);
        assert_eq!(cache.get("b"), None);
    }

    #[test]
    fn a_new_cache_continues_with_the_files_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        FileCache::new(folder.path().to_owned(), 1_000).put("a", b"kept");
        fs::write(folder.path().join(format!("{UNFINISHED}b")), b"half").unwrap();
        let cache = FileCache::new(folder.path().to_owned(), 1_000);
        assert_eq!(cache.get("a").unwrap(), b"kept".as_slice());
        assert!(!folder.path().join(format!("{UNFINISHED}b")).exists());
        // Who removes a file by hand does no harm.
        fs::remove_file(folder.path().join("a")).unwrap();
        assert_eq!(cache.get("a"), None);
        cache.put("a", b"again");
        assert_eq!(cache.get("a").unwrap(), b"again".as_slice());
        // One that may hold less keeps less.
        let smaller = FileCache::new(folder.path().to_owned(), 3);
        assert_eq!(smaller.get("a"), None);
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn without_a_size_nothing_is_cached() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().join("cache"), 0);
        cache.put("a", b"x");
        assert_eq!(cache.get("a"), None);
        assert!(!folder.path().join("cache").exists());
    }
}
