//! What typed calls have in common: time, outcome and the event at the end.
//!
//! A call is one span event, written when it has ended, on the span in which it began. Its name is
//! a constant, its numbers are numbers, and prompts, arguments and answers never appear in it. A
//! call that is dropped before it ends (cancelled, or caught by a panic) is told as a failure.

use std::borrow::Cow;
use std::time::Instant;

use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, KeyValue, Value};
use secspan_semconv::{attribute as key, value};

use crate::clock;

/// `error.type` of a call that was dropped before it ended.
const CANCELLED: &str = "cancelled";
/// `error.type` of a call that a panic ended.
const PANIC: &str = "panic";
/// `error.type` of a time-out that says nothing more.
const TIMEOUT: &str = "timeout";

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallOutcome {
    /// It was answered.
    Success,
    /// It was not answered, or with an error.
    Failure,
    /// The answer did not come in time.
    Timeout,
}

impl CallOutcome {
    /// The attribute's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => value::outcome::SUCCESS,
            Self::Failure => value::outcome::FAILURE,
            Self::Timeout => value::outcome::TIMEOUT,
        }
    }
}

/// What an error says about a failed call. Implement it for the error type of your client.
pub trait Failure {
    /// Whether the answer did not come in time.
    fn is_timeout(&self) -> bool {
        false
    }

    /// A short word of few different values: never a message, an address or an id.
    fn error_type(&self) -> Cow<'static, str> {
        Cow::Borrowed(type_word::<Self>())
    }

    /// The HTTP status, when there was one.
    fn status_code(&self) -> Option<u16> {
        None
    }
}

impl Failure for std::io::Error {
    fn is_timeout(&self) -> bool {
        self.kind() == std::io::ErrorKind::TimedOut
    }

    fn error_type(&self) -> Cow<'static, str> {
        Cow::Owned(self.kind().to_string().replace(' ', "_"))
    }
}

impl Failure for std::convert::Infallible {}
impl Failure for String {}
impl Failure for &str {}
impl Failure for Box<dyn std::error::Error> {}
impl Failure for Box<dyn std::error::Error + Send + Sync> {}

/// The last part of a type's name, without parameters.
fn type_word<T: ?Sized>() -> &'static str {
    let name = std::any::type_name::<T>();
    let name = name.split('<').next().unwrap_or(name);
    name.rsplit("::")
        .next()
        .unwrap_or(name)
        .trim_start_matches('&')
}

/// Counts and sizes to OTLP's signed integers; what does not fit becomes the largest.
pub(crate) fn int<T: TryInto<i64>>(number: T) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// A call that has begun.
pub(crate) struct Running {
    name: &'static str,
    context: Context,
    started: Instant,
    attributes: Vec<KeyValue>,
    ended: bool,
}

impl Running {
    pub(crate) fn begin(name: &'static str, attributes: Vec<KeyValue>) -> Self {
        let context = Context::current();
        Self {
            name,
            context,
            started: clock::instant(),
            attributes,
            ended: false,
        }
    }

    /// Writes the event.
    pub(crate) fn end(mut self, ending: Ending) {
        self.write(ending);
    }

    fn write(&mut self, ending: Ending) {
        self.ended = true;
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.push(KeyValue::new(
            key::SECOPS_DURATION,
            self.started.elapsed().as_secs_f64(),
        ));
        attributes.push(KeyValue::new(key::SECOPS_OUTCOME, ending.outcome.as_str()));
        if ending.outcome != CallOutcome::Success {
            let known = ending.error_type;
            let fallback = if ending.outcome == CallOutcome::Timeout {
                TIMEOUT
            } else {
                value::outcome::FAILURE
            };
            attributes.push(KeyValue::new(
                key::ERROR_TYPE,
                known.unwrap_or(Cow::Borrowed(fallback)),
            ));
        }
        attributes.extend(ending.attributes);
        self.context.span().add_event(self.name, attributes);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            let word = if std::thread::panicking() {
                PANIC
            } else {
                CANCELLED
            };
            let mut ending = Ending::new(CallOutcome::Failure);
            ending.error_type = Some(Cow::Borrowed(word));
            self.write(ending);
        }
    }
}

/// What is known when a call has ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) outcome: CallOutcome,
    pub(crate) error_type: Option<Cow<'static, str>>,
    pub(crate) attributes: Vec<KeyValue>,
}

impl Ending {
    pub(crate) fn new(outcome: CallOutcome) -> Self {
        Self {
            outcome,
            error_type: None,
            attributes: Vec::new(),
        }
    }

    pub(crate) fn of_result<T, E>(result: &Result<T, E>) -> Self {
        if result.is_ok() {
            return Self::new(CallOutcome::Success);
        }
        let mut ending = Self::new(CallOutcome::Failure);
        ending.error_type = Some(Cow::Borrowed(type_word::<E>()));
        ending
    }

    pub(crate) fn failed<E: Failure>(&mut self, error: &E) {
        let late = error.is_timeout();
        self.outcome = if late {
            CallOutcome::Timeout
        } else {
            CallOutcome::Failure
        };
        self.error_type = Some(error.error_type());
        if let Some(status) = error.status_code() {
            self.push(key::HTTP_RESPONSE_STATUS_CODE, i64::from(status));
        }
    }

    pub(crate) fn push(&mut self, name: &'static str, value: impl Into<Value>) {
        self.attributes.push(KeyValue::new(name, value));
    }
}
