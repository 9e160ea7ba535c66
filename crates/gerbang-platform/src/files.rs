//! Uploaded files: what they are by their bytes, and the store that keeps them.
//!
//! Everything goes through [`object_store`], so a folder of this machine and a bucket are the same to the
//! rules. A file is streamed from where the upload left it to the store, a part at a time.

use std::{io, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use gerbang_kernel::error::{Error, Result};
use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder, buffered::BufWriter,
    local::LocalFileSystem, path::Path as Location, prefix::PrefixStore,
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, BufReader},
};

use super::{tls, upstream::TracedConnector};
use crate::settings::{self, FileStore};

/// Bytes of a part on a local disk.
const LOCAL_PART: usize = 256 * 1024;
/// Bytes of a part of a bucket's object, the least that S3 takes.
const S3_PART: usize = 5 * 1024 * 1024;
/// How long a bucket may take to be reached, and to answer one request.
const S3_CONNECT: Duration = Duration::from_secs(5);
const S3_REQUEST: Duration = Duration::from_secs(10);
/// How long a failed request to a bucket is tried again, and how often.
const S3_RETRY: Duration = Duration::from_secs(10);
const S3_RETRIES: usize = 3;
/// Seconds after which a caller may try again when the store does not answer.
const RETRY_AFTER: u64 = 5;
/// Bytes that are read at a time.
const READ: usize = 64 * 1024;
/// Leading bytes that tell the allowed types apart.
const SIGNATURE: u64 = 64;

/// The types that may be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    /// A PDF document.
    Pdf,
    /// A JPEG image.
    Jpeg,
    /// A PNG image.
    Png,
}

impl FileType {
    /// The extensions of all types.
    pub const EXTENSIONS: &'static [&'static str] = &["pdf", "jpg", "png"];

    /// The type that these leading bytes announce.
    fn of(head: &[u8]) -> Option<Self> {
        match infer::get(head)?.mime_type() {
            "application/pdf" => Some(Self::Pdf),
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            _ => None,
        }
    }

    /// The extension of a file's name, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A file as it came in, not stored yet.
#[derive(Debug)]
pub struct Upload {
    file: File,
    /// Bytes.
    pub size: u64,
    /// What it is by its leading bytes; `None` if that is not allowed.
    pub kind: Option<FileType>,
}

impl Upload {
    /// Looks at the size and the leading bytes.
    pub async fn inspect(file: std::fs::File) -> io::Result<Self> {
        let mut file = File::from_std(file);
        let size = file.metadata().await?.len();
        let mut head = Vec::new();
        file.rewind().await?;
        (&mut file).take(SIGNATURE).read_to_end(&mut head).await?;
        Ok(Self { file, size, kind: FileType::of(&head) })
    }
}

/// A file of the store.
pub struct StoredFile {
    /// Bytes.
    pub size: u64,
    /// The bytes, read as they are asked for.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl From<Bytes> for StoredFile {
    fn from(content: Bytes) -> Self {
        Self { size: content.len() as u64, bytes: stream::iter([Ok(content)]).boxed() }
    }
}

/// The store of files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    part: usize,
}

impl Files {
    /// A store that is written in parts of `part` bytes (buckets want 5 MiB at least).
    pub fn new(store: Arc<dyn ObjectStore>, part: usize) -> Self {
        Self { store, part }
    }

    /// Files in `folder`, which is made if it isn't there. With `durable`, a stored file survives a power cut.
    pub async fn local(folder: &Path, durable: bool) -> Result<Self> {
        tokio::fs::create_dir_all(folder).await?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(Error::internal)?.with_fsync(durable);
        Ok(Self::new(Arc::new(store), LOCAL_PART))
    }

    /// The store of the settings. With `durable`, a file stored in a folder survives a power cut, as one in a bucket does.
    pub async fn open(settings: &settings::Files, durable: bool) -> Result<Self> {
        match settings.store {
            FileStore::Folder => Self::local(&settings.folder, durable).await,
            FileStore::S3 => Self::s3(&settings.s3),
        }
    }

    /// Files in a bucket. Connects to nothing yet.
    pub fn s3(settings: &settings::S3) -> Result<Self> {
        let settings::S3 { bucket, region, endpoint, access_key_id, secret_access_key, prefix } = settings;
        tls::install();
        let client = ClientOptions::new().with_connect_timeout(S3_CONNECT).with_timeout(S3_REQUEST);
        let retry = RetryConfig { max_retries: S3_RETRIES, retry_timeout: S3_RETRY, ..RetryConfig::default() };
        let mut builder = AmazonS3Builder::new()
            .with_client_options(client)
            .with_http_connector(TracedConnector)
            .with_retry(retry)
            .with_bucket_name(bucket)
            .with_region(region);
        if !endpoint.is_empty() {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        if !access_key_id.is_empty() {
            builder = builder.with_access_key_id(access_key_id).with_secret_access_key(secret_access_key.expose());
        }
        let store = builder.build().map_err(Error::internal)?;
        let prefix = Location::parse(prefix).map_err(Error::internal)?;
        Ok(Self::new(Arc::new(PrefixStore::new(store, prefix)), S3_PART))
    }

    /// Stores an upload at `path`; it is there as a whole or not at all.
    pub async fn put(&self, path: &str, upload: Upload) -> Result<()> {
        let location = Location::parse(path).map_err(Error::internal)?;
        let store = Arc::clone(&self.store);
        let mut writer = BufWriter::with_capacity(store, location, self.part).with_max_concurrency(1);
        let Upload { mut file, .. } = upload;
        file.rewind().await?;
        if let Err(error) = tokio::io::copy_buf(&mut BufReader::with_capacity(READ, file), &mut writer).await {
            // What failed first is what the log should say.
            let _ = writer.abort().await;
            return Err(not_written(path, error));
        }
        writer.shutdown().await.map_err(|error| not_written(path, error))
    }

    /// The file at `path`, if there is one.
    pub async fn get(&self, path: &str) -> Result<Option<StoredFile>> {
        let Ok(location) = Location::parse(path) else { return Ok(None) };
        match self.store.get(&location).await {
            Ok(found) => {
                let size = found.meta.size;
                Ok(Some(StoredFile { size, bytes: found.into_stream().map(|part| Ok(part?)).boxed() }))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(path, error)),
        }
    }

    /// Removes the file at `path`, if there is one.
    pub async fn delete(&self, path: &str) -> Result<()> {
        let location = Location::parse(path).map_err(Error::internal)?;
        match self.store.delete(&location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(path, error)),
        }
    }
}

fn not_written(path: &str, error: io::Error) -> Error {
    match error.downcast::<object_store::Error>() {
        Ok(error) => failed(path, error),
        Err(error) => error.into(),
    }
}

/// A store that does not answer is no fault of the request's: it may come again. What it refuses is for the operator.
fn failed(path: &str, error: object_store::Error) -> Error {
    match error {
        object_store::Error::Generic { .. } => {
            tracing::error!(path, error = %error, "the store of files failed");
            Error::unavailable(RETRY_AFTER)
        }
        refused => Error::internal(refused),
    }
}
