//! JSON of records: reading an object field by field while noting every problem, and writing objects with fixed keys.
//!
//! Reading is lenient in spelling (a whole number may be written as 7.0, a duration may have a fraction) and knows two
//! absences: a key that is missing and a key that is null.

use secspan_otlp::view::{SpanId, TraceId};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::invalid::Invalid;
use crate::record::{Identity, Origin};
use crate::score::ValueError;
use crate::stage_time::{apportion, round_to_seconds};
use crate::terms::Outcome;
use crate::timestamp::NANOS_PER_SECOND;

/// The longest duration that is read, in seconds: three hundred years, which nanoseconds still hold.
const SECONDS_MAX: f64 = 1e10;

/// The object that a line is.
pub(crate) fn object(line: &str) -> Result<Map<String, Value>, Invalid> {
    let mut invalid = Invalid::default();
    if line.starts_with('\u{feff}') {
        let reason = "begins with a byte order mark; write UTF-8 without one";
        invalid.rejected("line", reason);
        return Err(invalid);
    }
    match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(object)) => return Ok(object),
        Ok(_) => invalid.rejected("line", "not a JSON object"),
        Err(_) if line.trim().is_empty() => {
            invalid.rejected("line", "blank; every line holds one record");
        }
        Err(error) if error.is_eof() => {
            let reason = "ends in the middle of its JSON";
            invalid.rejected("line", reason);
        }
        Err(error) => invalid.rejected("line", format_args!("not JSON: {error}")),
    }
    Err(invalid)
}

/// Why a required field of an object has no value.
pub(crate) fn missing(object: &Map<String, Value>, field: &str) -> String {
    let hint = if object.contains_key(field) {
        "null is no value for it"
    } else {
        "the key is required"
    };
    hint.to_owned()
}

/// The object being read, and what is wrong with it.
pub(crate) struct Fields<'a> {
    object: &'a Map<String, Value>,
    pub(crate) invalid: &'a mut Invalid,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(object: &'a Map<String, Value>, invalid: &'a mut Invalid) -> Self {
        Self { object, invalid }
    }

    /// The value under a key, unless it is null.
    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text<T, E: std::fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match self.value(key)? {
            Value::String(text) => self.invalid.keep(key, read(text)),
            other => self.wrong(key, other, "a text"),
        }
    }

    pub(crate) fn number(&mut self, key: &'static str) -> Option<f64> {
        match self.value(key)? {
            Value::Number(number) => number.as_f64(),
            other => self.wrong(key, other, "a number"),
        }
    }

    pub(crate) fn bool(&mut self, key: &'static str) -> Option<bool> {
        match self.value(key)? {
            Value::Bool(value) => Some(*value),
            other => self.wrong(key, other, "true or false"),
        }
    }

    pub(crate) fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        match seconds(value) {
            Some(Seconds::Whole(count)) => Some(count),
            _ => self.wrong(key, value, "a whole number, 0 or more"),
        }
    }

    /// A duration, rounded to seconds.
    pub(crate) fn seconds(&mut self, key: &'static str) -> Option<u64> {
        let value = self.value(key)?;
        match seconds(value) {
            Some(Seconds::Whole(whole)) => Some(whole),
            Some(Seconds::Nanos(nanos)) => Some(round_to_seconds(nanos)),
            None => self.wrong(key, value, "a number of seconds, 0 or more"),
        }
    }

    /// The nanoseconds under each of `stages` in the object under `key`; an absent one is 0.
    pub(crate) fn stage_nanos(&mut self, key: &'static str, stages: &[&str]) -> Option<Vec<u64>> {
        let object = match self.value(key)? {
            Value::Object(object) => object,
            other => return self.wrong(key, other, "an object of seconds by stage"),
        };
        let mut values = Vec::with_capacity(stages.len());
        for stage in stages {
            values.push(match object.get(*stage).map(seconds) {
                None => 0,
                Some(Some(Seconds::Whole(whole))) => whole.saturating_mul(NANOS_PER_SECOND),
                Some(Some(Seconds::Nanos(nanos))) => nanos,
                Some(None) => {
                    let reason = format_args!("{stage} is not a number of seconds, 0 or more");
                    self.invalid.rejected(key, reason);
                    return None;
                }
            });
        }
        Some(values)
    }

    /// Where the record comes from: the extras of every kind.
    pub(crate) fn origin(&mut self) -> Origin {
        let trace = self.text("trace_id", str::parse::<TraceId>);
        let span = self.text("span_id", str::parse::<SpanId>);
        let amendment = self.count("amendment").unwrap_or(0);
        Origin {
            identity: trace
                .zip(span)
                .map(|(trace, span)| Identity { trace, span }),
            outcome: self.text("outcome", Outcome::parse).unwrap_or_default(),
            elapsed_seconds: self.count("elapsed_seconds"),
            amendment: u32::try_from(amendment).unwrap_or(u32::MAX),
        }
    }

    /// Notes every key that is not there at all.
    pub(crate) fn require_keys(&mut self, keys: &[&'static str]) {
        for key in keys {
            if !self.object.contains_key(*key) {
                let hint = "the key is required, with null where there is no value";
                self.invalid.missing(key, hint);
            }
        }
    }

    pub(crate) fn wrong<T>(
        &mut self,
        key: &'static str,
        given: &Value,
        allowed: &'static str,
    ) -> Option<T> {
        self.invalid.rejected(key, ValueError::form(given, allowed));
        None
    }
}

/// A duration as files state it.
enum Seconds {
    Whole(u64),
    Nanos(u64),
}

fn seconds(value: &Value) -> Option<Seconds> {
    let number = value
        .as_f64()
        .filter(|seconds| (0.0..=SECONDS_MAX).contains(seconds))?;
    if let Some(whole) = value.as_u64() {
        return Some(Seconds::Whole(whole));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "range checked"
    )]
    Some(if number.fract() == 0.0 {
        Seconds::Whole(number as u64)
    } else {
        Seconds::Nanos((number * 1e9).round() as u64)
    })
}

/// Whole values stay as they are; values with fractions are apportioned to the total, if they can add up to it.
pub(crate) fn whole_seconds<const N: usize>(total: u64, nanos: &[u64]) -> Option<[u64; N]> {
    let whole = nanos.iter().all(|nanos| nanos % NANOS_PER_SECOND == 0);
    let seconds = if whole {
        nanos.iter().map(|nanos| nanos / NANOS_PER_SECOND).collect()
    } else {
        let sum = round_to_seconds(
            nanos
                .iter()
                .fold(0, |sum, nanos| sum.saturating_add(*nanos)),
        );
        apportion(if total.abs_diff(sum) <= 1 { total } else { sum }, nanos)
    };
    seconds.try_into().ok()
}

/// An object with these keys in this order.
pub(crate) struct Keyed<'a> {
    pub(crate) keys: &'a [&'static str],
    pub(crate) values: &'a [u64],
}

impl Serialize for Keyed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.keys.len()))?;
        for (key, value) in self.keys.iter().zip(self.values) {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// A record as text.
pub(crate) fn text(line: &impl Serialize) -> String {
    // Serialising fails only for keys that are no strings, and there are none.
    serde_json::to_string(line).unwrap_or_default()
}
