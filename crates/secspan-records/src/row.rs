//! A record as a row of CSV: the columns as they are written, and the other spellings that are read.
//!
//! Accepted beyond what is written: columns in any order by the names of the header, further columns, other names and words
//! that the description lists, times without `Z`.

use std::borrow::Cow;

use crate::csv;
use crate::invalid::Invalid;
use crate::kind::{Field, Flag, Kind, Presence, Type};
use crate::origin::Reading;
use crate::record::Record;
use crate::timestamp::{MicroTimestamp, Timestamp};
use crate::value::{Value, ValueError, name};

/// Where each field of a kind stands in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    kind: &'static Kind,
    places: Vec<Option<usize>>,
}

/// What an editor may have put before the first name.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Columns {
    /// The columns that are written.
    pub fn written(kind: &'static Kind) -> Self {
        let mut next = 0..;
        let fields = kind.fields.iter();
        let place = |field: &Field| field.is_written().then(|| next.next()).flatten();
        Self {
            kind,
            places: fields.map(place).collect(),
        }
    }

    /// Reads a header; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// Every column that is missing.
    pub fn of_header<S: AsRef<str>>(kind: &'static Kind, names: &[S]) -> Result<Self, Invalid> {
        let place = |field: &Field| {
            names.iter().position(|name| {
                let name = plain(name.as_ref());
                let mut known = std::iter::once(&field.key).chain(field.columns);
                known.any(|word| name.eq_ignore_ascii_case(word))
            })
        };
        let columns = Self {
            kind,
            places: kind.fields.iter().map(place).collect(),
        };
        let mut invalid = Invalid::default();
        for field in kind.fields {
            let required = field.presence == Presence::Required;
            if required && !columns.has(field) {
                invalid.missing(field.key, "the header must name this column");
            }
        }
        invalid.finish(Some(columns))
    }

    /// Whether a field, or one that stands for it, has a column.
    fn has(&self, wanted: &Field) -> bool {
        let mut fields = self.kind.fields.iter().zip(&self.places);
        fields.any(|(field, place)| {
            let same = field.key == wanted.key || field.stands_for == Some(wanted.key);
            same && place.is_some()
        })
    }

    /// Whether a row is a header and no record: it names the columns that every variant has.
    pub fn is_header<S: AsRef<str>>(kind: &Kind, fields: &[S]) -> bool {
        kind.telling.iter().all(|column| {
            let mut fields = fields.iter();
            fields.any(|field| plain(field.as_ref()).eq_ignore_ascii_case(column))
        })
    }
}

fn plain(name: &str) -> &str {
    name.trim_start_matches(BYTE_ORDER_MARK).trim()
}

/// The row of a record, without its line end.
pub(crate) fn of(record: &Record<'_>) -> String {
    let fields = record.kind().fields.iter().enumerate();
    let written = fields.filter(|(_, field)| field.is_written());
    let texts: Vec<Cow<'_, str>> = written.map(|(at, field)| text(record, at, field)).collect();
    csv::row(texts.iter().map(AsRef::as_ref))
}

fn text<'r>(record: &'r Record<'_>, at: usize, field: &Field) -> Cow<'r, str> {
    match (field.of, record.value(at)) {
        (Type::Word(words), Value::Word(index)) => Cow::Borrowed(words.get(*index)),
        (_, Value::Text(text)) => Cow::Borrowed(text),
        (_, Value::Flag(_)) => Cow::Borrowed(record.flag_text(at).unwrap_or("")),
        (_, Value::Count(count)) => Cow::Owned(count.to_string()),
        (_, Value::Number(number)) => Cow::Owned(number.to_string()),
        (_, Value::Time(time)) => Cow::Owned(time.to_string()),
        (_, Value::Micros(time)) => Cow::Owned(time.to_string()),
        (_, Value::Absent | Value::Word(_) | Value::Counts(_)) => Cow::Borrowed(""),
    }
}

/// Reads a row of the file as it is written.
pub(crate) fn record_of_line(
    kind: &'static Kind,
    line: &str,
    reading: Reading,
) -> Result<Record<'static>, Invalid> {
    let mut invalid = Invalid::default();
    match csv::fields(line) {
        Ok(fields) if Columns::is_header(kind, &fields) => {
            let name = kind.name;
            invalid.rejected("row", format_args!("the header, which is no {name}"));
            Err(invalid)
        }
        Ok(fields) => record(&fields, &Columns::written(kind), reading),
        Err(error) => {
            invalid.rejected("row", error);
            Err(invalid)
        }
    }
}

/// Reads the fields of a row, which stand in the order of `columns`.
///
/// # Errors
/// Every field that is missing or not allowed.
pub fn record<S: AsRef<str>>(
    fields: &[S],
    columns: &Columns,
    reading: Reading,
) -> Result<Record<'static>, Invalid> {
    let kind = columns.kind;
    let mut invalid = Invalid::default();
    let written = kind
        .fields
        .iter()
        .filter(|field| field.is_written())
        .count();
    if reading.strict && fields.len() != written {
        let given = fields.len();
        invalid.rejected("row", format_args!("{given} fields; allowed are {written}"));
    }
    let mut record = Record::new(kind);
    for (at, (field, place)) in kind.fields.iter().zip(&columns.places).enumerate() {
        let text = place.and_then(|place| fields.get(place));
        let text = text
            .map(AsRef::as_ref)
            .filter(|text| !text.trim().is_empty());
        let value = text.and_then(|text| value(field, text, reading, &mut invalid));
        if let Some(value) = value {
            record.set(at, value);
        }
    }
    record.finish(invalid, |_, _| "the column must have a value".to_owned())
}

fn value(
    field: &Field,
    text: &str,
    reading: Reading,
    invalid: &mut Invalid,
) -> Option<Value<'static>> {
    let key = field.key;
    match field.of {
        Type::Name => {
            let line = csv::one_line(text);
            let owned = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
            invalid.keep(key, name(&line).map(owned))
        }
        Type::Form(form) => {
            let read = (form.read)(text).map(|text| Value::Text(Cow::Owned(text)));
            invalid.keep(
                key,
                read.ok_or_else(|| ValueError::text_form(text, form.allowed)),
            )
        }
        Type::Word(words) => {
            let index = words.parse(text).map(Value::Word);
            invalid.keep(
                key,
                index.ok_or_else(|| ValueError::text_form(text, words.allowed)),
            )
        }
        Type::Flag(flag) => {
            let value = flag_of(flag, text, reading.strict).map(Value::Flag);
            invalid.keep(
                key,
                value.ok_or_else(|| ValueError::text_form(text, flag.allowed)),
            )
        }
        Type::Time => invalid.keep(key, Timestamp::parse(text).map(Value::Time)),
        Type::Micros => invalid.keep(key, MicroTimestamp::parse(text).map(Value::Micros)),
        Type::Count => {
            let count = text.trim().parse().ok().map(Value::Count);
            let allowed = "a whole number, 0 or more";
            invalid.keep(
                key,
                count.ok_or_else(|| ValueError::text_form(text, allowed)),
            )
        }
        Type::UpTo(limit) => {
            let count = text.trim().parse().ok().filter(|count| *count <= limit.max);
            let count = count.map(Value::Count);
            invalid.keep(
                key,
                count.ok_or_else(|| ValueError::text_form(text, limit.allowed)),
            )
        }
        Type::Number(number) => {
            let given: Option<f64> = text.trim().parse().ok();
            let given = given.ok_or_else(|| ValueError::text_form(text, number.allowed));
            let read = given.and_then(|given| number.read(given, reading.share_unit));
            invalid.keep(key, read.map(Value::Number))
        }
        // A table has no lists, and does not say where its rows come from.
        Type::Counts(_)
        | Type::TotalSeconds
        | Type::KeySeconds
        | Type::StageSeconds
        | Type::Origin(_)
        | Type::Version => None,
    }
}

fn flag_of(flag: &Flag, text: &str, strict: bool) -> Option<bool> {
    let plain = flag.written.is_none() && flag.read.iter().all(|words| words.is_empty());
    if plain {
        return text.trim().to_ascii_lowercase().parse().ok();
    }
    flag.parse(text, strict)
}
