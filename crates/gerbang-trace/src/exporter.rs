//! Where traces go.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, global, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use serde::Deserialize;

/// How long a collector may take for a batch, and the last one for all that is left.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes the spans; a global one would be looked up and put into a box for each.
static TRACER: OnceLock<SdkTracer> = OnceLock::new();
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Where traces go, and of how many requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The collector, such as `http://127.0.0.1:4318`; empty for no traces.
    pub endpoint: String,
    /// The share of requests that are traced, 0 to 1, where nobody in front of us has decided.
    pub sample: f64,
}

/// Why there will be no traces.
#[derive(Debug, thiserror::Error)]
#[error("no traces can be sent: {0}")]
pub struct StartError(#[from] ExporterBuildError);

/// Sends traces as long as it lives, and what is left when it ends.
#[derive(Debug)]
#[must_use = "traces are sent as long as it lives"]
pub struct Exporter(SdkTracerProvider);

/// Begins to send traces, if a collector is named: once in a process. Further headers, such as the token that a collector asks
/// for, and attributes of the process are taken from the variables that all programs with traces know
/// (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`).
///
/// # Errors
/// If the collector's address is none.
pub fn start(settings: &Settings, version: &'static str) -> Result<Option<Exporter>, StartError> {
    if settings.endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", settings.endpoint.trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build()?;
    let mut resource = Resource::builder().with_attribute(KeyValue::new("service.version", version));
    if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("gerbang");
    }
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample))))
        .with_resource(resource.build())
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    TRACER.get_or_init(|| provider.tracer("gerbang"));
    IS_ON.store(true, Ordering::Release);
    Ok(Some(Exporter(provider)))
}

/// What makes spans, if anything is traced at all.
pub(crate) fn tracer() -> Option<&'static SdkTracer> {
    if IS_ON.load(Ordering::Acquire) { TRACER.get() } else { None }
}

/// Whether anything is traced at all.
pub(crate) fn is_on() -> bool {
    tracer().is_some()
}

impl Drop for Exporter {
    fn drop(&mut self) {
        IS_ON.store(false, Ordering::Release);
        // Whoever can't be told when we end is not told at all.
        let _ = self.0.shutdown_with_timeout(PATIENCE);
    }
}
