//! Lines in the shape that our own writer gives them, read in one pass and without a tree of values.
//!
//! Keys in the order of the description, no escapes, plain numbers; compact, or with the spaces of Python's `json.dumps`.
//! Nothing is decided here about other lines: whatever is not as expected, valid or not, gives `None`, and the general
//! decoder says what it is. So a line read here must mean exactly what the general decoder would make of it.

use std::borrow::Cow;

use crate::kind::{Default as FieldDefault, Field, Keys, Kind, OfOrigin, Presence, Type};
use crate::origin::Identity;
use crate::outcome::Outcome;
use crate::record::{Record, keys_of};
use crate::scan::Scan;
use crate::timestamp::Timestamp;
use crate::value::{ShareUnit, Value};

/// The record of a line in the expected shape.
pub(crate) fn read<'a>(kind: &'static Kind, line: &'a str, unit: ShareUnit) -> Option<Record<'a>> {
    let first = kind.fields.first()?;
    let mut scan = Scan::new(line);
    // A line begins as the others go on, but for the comma.
    scan.literal("{")?;
    scan.literal(first.lead.get(1..)?)?;
    let spaced = scan.literal(" ").is_some();
    let mut reader = Reader {
        scan,
        spaced,
        unit,
        record: Record::with_room(kind),
    };
    reader.field(0, first)?;
    for (at, field) in kind.fields.iter().enumerate().skip(1) {
        if reader.key(field.lead) {
            reader.field(at, field)?;
        } else if matches!(field.presence, Presence::Required | Presence::Stated) {
            return None;
        } else {
            reader.absent(at, field);
        }
    }
    let Reader {
        mut scan,
        mut record,
        ..
    } = reader;
    scan.literal("}")?;
    let mut times = kind.completed.iter();
    let timed = times.any(|at| !record.value(*at).is_absent());
    if !timed || !scan.is_at_end() {
        return None;
    }
    if kind.is_workflow() {
        record.ran_by_value();
    }
    record.fill();
    Some(record)
}

struct Reader<'a> {
    scan: Scan<'a>,
    /// Whether a space follows each comma and colon.
    spaced: bool,
    unit: ShareUnit,
    record: Record<'a>,
}

impl<'a> Reader<'a> {
    /// Goes past `,"key":`, if it is next.
    #[inline]
    fn key(&mut self, lead: &str) -> bool {
        if !self.spaced {
            return self.scan.key(lead).is_some();
        }
        let mut scan = self.scan;
        let lead = lead.get(1..).unwrap_or_default();
        let found = scan
            .literal(", ")
            .and_then(|()| scan.key(lead))
            .and_then(|()| scan.literal(" "));
        if found.is_some() {
            self.scan = scan;
        }
        found.is_some()
    }

    /// The value of a field; `None` when it is not in the expected shape.
    #[inline]
    fn field(&mut self, at: usize, field: &'static Field) -> Option<()> {
        let value = match field.of {
            // Any text is allowed: the version is for readers that are stricter than this one.
            Type::Version => return self.scan.text().map(drop),
            Type::Origin(part) => return self.origin(part),
            // Where a null means something else than nothing, the general decoder says what.
            _ if field.presence == Presence::Stated
                && field.default == FieldDefault::Absent
                && self.scan.literal("null").is_some() =>
            {
                return Some(());
            }
            Type::Counts(_) | Type::KeySeconds | Type::StageSeconds => {
                self.counts(keys_of(self.record.kind(), field.of)?)?
            }
            of => self.value(of)?,
        };
        self.record.set(at, value);
        Some(())
    }

    #[inline]
    fn value(&mut self, of: Type) -> Option<Value<'a>> {
        let scan = &mut self.scan;
        Some(match of {
            Type::Name => Value::Text(Cow::Borrowed(scan.name()?)),
            Type::Form(form) => {
                let text = scan.text().filter(|text| (form.is_plain)(text))?;
                Value::Text(Cow::Borrowed(text))
            }
            Type::Word(words) => Value::Word(words.position(scan.text()?)?),
            Type::Time => Value::Time(Timestamp::plain(scan.text()?)?),
            Type::Flag(flag) if flag.written.is_none() => Value::Flag(scan.flag()?),
            Type::Count | Type::TotalSeconds => Value::Count(scan.whole()?),
            Type::UpTo(limit) => Value::Count(scan.whole().filter(|count| *count <= limit.max)?),
            Type::Number(number) => Value::Number(number.read(scan.number()?, self.unit).ok()?),
            _ => return None,
        })
    }

    /// An object of whole numbers under these keys, in this order.
    fn counts(&mut self, keys: &Keys) -> Option<Value<'a>> {
        let start = self.record.numbers();
        let mut between = "{";
        for lead in keys.leads {
            self.scan.literal(between)?;
            self.scan.key(lead)?;
            if self.spaced {
                self.scan.literal(" ")?;
            }
            self.record.push_number(self.scan.whole()?);
            between = if self.spaced { ", " } else { "," };
        }
        self.scan.literal("}")?;
        Some(self.record.counts_since(start))
    }

    fn origin(&mut self, part: OfOrigin) -> Option<()> {
        let origin = &mut self.record.origin;
        match part {
            OfOrigin::ElapsedSeconds => origin.elapsed_seconds = Some(self.scan.whole()?),
            OfOrigin::Trace => {
                let trace = self.scan.trace_id()?;
                origin.identity = Some(Identity {
                    trace,
                    ..Identity::default()
                });
            }
            OfOrigin::Span => {
                let span = self.scan.span_id()?;
                origin.identity.as_mut()?.span = span;
            }
            OfOrigin::Outcome => {
                let word = self.scan.text()?;
                let mut outcomes = Outcome::ALL.into_iter();
                origin.outcome = outcomes.find(|outcome| outcome.as_str() == word)?;
            }
            OfOrigin::Amendment => {
                origin.amendment = u32::try_from(self.scan.whole()?).ok()?;
            }
        }
        Some(())
    }

    /// What is meant by a key that is not there.
    fn absent(&mut self, at: usize, field: &Field) {
        match (field.of, field.default) {
            // One without the other is no identity.
            (Type::Origin(OfOrigin::Span), _) => self.record.origin.identity = None,
            (_, FieldDefault::Absent) => {}
            (_, FieldDefault::Count(count)) => self.record.set(at, Value::Count(count)),
            (_, FieldDefault::Word(index)) => self.record.set(at, Value::Word(index)),
        }
    }
}
