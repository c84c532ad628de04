//! A record of any kind, as files, metrics and reports see it: a kind, and a value for each of its fields.
//!
//! A record may borrow from the line that it was read from; reports read millions of them. One that was checked
//! ([`Record::finish`]) has every required field.

use std::borrow::Cow;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::canonical;
use crate::decode;
use crate::durations::{Durations, StageTime, ran_by_value, stage_times};
use crate::facts::WORKFLOW;
use crate::invalid::Invalid;
use crate::key::Key;
use crate::kind::{Default as FieldDefault, Field, Format, Keys, Kind, OfOrigin, Presence, Type};
use crate::origin::{Identity, Origin, Reading, SCHEMA_VERSION};
use crate::outcome::Outcome;
use crate::row;
use crate::timestamp::{Date, MicroTimestamp, Timestamp};
use crate::value::{Span, Value};

/// How many whole numbers a record of a workflow has most often.
const NUMBERS: usize = 24;

/// One domain fact.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    kind: &'static Kind,
    /// One for each field of the kind.
    values: Vec<Value<'a>>,
    /// The whole numbers of fields that hold several.
    numbers: Vec<u64>,
    /// Bit `n` is set when stage `n` ran.
    ran: u32,
    /// Where it comes from.
    pub origin: Origin,
}

/// The value of a record's field, for rules that do not know the kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldValue<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(u64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
}

impl<'a> Record<'a> {
    /// A record of which nothing is known.
    pub fn new(kind: &'static Kind) -> Self {
        Self {
            kind,
            values: vec![Value::Absent; kind.fields.len()],
            numbers: Vec::new(),
            ran: 0,
            origin: Origin::default(),
        }
    }

    /// The same with room for the whole numbers that a workflow has.
    pub(crate) fn with_room(kind: &'static Kind) -> Self {
        let room = if kind.is_workflow() { NUMBERS } else { 0 };
        Self {
            numbers: Vec::with_capacity(room),
            ..Self::new(kind)
        }
    }

    /// The kind of the record.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The value of the field with this index.
    pub fn value(&self, field: usize) -> &Value<'a> {
        self.values.get(field).unwrap_or(&Value::Absent)
    }

    /// Sets a field.
    pub fn set(&mut self, field: usize, value: Value<'a>) {
        if let Some(place) = self.values.get_mut(field) {
            *place = value;
        }
    }

    /// Sets a field, if there is a value.
    pub(crate) fn set_kept(&mut self, field: usize, value: Option<Value<'a>>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// Sets a field that holds several whole numbers.
    pub fn set_counts(&mut self, field: usize, counts: &[u64]) {
        let start = u16::try_from(self.numbers.len()).unwrap_or(u16::MAX);
        let len = u16::try_from(counts.len()).unwrap_or(0);
        self.numbers.extend_from_slice(counts);
        self.set(field, Value::Counts(Span { start, len }));
    }

    /// Takes whole numbers that are read one by one: [`Record::counts_since`] makes a value of them.
    pub(crate) fn push_number(&mut self, number: u64) {
        self.numbers.push(number);
    }

    /// How many whole numbers there are.
    pub(crate) fn numbers(&self) -> usize {
        self.numbers.len()
    }

    /// The whole numbers since there were `start` of them, as the value of a field.
    pub(crate) fn counts_since(&self, start: usize) -> Value<'a> {
        let len = u16::try_from(self.numbers.len() - start).unwrap_or(0);
        let start = u16::try_from(start).unwrap_or(u16::MAX);
        Value::Counts(Span { start, len })
    }

    /// The text of a field.
    pub fn text(&self, field: usize) -> Option<&str> {
        match self.value(field) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a field, borrowed from the line where the record is.
    pub fn cow(&self, field: usize) -> Option<Cow<'a, str>> {
        match self.value(field) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The index of the word of a field.
    pub fn word(&self, field: usize) -> Option<u8> {
        match self.value(field) {
            Value::Word(index) => Some(*index),
            _ => None,
        }
    }

    /// The count of a field.
    pub fn count(&self, field: usize) -> Option<u64> {
        match self.value(field) {
            Value::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// The number of a field.
    pub fn number(&self, field: usize) -> Option<f64> {
        match self.value(field) {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether a field says yes or no.
    pub fn flag(&self, field: usize) -> Option<bool> {
        match self.value(field) {
            Value::Flag(value) => Some(*value),
            _ => None,
        }
    }

    /// The time of a field.
    pub fn time(&self, field: usize) -> Option<Timestamp> {
        match self.value(field) {
            Value::Time(at) => Some(*at),
            Value::Micros(at) => Some(at.to_seconds()),
            _ => None,
        }
    }

    /// The time of a field, in microseconds.
    pub fn micros(&self, field: usize) -> Option<MicroTimestamp> {
        match self.value(field) {
            Value::Micros(at) => Some(*at),
            _ => None,
        }
    }

    /// The whole numbers of a field.
    pub fn counts(&self, field: usize) -> Option<&[u64]> {
        match self.value(field) {
            Value::Counts(span) => {
                let start = usize::from(span.start);
                self.numbers.get(start..start + usize::from(span.len))
            }
            _ => None,
        }
    }

    /// The whole numbers of a field, where there are as many.
    pub fn array<const N: usize>(&self, field: usize) -> Option<[u64; N]> {
        self.counts(field)?.try_into().ok()
    }

    /// The same record, borrowing nothing.
    pub fn into_owned(self) -> Record<'static> {
        let values = self.values.into_iter().map(Value::into_owned);
        Record {
            kind: self.kind,
            values: values.collect(),
            numbers: self.numbers,
            ran: self.ran,
            origin: self.origin,
        }
    }

    /// The text of its subject: what the record is about. Empty where it has none.
    pub fn subject(&self) -> &str {
        self.text(self.kind.subject).unwrap_or("")
    }

    /// The name of the workflow; `None` for a record that one event became.
    pub fn workflow(&self) -> Option<&str> {
        self.kind.workflow()?;
        let name = |field: &Field| field.attributes().next() == Some(WORKFLOW);
        self.text(self.kind.fields.iter().position(name)?)
    }

    /// Trace and span: the workflow's, or that on which the event happened; `None` for a record that came from a file
    /// without them.
    pub fn identity(&self) -> Option<Identity> {
        self.origin.identity
    }

    /// How the workflow ended; success for a record that one event became.
    pub fn outcome(&self) -> Outcome {
        self.origin.outcome
    }

    /// Which correction of the first record of this identity this is; 0 is the first.
    pub fn amendment(&self) -> u32 {
        self.origin.amendment
    }

    /// The same record as the `number`th correction.
    #[must_use]
    pub fn as_amendment(mut self, number: u32) -> Self {
        self.origin.amendment = number;
        self
    }

    /// What makes the record recognisable when it comes again; `None` for a workflow's record without an identity.
    pub fn key(&self) -> Option<Key> {
        Key::of(self)
    }

    /// When the workflow completed, or the event happened.
    pub fn completed_at(&self) -> Timestamp {
        let mut times = self.kind.completed.iter().map(|field| self.time(*field));
        times.find_map(|at| at).unwrap_or_default()
    }

    /// The UTC date of completion, which names the file.
    pub fn date(&self) -> Date {
        self.completed_at().date()
    }

    /// The name of the file that the record goes into.
    pub fn file_name(&self) -> String {
        self.kind.file_name(self.date())
    }

    /// The record as one line of its file, without the line feed: compact JSON, or a row of CSV.
    pub fn to_line(&self) -> String {
        match self.kind.file.format {
            Format::JsonLines => self.to_json(),
            Format::Csv { .. } => row::of(self),
        }
    }

    /// What is known, as JSON with the keys of the record and null for what is missing.
    pub fn to_json(&self) -> String {
        // Serialising fails only for keys that are no strings, and there are none.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A field by its name in the record, or by another name that rules know it by; besides, `kind`, `outcome`,
    /// `amendment` and `completed_at_seconds` (since the Unix epoch) are names of every kind, `workflow` of those that a
    /// workflow became. `None` when the record has no such field, or no value in it.
    pub fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "kind" => return Some(FieldValue::Text(self.kind.name)),
            "workflow" => return self.workflow().map(FieldValue::Text),
            "outcome" => return Some(FieldValue::Text(self.outcome().as_str())),
            "amendment" => return Some(FieldValue::Int(u64::from(self.amendment()))),
            "completed_at_seconds" => {
                let seconds = self.completed_at().unix_seconds();
                return Some(FieldValue::Int(u64::try_from(seconds).unwrap_or(0)));
            }
            _ => {}
        }
        let mut fields = self.kind.fields.iter();
        let named = |field: &Field| field.key == name || field.aliases.contains(&name);
        match fields.position(named) {
            Some(at) => self.field_value(at),
            None => (self.kind.hooks.field)(self, name),
        }
    }

    fn field_value(&self, at: usize) -> Option<FieldValue<'_>> {
        let field = self.kind.fields.get(at)?;
        Some(match (field.of, self.value(at)) {
            (Type::Origin(OfOrigin::ElapsedSeconds), _) => {
                FieldValue::Int(self.origin.elapsed_seconds?)
            }
            (Type::Word(words), Value::Word(index)) => FieldValue::Text(words.get(*index)),
            (Type::Flag(flag), Value::Flag(value)) => flag
                .word(*value)
                .map_or(FieldValue::Bool(*value), FieldValue::Text),
            (_, Value::Text(text)) => FieldValue::Text(text),
            (_, Value::Count(count)) => FieldValue::Int(*count),
            (_, Value::Number(number)) => FieldValue::Float(*number),
            _ => return None,
        })
    }

    /// The stages of the record, in order; none for a record that one event became.
    pub fn stages(&self) -> Vec<StageTime> {
        let Some(workflow) = self.kind.workflow() else {
            return Vec::new();
        };
        let of = |wanted: fn(Type) -> bool| {
            let at = self.kind.fields.iter().position(|field| wanted(field.of))?;
            self.counts(at)
        };
        let keys = of(|of| matches!(of, Type::KeySeconds)).unwrap_or_default();
        let stages = of(|of| matches!(of, Type::StageSeconds));
        stage_times(workflow, keys, stages, self.ran)
    }

    /// Sets the fields that hold time by stage.
    pub fn set_durations(&mut self, durations: &Durations) {
        self.ran = durations.ran;
        for (at, field) in self.kind.fields.iter().enumerate() {
            match field.of {
                Type::TotalSeconds => self.set(at, Value::Count(durations.total)),
                Type::KeySeconds => self.set_counts(at, &durations.keys),
                Type::StageSeconds => {
                    if let Some(stages) = &durations.stages {
                        self.set_counts(at, stages);
                    }
                }
                _ => {}
            }
        }
    }

    /// Says which stages ran, of a record that states no more than how long they took.
    pub(crate) fn ran_by_value(&mut self) {
        let at = |wanted: fn(Type) -> bool| {
            let mut fields = self.kind.fields.iter();
            fields.position(|field| wanted(field.of))
        };
        let stages = at(|of| matches!(of, Type::StageSeconds));
        let listed = stages.or_else(|| at(|of| matches!(of, Type::KeySeconds)));
        let seconds = listed.and_then(|at| self.counts(at));
        self.ran = seconds.map_or(0, ran_by_value);
    }

    /// Whether a stage ran.
    pub fn ran(&self, stage: u8) -> bool {
        self.ran.checked_shr(stage.into()).unwrap_or(0) & 1 == 1
    }

    /// Fills in what follows and what is usual, and checks that nothing required is missing. `hint` says where a missing
    /// field would come from.
    ///
    /// # Errors
    /// Every problem, those in `invalid` first.
    pub fn finish(
        mut self,
        mut invalid: Invalid,
        hint: impl Fn(usize, &'static Field) -> String,
    ) -> Result<Self, Invalid> {
        self.fill();
        for (at, field) in self.kind.fields.iter().enumerate() {
            let required = field.presence == Presence::Required && self.value(at).is_absent();
            if required && !invalid.mentions(self.kind, at) {
                invalid.missing(field.key, &hint(at, field));
            }
        }
        let mut times = self.kind.completed.iter();
        if times.all(|at| self.value(*at).is_absent())
            && let Some(at) = self.kind.completed.first()
            && let Some(field) = self.kind.fields.get(*at)
            && field.presence != Presence::Required
            && !invalid.mentions(self.kind, *at)
        {
            invalid.missing(field.key, &hint(*at, field));
        }
        invalid.finish(Some(self))
    }

    /// Fills in what follows from other fields.
    pub(crate) fn fill(&mut self) {
        (self.kind.hooks.complete)(self);
    }

    /// Fills in what a field has where nothing gives it a value.
    pub(crate) fn fill_defaults(&mut self) {
        for (at, field) in self.kind.fields.iter().enumerate() {
            if !self.value(at).is_absent() {
                continue;
            }
            match field.default {
                FieldDefault::Absent => {}
                FieldDefault::Count(count) => self.set(at, Value::Count(count)),
                FieldDefault::Word(index) => self.set(at, Value::Word(index)),
            }
        }
    }

    /// Reads a line of a file of `kind`; without a kind, the line's own keys say which of `kinds` it is. Lines as our writer
    /// writes them are borrowed from; the others take longer and mean the same.
    ///
    /// # Errors
    /// Every field that is missing or out of range; that the line is no record of any kind.
    pub fn read(
        kinds: &[&'static Kind],
        kind: Option<&'static Kind>,
        line: &'a str,
        reading: Reading,
    ) -> Result<Self, Invalid> {
        // Reading strictly is for writers, who read a line once; they need no second way to do it.
        if !reading.strict {
            let json = |kind: &&'static Kind| kind.header().is_none();
            let one = kind.as_slice();
            let mut kinds = if one.is_empty() { kinds } else { one }
                .iter()
                .copied()
                .filter(json);
            if let Some(record) =
                kinds.find_map(|kind| canonical::read(kind, line, reading.share_unit))
            {
                return Ok(record);
            }
        }
        let kind = match kind {
            Some(kind) => kind,
            None => decode::kind_of(kinds, line)?,
        };
        Record::from_line(kind, line, reading)
    }

    /// The word, or true and false, that a flag is written as.
    pub(crate) fn flag_text(&self, at: usize) -> Option<&'static str> {
        let Type::Flag(flag) = self.kind.fields.get(at)?.of else {
            return None;
        };
        let value = self.flag(at)?;
        flag.word(value)
            .or(Some(if value { "true" } else { "false" }))
    }
}

impl Record<'static> {
    /// Reads a line of a file of `kind`.
    ///
    /// # Errors
    /// Every field that is missing or out of range.
    pub fn from_line(kind: &'static Kind, line: &str, reading: Reading) -> Result<Self, Invalid> {
        match kind.file.format {
            Format::JsonLines => decode::record(kind, line, reading),
            Format::Csv { .. } => row::record_of_line(kind, line, reading),
        }
    }
}

impl PartialEq for Record<'_> {
    fn eq(&self, other: &Self) -> bool {
        let same = |at: usize| match (self.counts(at), other.counts(at)) {
            (None, None) => self.value(at) == other.value(at),
            (one, other) => one == other,
        };
        self.kind == other.kind
            && self.origin == other.origin
            && self.ran == other.ran
            && (0..self.kind.fields.len()).all(same)
    }
}

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (at, field) in self.kind.fields.iter().enumerate() {
            self.serialize_field(&mut map, at, field)?;
        }
        map.end()
    }
}

impl Record<'_> {
    fn serialize_field<M: SerializeMap>(
        &self,
        map: &mut M,
        at: usize,
        field: &Field,
    ) -> Result<(), M::Error> {
        let key = field.key;
        match (field.of, self.value(at)) {
            (Type::Version, _) => map.serialize_entry(key, SCHEMA_VERSION),
            (Type::Origin(part), _) => self.serialize_origin(map, key, part),
            (_, Value::Absent)
                if matches!(field.presence, Presence::Known | Presence::ReadOnly) =>
            {
                Ok(())
            }
            (_, _) if !field.is_written() => Ok(()),
            (_, Value::Absent) => map.serialize_entry(key, &()),
            (Type::Word(words), Value::Word(index)) => map.serialize_entry(key, words.get(*index)),
            (Type::Flag(flag), Value::Flag(value)) => match flag.word(*value) {
                Some(word) => map.serialize_entry(key, word),
                None => map.serialize_entry(key, value),
            },
            (Type::Number(number), Value::Number(value)) if number.whole => {
                map.serialize_entry(key, &Whole(*value))
            }
            (of, Value::Counts(_)) => {
                let keys = self.keys_of(of).map_or(&[][..], |keys| keys.names);
                let values = self.counts(at).unwrap_or_default();
                map.serialize_entry(key, &Keyed { keys, values })
            }
            (_, Value::Text(text)) => map.serialize_entry(key, text),
            (_, Value::Count(count)) => map.serialize_entry(key, count),
            (_, Value::Number(number)) => map.serialize_entry(key, number),
            (_, Value::Flag(value)) => map.serialize_entry(key, value),
            (_, Value::Word(index)) => map.serialize_entry(key, index),
            (_, Value::Time(time)) => map.serialize_entry(key, &time.to_string()),
            (_, Value::Micros(time)) => map.serialize_entry(key, &time.to_string()),
        }
    }

    fn serialize_origin<M: SerializeMap>(
        &self,
        map: &mut M,
        key: &'static str,
        part: OfOrigin,
    ) -> Result<(), M::Error> {
        let Origin {
            identity,
            outcome,
            elapsed_seconds,
            amendment,
        } = &self.origin;
        match (part, identity) {
            (OfOrigin::ElapsedSeconds, _) => match elapsed_seconds {
                Some(seconds) => map.serialize_entry(key, seconds),
                None => Ok(()),
            },
            (OfOrigin::Trace, Some(identity)) => {
                map.serialize_entry(key, &identity.trace.to_string())
            }
            (OfOrigin::Span, Some(identity)) => {
                map.serialize_entry(key, &identity.span.to_string())
            }
            (OfOrigin::Outcome, _) if *outcome != Outcome::Success => {
                map.serialize_entry(key, outcome.as_str())
            }
            (OfOrigin::Amendment, _) if *amendment > 0 => map.serialize_entry(key, amendment),
            _ => Ok(()),
        }
    }

    /// The keys under which a field of this type lists its numbers.
    pub(crate) fn keys_of(&self, of: Type) -> Option<&'static Keys> {
        keys_of(self.kind, of)
    }
}

/// The keys under which a field of this type lists its numbers; `None` for stages, which are no keys of their own.
pub(crate) fn keys_of(kind: &'static Kind, of: Type) -> Option<&'static Keys> {
    match of {
        Type::Counts(keys) => Some(keys),
        Type::KeySeconds => Some(kind.workflow()?.keys),
        Type::StageSeconds => Some(kind.workflow()?.stage_keys),
        _ => None,
    }
}

/// An object with these keys in this order.
struct Keyed<'a> {
    keys: &'a [&'static str],
    values: &'a [u64],
}

impl Serialize for Keyed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.keys.iter().zip(self.values))
    }
}

/// A number that is written without a fraction when it has none: most scores are whole.
struct Whole(f64);

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what does not fit is not equal after it"
        )]
        let whole = self.0.trunc() as i32;
        if f64::from(whole).total_cmp(&self.0).is_eq() {
            serializer.serialize_i32(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}
