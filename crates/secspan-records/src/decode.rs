//! A line of JSON as a record: lenient in how values are spelt, exact in what they mean.
//!
//! Accepted beyond what is written: shares in percent, words in any case, whole numbers as 7.0, durations with fractions,
//! times with an offset or none, unknown keys, absent extras. Two absences are known: a key that is missing and a key that is
//! null. All problems of a line are reported together.

use std::borrow::Cow;
use std::fmt;

use secspan_otlp::view::{SpanId, TraceId};
use serde_json::{Map, Value as Json};

use crate::durations::Durations;
use crate::invalid::Invalid;
use crate::kind::{Field, Flag, Keys, Kind, OfOrigin, Presence, Type, Workflow};
use crate::origin::{Identity, Reading};
use crate::outcome::Outcome;
use crate::record::Record;
use crate::stage_time::{apportion, round_to_seconds};
use crate::timestamp::{MicroTimestamp, NANOS_PER_SECOND, Timestamp};
use crate::value::{Value, ValueError, name};

/// The longest duration that is read, in seconds: three hundred years, which nanoseconds still hold.
const SECONDS_MAX: f64 = 1e10;

/// What a count may be.
const COUNT: &str = "a whole number, 0 or more";

/// Reads a line of a kind.
///
/// # Errors
/// Every field that is missing or out of range.
pub(crate) fn record(
    kind: &'static Kind,
    line: &str,
    reading: Reading,
) -> Result<Record<'static>, Invalid> {
    of_object(kind, &object(line)?, reading)
}

/// The kind that the keys of a line tell: it has a telling key of that kind, which no other kind has that it could be.
///
/// # Errors
/// When the line is not an object, or has no telling key.
pub(crate) fn kind_of(kinds: &[&'static Kind], line: &str) -> Result<&'static Kind, Invalid> {
    let object = object(line)?;
    let json = || kinds.iter().copied().filter(|kind| kind.header().is_none());
    let tells = |kind: &&'static Kind| {
        let mut keys = kind.telling.iter();
        keys.any(|key| object.contains_key(*key))
    };
    let candidates: Vec<&'static Kind> = json().filter(tells).collect();
    let alone = |kind: &&&'static Kind| {
        let mut keys = kind.telling.iter().filter(|key| object.contains_key(**key));
        keys.any(|key| {
            let mut others = candidates.iter().filter(|other| *other != *kind);
            others.all(|other| other.index(key).is_none())
        })
    };
    let found = candidates.iter().find(alone).or(candidates.first());
    found.copied().ok_or_else(|| {
        let keys: Vec<&str> = json()
            .filter_map(|kind| kind.telling.first().copied())
            .collect();
        let keys = keys.join(", ");
        let mut invalid = Invalid::default();
        invalid.rejected(
            "line",
            format_args!("no record of a known kind: it has none of {keys}"),
        );
        invalid
    })
}

fn of_object(
    kind: &'static Kind,
    object: &Map<String, Json>,
    reading: Reading,
) -> Result<Record<'static>, Invalid> {
    let mut reader = Reader {
        object,
        reading,
        record: Record::new(kind),
        invalid: Invalid::default(),
    };
    for (at, field) in kind.fields.iter().enumerate() {
        reader.field(at, field);
    }
    let Reader {
        mut record,
        mut invalid,
        ..
    } = reader;
    record.fill_defaults();
    if reading.strict {
        require_keys(kind, object, &mut invalid);
        (kind.hooks.check)(&record, &mut invalid);
    }
    record.finish(invalid, |_, field| missing(object, field))
}

/// The object that a line is.
fn object(line: &str) -> Result<Map<String, Json>, Invalid> {
    let mut invalid = Invalid::default();
    if line.starts_with('\u{feff}') {
        let reason = "begins with a byte order mark; write UTF-8 without one";
        invalid.rejected("line", reason);
        return Err(invalid);
    }
    match serde_json::from_str::<Json>(line) {
        Ok(Json::Object(object)) => return Ok(object),
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
fn missing(object: &Map<String, Json>, field: &Field) -> String {
    let hint = if !field.missing.is_empty() {
        field.missing
    } else if object.contains_key(field.key) {
        "null is no value for it"
    } else {
        "the key is required"
    };
    hint.to_owned()
}

/// Notes every key that is not there at all and must be, even where its value may be null.
fn require_keys(kind: &Kind, object: &Map<String, Json>, invalid: &mut Invalid) {
    let stated = |field: &&Field| field.presence == Presence::Stated;
    for field in kind.fields.iter().filter(stated) {
        let known = matches!(field.of, Type::Version | Type::Origin(_));
        if !known && !object.contains_key(field.key) {
            let hint = "the key is required, with null where there is no value";
            invalid.missing(field.key, hint);
        }
    }
}

/// The object being read, what is known of the record, and what is wrong.
struct Reader<'o> {
    object: &'o Map<String, Json>,
    reading: Reading,
    record: Record<'static>,
    invalid: Invalid,
}

impl<'o> Reader<'o> {
    /// The value under a key, unless it is null.
    fn get(&self, key: &str) -> Option<&'o Json> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    fn field(&mut self, at: usize, field: &'static Field) {
        let value = match field.of {
            Type::Origin(part) => return self.origin(field.key, part),
            Type::TotalSeconds => return self.durations(field.key),
            // The version says nothing of the fact, and the parts of the total are read with it.
            Type::Version | Type::KeySeconds | Type::StageSeconds => return,
            Type::Counts(keys) => return self.counts(at, field.key, keys),
            of => self.value(field.key, of),
        };
        if let Some(value) = value {
            self.record.set(at, value);
        }
    }

    fn value(&mut self, key: &'static str, of: Type) -> Option<Value<'static>> {
        let value = self.get(key)?;
        let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
        match of {
            Type::Name => self.text(key, value, |word| name(word).map(text)),
            Type::Form(form) => self.text(key, value, |word| {
                let read = (form.read)(word).map(|word| Value::Text(Cow::Owned(word)));
                read.ok_or_else(|| ValueError::text_form(word, form.allowed))
            }),
            Type::Word(words) => self.text(key, value, |word| {
                let index = words.parse(word).map(Value::Word);
                index.ok_or_else(|| ValueError::text_form(word, words.allowed))
            }),
            Type::Time => self.text(key, value, |word| Timestamp::parse(word).map(Value::Time)),
            Type::Micros => self.text(key, value, |word| {
                MicroTimestamp::parse(word).map(Value::Micros)
            }),
            Type::Flag(flag) => self.flag(key, value, flag),
            Type::Count => self.count(key).map(Value::Count),
            Type::UpTo(limit) => match self.count(key)? {
                count if count <= limit.max => Some(Value::Count(count)),
                count => {
                    let error = ValueError::form(count, limit.allowed);
                    self.invalid.rejected(key, error);
                    None
                }
            },
            Type::Number(number) => match value.as_f64() {
                Some(given) => {
                    let read = number.read(given, self.reading.share_unit);
                    self.invalid.keep(key, read.map(Value::Number))
                }
                None => self.wrong(key, value, "a number"),
            },
            _ => None,
        }
    }

    fn text<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        value: &Json,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match value {
            Json::String(text) => self.invalid.keep(key, read(text)),
            other => self.wrong(key, other, "a text"),
        }
    }

    fn flag(
        &mut self,
        key: &'static str,
        value: &Json,
        flag: &'static Flag,
    ) -> Option<Value<'static>> {
        let words = flag.written.is_some() || flag.read.iter().any(|words| !words.is_empty());
        match value {
            Json::Bool(value) => Some(Value::Flag(*value)),
            Json::String(word) if words => {
                let read = flag.parse(word, self.reading.strict);
                let read = read.ok_or_else(|| ValueError::text_form(word, flag.allowed));
                self.invalid.keep(key, read.map(Value::Flag))
            }
            other => self.wrong(key, other, flag.allowed_values),
        }
    }

    fn count(&mut self, key: &'static str) -> Option<u64> {
        let value = self.get(key)?;
        match seconds(value) {
            Some(Seconds::Whole(count)) => Some(count),
            _ => self.wrong(key, value, COUNT),
        }
    }

    /// Whole numbers under keys; an absent one is 0.
    fn counts(&mut self, at: usize, key: &'static str, keys: &Keys) {
        match self.get(key) {
            Some(Json::Object(counts)) => {
                let count = |key: &&str| counts.get(*key).and_then(Json::as_u64).unwrap_or(0);
                let counts: Vec<u64> = keys.names.iter().map(count).collect();
                self.record.set_counts(at, &counts);
            }
            Some(other) => {
                self.wrong::<()>(key, other, "an object of counts");
            }
            None => {}
        }
    }

    /// A duration, rounded to seconds.
    fn seconds(&mut self, key: &'static str) -> Option<u64> {
        let value = self.get(key)?;
        match seconds(value) {
            Some(Seconds::Whole(whole)) => Some(whole),
            Some(Seconds::Nanos(nanos)) => Some(round_to_seconds(nanos)),
            None => self.wrong(key, value, "a number of seconds, 0 or more"),
        }
    }

    /// The nanoseconds under each of `keys` in the object under `key`; an absent one is 0.
    fn nanos(&mut self, key: &'static str, keys: &Keys) -> Option<Vec<u64>> {
        let object = match self.get(key)? {
            Json::Object(object) => object,
            other => return self.wrong(key, other, "an object of seconds by stage"),
        };
        let mut values = Vec::with_capacity(keys.names.len());
        for stage in keys.names {
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

    /// Time by stage: the total, what the keys say and what the stages say.
    fn durations(&mut self, total_key: &'static str) {
        let kind = self.record.kind();
        let Some(workflow) = kind.workflow() else {
            return;
        };
        let total = self.seconds(total_key);
        let find = |wanted: fn(Type) -> bool| kind.fields.iter().find(|field| wanted(field.of));
        let Some(by_key) = find(|of| matches!(of, Type::KeySeconds)) else {
            return;
        };
        let keys = self.nanos(by_key.key, workflow.keys);
        if self.get(by_key.key).is_none() {
            self.invalid.missing(by_key.key, by_key.missing);
        }
        let by_stage = find(|of| matches!(of, Type::StageSeconds));
        let stages = by_stage.and_then(|field| self.nanos(field.key, workflow.stage_keys));
        let (Some(total), Some(keys)) = (total, keys) else {
            return;
        };
        let durations = Durations {
            total,
            keys: whole_seconds(total, &keys),
            stages: stages.map(|nanos| whole_seconds(total, &nanos)),
            ran: 0,
        };
        if let Some(durations) = self.judged(workflow, by_key.key, durations) {
            self.record.set_durations(&durations);
            self.record.ran_by_value();
        }
    }

    /// Durations that add up, where they must.
    fn judged(
        &mut self,
        workflow: &Workflow,
        key: &'static str,
        durations: Durations,
    ) -> Option<Durations> {
        if !self.reading.strict {
            return Some(durations);
        }
        let judged = durations.check(workflow);
        self.invalid.keep(key, judged.map(|()| durations))
    }

    fn origin(&mut self, key: &'static str, part: OfOrigin) {
        match part {
            OfOrigin::ElapsedSeconds => self.record.origin.elapsed_seconds = self.count(key),
            OfOrigin::Trace => {
                if let Some(trace) = self.word(key, str::parse::<TraceId>) {
                    self.identity().trace = trace;
                }
            }
            OfOrigin::Span => match self.word(key, str::parse::<SpanId>) {
                Some(span) if self.record.origin.identity.is_some() => self.identity().span = span,
                // One without the other is no identity.
                _ => self.record.origin.identity = None,
            },
            OfOrigin::Outcome => {
                let outcome = self.word(key, Outcome::parse);
                self.record.origin.outcome = outcome.unwrap_or_default();
            }
            OfOrigin::Amendment => {
                let number = self.count(key).unwrap_or(0);
                self.record.origin.amendment = u32::try_from(number).unwrap_or(u32::MAX);
            }
        }
    }

    fn identity(&mut self) -> &mut Identity {
        self.record.origin.identity.get_or_insert_default()
    }

    fn word<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.get(key)?;
        self.text(key, value, read)
    }

    fn wrong<T>(&mut self, key: &'static str, given: &Json, allowed: &'static str) -> Option<T> {
        self.invalid.rejected(key, ValueError::form(given, allowed));
        None
    }
}

/// A duration as files state it.
enum Seconds {
    Whole(u64),
    Nanos(u64),
}

fn seconds(value: &Json) -> Option<Seconds> {
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
fn whole_seconds(total: u64, nanos: &[u64]) -> Vec<u64> {
    let whole = nanos.iter().all(|nanos| nanos % NANOS_PER_SECOND == 0);
    if whole {
        return nanos.iter().map(|nanos| nanos / NANOS_PER_SECOND).collect();
    }
    let sum = nanos
        .iter()
        .fold(0, |sum: u64, nanos| sum.saturating_add(*nanos));
    let sum = round_to_seconds(sum);
    apportion(if total.abs_diff(sum) <= 1 { total } else { sum }, nanos)
}
