//! One value of a section on its way from text to type: checks, then default or demand.

use std::ops::RangeInclusive;

use super::{Complaint, Place};
use crate::config::nearest::did_you_mean;
use crate::config::problem::Shown;
use crate::config::setting::{Setting, misfit, wrong_kind};
use crate::config::tree::{Node, Scalar, Value};

/// What was found behind a key.
#[derive(Debug)]
enum Found<T> {
    Absent,
    /// Reported already.
    Refused,
    Given(T),
}

/// A value that was read but not yet defaulted. End it with [`Field::or`], [`Field::optional`]
/// or [`Field::required`].
#[derive(Debug)]
#[must_use = "a field does nothing until it is ended with `or`, `optional` or `required`"]
pub struct Field<'a, T> {
    place: Place<'a>,
    found: Found<T>,
    given: Option<String>,
}

impl<'a, T: Setting> Field<'a, T> {
    pub(super) fn read(place: Place<'a>, node: Option<&Node>) -> Self {
        let node = node.filter(|node| !node.is_null());
        let found = match node {
            None => Found::Absent,
            Some(node) => match T::read(node, &place.path, place.report) {
                Some(value) => Found::Given(value),
                None => Found::Refused,
            },
        };
        let given = match node.map(|node| &node.value) {
            Some(Value::Scalar(scalar)) => Some(scalar.given()),
            _ => None,
        };
        Self {
            place,
            found,
            given,
        }
    }

    /// Reports a value outside `range`.
    pub fn within(self, range: RangeInclusive<T>) -> Self
    where
        T: PartialOrd,
    {
        self.check(|value| {
            if range.contains(value) {
                return Ok(());
            }
            let allowed = format!("{} to {}", text(range.start()), text(range.end()));
            Err(Complaint::new("value out of range").allowed(allowed))
        })
    }

    /// Reports a value that `check` complains about; what was given is filled in.
    pub fn check(mut self, check: impl FnOnce(&T) -> Result<(), Complaint>) -> Self {
        if let Found::Given(value) = &self.found
            && let Err(complaint) = check(value)
        {
            let given = match value.show() {
                Shown::Scalar(shown) => self.given.clone().unwrap_or(shown),
                other => shown_text(&other),
            };
            self.place.error(Complaint::given(complaint, given));
            self.found = Found::Refused;
        }
        self
    }

    /// The value, or `default` where none was written.
    pub fn or(self, default: T) -> T {
        let value = match self.found {
            Found::Given(value) => value,
            Found::Absent | Found::Refused => default,
        };
        self.place
            .report
            .note_effective(self.place.path, value.show());
        value
    }

    /// The value, or `None` where none was written.
    pub fn optional(self) -> Option<T> {
        match self.found {
            Found::Given(value) => {
                self.place
                    .report
                    .note_effective(self.place.path, value.show());
                Some(value)
            }
            Found::Absent | Found::Refused => None,
        }
    }

    /// The value; its absence is a problem. What is returned after a problem is a placeholder.
    pub fn required(self) -> T {
        match self.found {
            Found::Given(value) => {
                self.place
                    .report
                    .note_effective(self.place.path, value.show());
                value
            }
            Found::Refused => T::placeholder(),
            Found::Absent => {
                self.place.missing(T::expected());
                T::placeholder()
            }
        }
    }
}

/// One of a few names, read but not yet defaulted. Ends like a [`Field`].
#[derive(Debug)]
#[must_use = "a choice does nothing until it is ended with `or`, `optional` or `required`"]
pub struct Choice<'a, 't, T> {
    place: Place<'a>,
    found: Found<T>,
    table: &'t [(&'static str, T)],
}

impl<'a, 't, T: Copy + PartialEq> Choice<'a, 't, T> {
    pub(super) fn read(
        place: Place<'a>,
        node: Option<&Node>,
        table: &'t [(&'static str, T)],
    ) -> Self {
        let found = match node.map(|node| (node, &node.value)) {
            None | Some((_, Value::Null)) => Found::Absent,
            Some((_, Value::Scalar(scalar))) => {
                let named = table.iter().find(|(name, _)| *name == scalar.text);
                named.map_or_else(
                    || refuse(&place, scalar, table),
                    |(_, value)| Found::Given(*value),
                )
            }
            Some((node, _)) => {
                misfit(
                    node,
                    &place.path,
                    place.report,
                    wrong_kind(node, &names(table)),
                );
                Found::Refused
            }
        };
        Self {
            place,
            found,
            table,
        }
    }

    /// The value, or `default` where none was written.
    pub fn or(self, default: T) -> T {
        let value = match self.found {
            Found::Given(value) => value,
            Found::Absent | Found::Refused => default,
        };
        self.note(value);
        value
    }

    /// The value, or `None` where none was written.
    pub fn optional(self) -> Option<T> {
        let Found::Given(value) = self.found else {
            return None;
        };
        self.note(value);
        Some(value)
    }

    /// The value; its absence is a problem, after which `placeholder` is returned.
    pub fn required(self, placeholder: T) -> T {
        match self.found {
            Found::Given(value) => {
                self.note(value);
                value
            }
            Found::Refused => placeholder,
            Found::Absent => {
                self.place.missing(&names(self.table));
                placeholder
            }
        }
    }

    fn note(&self, value: T) {
        if let Some((name, _)) = self.table.iter().find(|(_, own)| *own == value) {
            let shown = Shown::Scalar((*name).to_owned());
            self.place
                .report
                .note_effective(self.place.path.clone(), shown);
        }
    }
}

fn refuse<T>(place: &Place<'_>, scalar: &Scalar, table: &[(&'static str, T)]) -> Found<T> {
    let hint = did_you_mean(&scalar.text, table.iter().map(|(name, _)| *name));
    let complaint = Complaint::new("unknown value").given(scalar.given());
    place.error(complaint.allowed(names(table)).maybe_hint(hint));
    Found::Refused
}

fn names<T>(table: &[(&'static str, T)]) -> String {
    table
        .iter()
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn text<T: Setting>(value: &T) -> String {
    shown_text(&value.show())
}

fn shown_text(shown: &Shown) -> String {
    match shown {
        Shown::Scalar(text) => text.clone(),
        Shown::Secret => crate::config::setting::MASK.to_owned(),
        Shown::List(items) => {
            format!(
                "[{}]",
                items.iter().map(shown_text).collect::<Vec<_>>().join(", ")
            )
        }
        Shown::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key}: {}", shown_text(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}
