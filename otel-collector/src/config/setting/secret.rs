//! Secrets: values that can be used but not printed.

use std::fmt;

use super::{ScalarSetting, Shown};

/// What is printed in place of a secret.
pub const MASK: &str = "****";

/// A token, password or header value. `Debug` and `Display` print a mask.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it. The name is meant to be searched for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl ScalarSetting for Secret {
    const EXPECTED: &'static str = "a text that is not empty";
    const PRINTABLE: bool = false;

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("give it as ${env:NAME}".to_owned());
        }
        Ok(Self::new(text))
    }

    fn placeholder() -> Self {
        Self::new("")
    }

    fn show(&self) -> Shown {
        Shown::Secret
    }
}
