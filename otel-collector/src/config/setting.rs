//! Types that a configuration value can have, and how each is read, defaulted and shown.
//!
//! [`ScalarSetting`] is what a new type implements; lists and maps of scalars follow from it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::location::KeyPath;
use super::problem::{Complaint, Report, Shown};
use super::tree::{Node, Value};

mod byte_size;
mod duration;
mod endpoint;
mod secret;

pub use byte_size::{ByteSize, Mebibytes};
pub use duration::{parse_duration, show_duration};
pub use endpoint::{Endpoint, Scheme};
pub use secret::{MASK, Secret};

/// A value that can stand behind a key.
pub trait Setting: Sized {
    /// Reads it, or reports every reason why not and returns `None`.
    fn read(node: &Node, path: &KeyPath, report: &Report) -> Option<Self>;

    /// A harmless value that lets reading go on after a problem; it is never used to run.
    fn placeholder() -> Self;

    /// How `print-config --resolved` shows it.
    fn show(&self) -> Shown;

    /// What is expected, for problems: a lowercase fragment with an example.
    fn expected() -> &'static str;
}

/// A value written as one YAML scalar.
pub trait ScalarSetting: Sized {
    /// What is expected, for problems: a lowercase fragment with an example.
    const EXPECTED: &'static str;

    /// Reads the text; the error is a hint, empty if there is nothing to say.
    ///
    /// # Errors
    /// The text is not of this type.
    fn parse(text: &str) -> Result<Self, String>;

    /// See [`Setting::placeholder`].
    fn placeholder() -> Self;

    /// See [`Setting::show`].
    fn show(&self) -> Shown;

    /// Whether the text may be repeated in a problem.
    const PRINTABLE: bool = true;
}

impl<T: ScalarSetting> Setting for T {
    fn read(node: &Node, path: &KeyPath, report: &Report) -> Option<Self> {
        let Value::Scalar(scalar) = &node.value else {
            misfit(node, path, report, wrong_kind(node, T::EXPECTED));
            return None;
        };
        match T::parse(&scalar.text) {
            Ok(value) => Some(value),
            Err(hint) => {
                let given = if T::PRINTABLE {
                    scalar.given()
                } else {
                    MASK.to_owned()
                };
                let complaint = Complaint::new("wrong value")
                    .given(given)
                    .allowed(T::EXPECTED);
                let hint = (!hint.is_empty()).then_some(hint);
                report.error(Some(&node.location), path, complaint.maybe_hint(hint));
                None
            }
        }
    }

    fn placeholder() -> Self {
        <T as ScalarSetting>::placeholder()
    }

    fn show(&self) -> Shown {
        <T as ScalarSetting>::show(self)
    }

    fn expected() -> &'static str {
        T::EXPECTED
    }
}

impl<T: Setting> Setting for Vec<T> {
    fn read(node: &Node, path: &KeyPath, report: &Report) -> Option<Self> {
        let Value::List(items) = &node.value else {
            misfit(
                node,
                path,
                report,
                wrong_kind(node, Self::expected()).hint("write it as [a, b]"),
            );
            return None;
        };
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| T::read(item, &path.index(index), report))
            .collect();
        read.into_iter().collect()
    }

    fn placeholder() -> Self {
        Self::new()
    }

    fn show(&self) -> Shown {
        Shown::List(self.iter().map(Setting::show).collect())
    }

    fn expected() -> &'static str {
        "a list"
    }
}

impl<T: Setting> Setting for BTreeMap<String, T> {
    fn read(node: &Node, path: &KeyPath, report: &Report) -> Option<Self> {
        let Value::Map(map) = &node.value else {
            misfit(node, path, report, wrong_kind(node, Self::expected()));
            return None;
        };
        let read: Vec<Option<(String, T)>> = map
            .entries()
            .iter()
            .map(|entry| {
                let value = T::read(&entry.value, &path.key(&entry.key), report)?;
                Some((entry.key.clone(), value))
            })
            .collect();
        read.into_iter().collect()
    }

    fn placeholder() -> Self {
        Self::new()
    }

    fn show(&self) -> Shown {
        Shown::Map(
            self.iter()
                .map(|(key, value)| (key.clone(), value.show()))
                .collect(),
        )
    }

    fn expected() -> &'static str {
        "a map of names to values"
    }
}

/// Reports a node of the wrong shape, unless it was reported already.
pub(super) fn misfit(node: &Node, path: &KeyPath, report: &Report, complaint: Complaint) {
    if !node.is_refused() {
        report.error(Some(&node.location), path, complaint);
    }
}

/// The complaint for a node whose shape does not fit, never repeating its content.
pub(super) fn wrong_kind(node: &Node, expected: &str) -> Complaint {
    Complaint::new("wrong type")
        .given(node.kind())
        .allowed(expected)
}

impl ScalarSetting for String {
    const EXPECTED: &'static str = "a text";

    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn placeholder() -> Self {
        Self::new()
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.clone())
    }
}

impl ScalarSetting for PathBuf {
    const EXPECTED: &'static str = "a path";

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err(String::new());
        }
        Ok(Self::from(text))
    }

    fn placeholder() -> Self {
        Self::new()
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.display().to_string())
    }
}

impl ScalarSetting for bool {
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            "yes" | "on" | "1" => Err("write `true`".to_owned()),
            "no" | "off" | "0" => Err("write `false`".to_owned()),
            _ => Err(String::new()),
        }
    }

    fn placeholder() -> Self {
        false
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

impl ScalarSetting for u64 {
    const EXPECTED: &'static str = "a whole number, such as 1000";

    fn parse(text: &str) -> Result<Self, String> {
        let digits: String = text.chars().filter(|c| *c != '_').collect();
        let all_digits = digits.chars().all(|c| c.is_ascii_digit());
        match digits.parse() {
            Ok(number) if all_digits => Ok(number),
            _ if !digits.is_empty() && all_digits => Err("the number is too large".to_owned()),
            _ => Err(String::new()),
        }
    }

    fn placeholder() -> Self {
        0
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

impl ScalarSetting for f64 {
    const EXPECTED: &'static str = "a number, such as 0.5";

    fn parse(text: &str) -> Result<Self, String> {
        let number: Self = text.parse().map_err(|_| String::new())?;
        if number.is_finite() {
            Ok(number)
        } else {
            Err("the number must be finite".to_owned())
        }
    }

    fn placeholder() -> Self {
        0.0
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

impl ScalarSetting for SocketAddr {
    const EXPECTED: &'static str = "address:port to listen on, such as 127.0.0.1:4317";

    fn parse(text: &str) -> Result<Self, String> {
        let Some((host, port)) = text.rsplit_once(':') else {
            return Err("add a port".to_owned());
        };
        if port.parse::<u16>().is_err() {
            return Err("the port must be a number from 0 to 65535".to_owned());
        }
        match host {
            "localhost" => format!("127.0.0.1:{port}").parse(),
            "" => format!("0.0.0.0:{port}").parse(),
            _ => text.parse(),
        }
        .map_err(|_| "use an IP address; IPv6 in brackets, as in [::1]:4317".to_owned())
    }

    fn placeholder() -> Self {
        Self::from(([127, 0, 0, 1], 0))
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

#[cfg(test)]
mod tests;
