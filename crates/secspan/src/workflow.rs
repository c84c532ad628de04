//! Workflows and stages.
//!
//! Nothing of this module is needed for them: a function is a workflow when its span carries
//! `secops.workflow.name`, and a stage when its name is that of a stage.
//!
//! ```
//! #[tracing::instrument(fields(secops.workflow.name = secspan::ENRICHMENT))]
//! async fn enrich() {
//!     cve_research().await;
//! }
//!
//! #[tracing::instrument]
//! async fn cve_research() {}
//! ```

use opentelemetry::baggage::BaggageExt as _;
use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue};
use secspan_semconv::{attribute as key, value};

use crate::fact::set;

/// How a workflow ended, when its span status does not say enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It did what it should.
    Success,
    /// It did not; its input or a rule is why.
    Failure,
    /// It did not; a fault is why.
    Error,
    /// It took too long.
    Timeout,
    /// Someone stopped it.
    Cancelled,
    /// It was not needed.
    Skipped,
}

impl Outcome {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => value::outcome::SUCCESS,
            Self::Failure => value::outcome::FAILURE,
            Self::Error => value::outcome::ERROR,
            Self::Timeout => value::outcome::TIMEOUT,
            Self::Cancelled => value::outcome::CANCELLED,
            Self::Skipped => value::outcome::SKIPPED,
        }
    }
}

/// Outcome of the current span's workflow or stage.
pub fn outcome(outcome: Outcome) {
    set(key::SECOPS_OUTCOME, outcome.as_str());
}

/// Which attempt this is, from 1; set it in a stage that is retried.
pub fn attempt(number: u32) {
    set(key::SECOPS_STAGE_ATTEMPT, i64::from(number));
}

/// What started the workflow, such as `alert`, `schedule` or `manual`.
pub fn trigger(kind: impl Into<String>) {
    set(key::SECOPS_WORKFLOW_TRIGGER, kind.into());
}

/// The trace that is current, as 32 hex digits, to print or to store with a ticket.
pub fn trace_id() -> Option<String> {
    Context::map_current(|context| {
        let span = context.span();
        let known = span.span_context();
        known.is_valid().then(|| known.trace_id().to_string())
    })
}

/// Runs a workflow under a run id: every span below carries `secops.workflow.run.id`, in this
/// process and, through baggage, in those it calls.
pub fn run<F: Future>(id: impl Into<String>, workflow: F) -> impl Future<Output = F::Output> {
    let context = Context::map_current(|context| {
        let mut all: Vec<KeyValue> = Vec::new();
        for (name, (value, _)) in context.baggage() {
            all.push(KeyValue::new(name.clone(), value.clone()));
        }
        all.push(KeyValue::new(key::SECOPS_WORKFLOW_RUN_ID, id.into()));
        context.with_baggage(all)
    });
    workflow.with_context(context)
}
