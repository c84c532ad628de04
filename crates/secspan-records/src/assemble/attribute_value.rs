//! Values of attributes, read as the fields of records have them: leniently in type, strictly in range.

use std::borrow::Cow;

use crate::csv::one_line;
use crate::facts::FactValue;
use crate::kind::{Field, Flag, From, Presence, Type};
use crate::timestamp::{MicroTimestamp, Timestamp, TimestampError};
use crate::value::{ShareUnit, Value, ValueError, name};

/// Why a value of an attribute is not one of its field.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error(transparent)]
    Time(#[from] TimestampError),
}

impl FactValue {
    /// Whether the value has a type in which a field can be read; if not, it costs that value alone. What a record cannot do
    /// without is read whatever it is, so that the record is rejected with that reason.
    pub(super) fn says(&self, field: &Field, from: &From) -> bool {
        let text = matches!(self, Self::Text(_) | Self::Oversize(_));
        if field.presence == Presence::Required {
            return true;
        }
        if matches!(from, From::Length(_)) {
            return text || matches!(self, Self::List(_));
        }
        match field.of {
            Type::Number(_) => text || matches!(self, Self::Int(_) | Self::Double(_)),
            Type::Count | Type::UpTo(_) => {
                text || matches!(self, Self::Int(_))
                    || matches!(self, Self::Double(number) if is_whole(*number))
            }
            Type::Flag(_) => text || matches!(self, Self::Bool(_)) || self.as_flag().is_some(),
            _ => !matches!(self, Self::List(_) | Self::Other),
        }
    }

    /// The value as a field of this type has it. Texts are put on one line where files need that.
    pub(super) fn read(
        &self,
        of: Type,
        unit: ShareUnit,
        on_one_line: bool,
    ) -> Result<Value<'static>, ReadError> {
        let text = |text: &str| Value::Text(Cow::Owned(text.to_owned()));
        Ok(match of {
            Type::Name if on_one_line => text(name(&one_line(&self.to_text()?))?),
            Type::Name => text(&self.to_text()?),
            Type::Form(form) => {
                let given = self.to_text()?;
                let read = (form.read)(&given);
                let read = read.ok_or_else(|| ValueError::text_form(&given, form.allowed))?;
                Value::Text(Cow::Owned(read))
            }
            Type::Word(words) => Value::Word(self.to_word(|word| {
                let index = words.parse(word);
                index.ok_or_else(|| ValueError::text_form(word, words.allowed))
            })?),
            Type::Flag(flag) => Value::Flag(self.to_flag(flag)?),
            Type::Time => Value::Time(self.to_time()?),
            Type::Micros => Value::Micros(MicroTimestamp::parse(&self.to_text()?)?),
            Type::UpTo(limit) => match self.to_count()? {
                count if count <= limit.max => Value::Count(count),
                count => return Err(ValueError::form(count, limit.allowed).into()),
            },
            Type::Number(number) => Value::Number(number.read(self.to_number()?, unit)?),
            _ => Value::Count(self.to_count()?),
        })
    }

    fn to_flag(&self, flag: &Flag) -> Result<bool, ValueError> {
        match self {
            Self::Text(_) | Self::Oversize(_) if flag.in_attributes => self.to_word(|word| {
                let value = flag.parse(word, false);
                value.ok_or_else(|| ValueError::text_form(word, flag.allowed))
            }),
            _ => self.to_bool(),
        }
    }

    /// A time as a text, or as seconds since the Unix epoch.
    fn to_time(&self) -> Result<Timestamp, ReadError> {
        match self {
            Self::Int(_) => {
                let seconds = i64::try_from(self.to_count()?).unwrap_or(i64::MAX);
                let at = Timestamp::from_unix_seconds(seconds);
                if at.unix_seconds() == seconds {
                    Ok(at)
                } else {
                    Err(ValueError::form(seconds, "a time in seconds since 1970").into())
                }
            }
            other => Ok(Timestamp::parse(&other.to_text()?)?),
        }
    }

    /// The value as a name; a whole number is one, too.
    fn to_text(&self) -> Result<Cow<'_, str>, ValueError> {
        match self {
            Self::Text(text) => Ok(Cow::Borrowed(name(text)?)),
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            Self::Int(number) => Ok(Cow::Owned(number.to_string())),
            Self::Double(number) => Ok(Cow::Owned(number.to_string())),
            Self::Bool(value) => Ok(Cow::Owned(value.to_string())),
            other => Err(ValueError::form(other.shape(), "a text")),
        }
    }

    /// The value as a word of a closed list.
    fn to_word<T>(
        &self,
        read: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Result<T, ValueError> {
        match self {
            Self::Text(text) => read(text),
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            other => Err(ValueError::form(other.shape(), "a text")),
        }
    }

    /// The value as a number; digits in a text are accepted, because some SDKs can send nothing else.
    fn to_number(&self) -> Result<f64, ValueError> {
        match self {
            Self::Double(number) => Ok(*number),
            Self::Int(number) => Ok(*number as f64),
            Self::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| ValueError::text_form(text, "a number")),
            other => Err(ValueError::form(other.shape(), "a number")),
        }
    }

    /// The value as a whole number, 0 or more.
    fn to_count(&self) -> Result<u64, ValueError> {
        const ALLOWED: &str = "a whole number, 0 or more";
        match self {
            Self::Int(number) => {
                u64::try_from(*number).map_err(|_| ValueError::form(number, ALLOWED))
            }
            Self::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| ValueError::text_form(text, ALLOWED)),
            Self::Double(number) if is_whole(*number) && *number >= 0.0 =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "range checked"
                )]
                Ok(*number as u64)
            }
            Self::Double(number) => Err(ValueError::form(number, ALLOWED)),
            other => Err(ValueError::form(other.shape(), ALLOWED)),
        }
    }

    /// The value as yes or no.
    fn to_bool(&self) -> Result<bool, ValueError> {
        const ALLOWED: &str = "true or false";
        match self {
            Self::Bool(value) => Ok(*value),
            Self::Int(number) => self
                .as_flag()
                .ok_or_else(|| ValueError::form(number, ALLOWED)),
            Self::Double(number) => self
                .as_flag()
                .ok_or_else(|| ValueError::form(number, ALLOWED)),
            // Some SDKs can send nothing but text, and Python spells it True.
            Self::Text(text) => text
                .trim()
                .to_ascii_lowercase()
                .parse()
                .map_err(|_| ValueError::text_form(text, ALLOWED)),
            other => Err(ValueError::form(other.shape(), ALLOWED)),
        }
    }

    /// How many items the value lists: a list, or a text such as `T1059, T1566` from SDKs without lists.
    pub(super) fn to_length(&self) -> Result<u64, ValueError> {
        match self {
            Self::List(length) => Ok(u64::from(*length)),
            Self::Text(text) => {
                let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
                let items = inner.split(',').filter(|item| !item.trim().is_empty());
                Ok(items.count() as u64)
            }
            Self::Oversize(bytes) => Err(ValueError::Long { bytes: *bytes }),
            other => Err(ValueError::form(other.shape(), "a list of texts")),
        }
    }

    fn shape(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Oversize(_) => "a text",
            Self::Int(_) => "an integer",
            Self::Double(_) => "a double",
            Self::Bool(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Other => "bytes or a map",
        }
    }
}

/// Whether a double is a whole number that it holds exactly.
fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && (-9e15..=9e15).contains(&number)
}
