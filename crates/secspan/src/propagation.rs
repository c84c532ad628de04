//! One workflow over several processes: trace context and baggage in HTTP headers.
//!
//! The caller puts the headers in, the callee runs its handler below them:
//!
//! ```
//! # use http::HeaderMap;
//! # async fn handler() {}
//! # async fn example(request_headers: HeaderMap) {
//! let mut headers = HeaderMap::new();
//! secspan::propagation::inject(&mut headers);            // in the caller
//!
//! secspan::propagation::continue_from(&request_headers, || handler()).await;  // in the callee
//! # }
//! ```
//!
//! The handler is made inside [`continue_from`], so that the span of an `#[instrument]`ed function
//! finds its remote parent when it starts; afterwards it is too late.

use std::sync::atomic::{AtomicU8, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::Context;
use opentelemetry::context::FutureExt as _;
use opentelemetry::propagation::{
    Extractor, Injector, TextMapCompositePropagator, TextMapPropagator,
};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::env::settings::Propagators;

const TRACE_CONTEXT: u8 = 1;
const BAGGAGE: u8 = 2;

/// Which headers are used: `OTEL_PROPAGATORS`, for the whole process.
static CHOSEN: AtomicU8 = AtomicU8::new(TRACE_CONTEXT | BAGGAGE);

pub(crate) fn choose(chosen: Propagators) {
    let bits = if chosen.trace_context {
        TRACE_CONTEXT
    } else {
        0
    } | if chosen.baggage { BAGGAGE } else { 0 };
    CHOSEN.store(bits, Ordering::Relaxed);
}

pub(crate) fn propagator() -> TextMapCompositePropagator {
    let bits = CHOSEN.load(Ordering::Relaxed);
    let mut propagators: Vec<Box<dyn TextMapPropagator + Send + Sync>> = Vec::new();
    if bits & TRACE_CONTEXT != 0 {
        propagators.push(Box::new(TraceContextPropagator::new()));
    }
    if bits & BAGGAGE != 0 {
        propagators.push(Box::new(BaggagePropagator::new()));
    }
    TextMapCompositePropagator::new(propagators)
}

/// Puts the current trace context and baggage into the headers of a request.
pub fn inject(headers: &mut HeaderMap) {
    propagator().inject(&mut Headers(headers));
}

/// The context that came with a request; the current one when none came.
pub fn extract(headers: &HeaderMap) -> Context {
    propagator().extract(&HeaderView(headers))
}

/// Runs what `handler` makes below the context that came with a request.
pub fn continue_from<F: Future>(
    headers: &HeaderMap,
    handler: impl FnOnce() -> F,
) -> impl Future<Output = F::Output> {
    let context = extract(headers);
    let attached = context.clone().attach();
    let future = handler();
    drop(attached);
    future.with_context(context)
}

/// The same for handlers that do not await.
pub fn continue_blocking<T>(headers: &HeaderMap, handler: impl FnOnce() -> T) -> T {
    let _attached = extract(headers).attach();
    handler()
}

/// Gives a span that has not been entered its remote parent.
///
/// # Errors
/// When the span has started already: it can no longer move to another trace. Use
/// [`continue_from`] around the function then.
pub fn set_parent(
    span: &tracing::Span,
    headers: &HeaderMap,
) -> Result<(), tracing_opentelemetry::SetParentError> {
    span.set_parent(extract(headers))
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        // Propagators only make names and values that HTTP allows.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(key.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            self.0.insert(name, value);
        }
    }
}

struct HeaderView<'a>(&'a HeaderMap);

impl Extractor for HeaderView<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}
