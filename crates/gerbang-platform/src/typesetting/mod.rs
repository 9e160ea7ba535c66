//! Pages from templates: typst as a library, with fonts that are part of the program, and those of a folder for
//! letters that these lack.
//!
//! Setting pages is work for one core at a time (a second thread gains nothing), so it runs off the async
//! threads, one document after the other; who finds the queue full is told to come back. The engine and
//! its fonts are made when the first document is wanted, and what it remembers of a document is forgotten
//! after it, so that memory stays flat.

mod boxes;
mod fonts;
mod job;
mod templates;
mod world;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use gerbang_kernel::error::{Error, Result};
use tokio::sync::Semaphore;

use self::{fonts::Fonts, world::Engine};
pub use self::{
    fonts::OtherFonts,
    job::{Format, Job},
    templates::Templates,
};

/// Seconds after which somebody who found the queue full should come back: about what a full queue takes.
const RETRY_AFTER: u64 = 2;

/// Renders documents from one folder of templates. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter(Arc<Parts>);

struct Parts {
    templates: Templates,
    others: OtherFonts,
    fonts: OnceLock<Fonts>,
    engine: OnceLock<Engine>,
    worker: Arc<Semaphore>,
    queue_permits: Arc<Semaphore>,
    queue: usize,
}

impl Typesetter {
    /// A typesetter for these templates that at most `queue` callers may wait for or work with at a time.
    pub fn new(templates: Templates, others: OtherFonts, queue: usize) -> Self {
        let queue = queue.min(Semaphore::MAX_PERMITS);
        let queue_permits = Arc::new(Semaphore::new(queue));
        let (fonts, engine, worker) = (OnceLock::new(), OnceLock::new(), Arc::new(Semaphore::new(1)));
        Self(Arc::new(Parts { templates, others, fonts, engine, worker, queue_permits, queue }))
    }

    /// How many documents are being made or wait for it.
    pub fn waiting(&self) -> usize {
        self.0.queue - self.0.queue_permits.available_permits()
    }

    /// A name of all that makes documents over this data look as they do: templates, and fonts of the folder if it
    /// needs any. May read these.
    pub fn version(&self, data: &[u8]) -> String {
        let parts = &*self.0;
        format!("{}{}", parts.templates.version(), parts.fonts().version(&parts.letters(data)))
    }

    /// Renders a document when its turn has come. `known` is asked once more before the work begins: somebody
    /// before us in the queue may have wanted the same; `keep` is given what was made. Both may block.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the queue is full, `INTERNAL` when a template is broken.
    pub async fn render(
        &self,
        job: Job,
        known: impl FnOnce() -> Option<Bytes> + Send + 'static,
        keep: impl FnOnce(&Bytes) + Send + 'static,
    ) -> Result<Bytes> {
        let permit =
            Arc::clone(&self.0.queue_permits).try_acquire_owned().map_err(|_| Error::unavailable(RETRY_AFTER))?;
        let worker = Arc::clone(&self.0.worker).acquire_owned().await.map_err(Error::internal)?;
        let parts = Arc::clone(&self.0);
        let span = gerbang_trace::span("render document", gerbang_trace::SpanKind::Internal, Vec::new);
        let work = move || {
            let _span = span;
            // Both are free again when the work ends, not when a caller stops waiting for it.
            let _held = (permit, worker);
            if let Some(known) = known() {
                return Ok(known);
            }
            let rendered = Bytes::from(parts.render(&job)?);
            keep(&rendered);
            Ok(rendered)
        };
        tokio::task::spawn_blocking(work).await?
    }
}

impl Parts {
    fn fonts(&self) -> &Fonts {
        self.fonts.get_or_init(|| Fonts::new(self.others.clone()))
    }

    /// All letters that may stand in a document over this data.
    fn letters(&self, data: &[u8]) -> String {
        format!("{}{}", String::from_utf8_lossy(data), self.templates.letters())
    }

    /// Renders a document; blocks.
    fn render(&self, job: &Job) -> Result<Vec<u8>> {
        let fonts = self.fonts();
        let engine = if let Some(engine) = self.engine.get() {
            engine
        } else {
            let rendered = Engine::new(&self.templates, fonts)?;
            self.engine.get_or_init(|| rendered)
        };
        let rendered = engine.render(job, fonts.for_text(&self.letters(&job.data))?);
        // The engine remembers every step of every document, 14 MB a report.
        comemo::evict(0);
        rendered
    }
}

impl fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typesetter").field("places", &self.0.queue_permits.available_permits()).finish_non_exhaustive()
    }
}
