//! What a user may choose for a report, and what was chosen.
//!
//! Programs build their options from [`OptionDef`]s and check each value with [`Form::check`]; the report reads them from
//! [`Choices`] by name. Files and variables are read by the program.

use std::collections::BTreeMap;
use std::fmt;

use secspan_records::timestamp::Timestamp;

/// Something that a user may choose.
#[derive(Clone, Copy, Debug)]
pub struct OptionDef {
    /// Its name, without dashes.
    pub name: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// The heading under which it stands.
    pub heading: &'static str,
    /// What may be given.
    pub form: Form,
}

/// What may be given for an option.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Nothing: the option is there or not.
    Flag,
    /// One of these words; the first one unless something is chosen.
    Choice {
        /// What stands for the value in help.
        value: &'static str,
        /// The words.
        words: &'static [&'static str],
    },
    /// A whole number.
    Whole {
        /// What stands for the value in help.
        value: &'static str,
        /// The least that is allowed.
        least: u64,
        /// What holds unless something is chosen.
        default: Option<u64>,
    },
    /// A number from `least` to `most`.
    Number {
        /// What stands for the value in help.
        value: &'static str,
        /// The least that is allowed.
        least: f64,
        /// The most that is allowed.
        most: f64,
        /// How to write it.
        rule: &'static str,
    },
    /// A text with rules of its own.
    Text {
        /// What stands for the value in help.
        value: &'static str,
        /// What is wrong with a text.
        check: fn(&str) -> Result<(), String>,
        /// What the option means when it stands alone; its value is then written after an equals sign.
        alone: Option<&'static str>,
    },
    /// A text that nobody may see on a command line: the option stands alone, and its text is in a variable of the environment
    /// or in a file that another option names.
    Secret {
        /// The variable.
        variable: &'static str,
        /// The other option.
        file: &'static str,
        /// What the other option is, for people.
        file_about: &'static str,
        /// What to do when there is neither.
        hint: &'static str,
        /// What is wrong with a text.
        check: fn(&str) -> Result<(), String>,
    },
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// First moment of the records that count.
    pub from: Option<Timestamp>,
    /// Last moment of the records that count.
    pub to: Option<Timestamp>,
    values: BTreeMap<&'static str, String>,
}

/// Something that was chosen and cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{option} {text}")]
pub struct Invalid {
    option: &'static str,
    text: String,
}

impl Invalid {
    /// What is wrong, without the name of the option.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Form {
    /// What is wrong with a text.
    ///
    /// # Errors
    /// A text that is not allowed; the error says what is.
    pub fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Flag => Ok(()),
            Self::Choice { words, .. } if words.contains(&text) => Ok(()),
            Self::Choice { words, .. } => Err(format!("write {}", words.join(", "))),
            Self::Whole { least, .. } => match text.parse::<u64>() {
                Ok(number) if number >= least => Ok(()),
                _ => Err(format!("write a whole number from {least}")),
            },
            Self::Number {
                least, most, rule, ..
            } => match text.parse::<f64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(()),
                _ => Err(format!("{rule} from {least} to {most}")),
            },
            Self::Text { check, .. } | Self::Secret { check, .. } => check(text),
        }
    }
}

impl Choices {
    /// Chooses `text` for an option; for a flag the text does not matter.
    ///
    /// # Errors
    /// When the option does not allow it.
    pub fn set(&mut self, option: &OptionDef, text: impl Into<String>) -> Result<(), Invalid> {
        let text = text.into();
        option.form.check(&text).map_err(|why| Invalid {
            option: option.name,
            text: why,
        })?;
        self.values.insert(option.name, text);
        Ok(())
    }

    /// Whether something was chosen for an option.
    pub fn has(&self, option: &OptionDef) -> bool {
        self.values.contains_key(option.name)
    }

    /// What was chosen, as it was written.
    pub fn text(&self, option: &OptionDef) -> Option<&str> {
        self.values.get(option.name).map(String::as_str)
    }

    /// What was chosen, read by the rules of the option.
    ///
    /// # Errors
    /// When `read` refuses the text.
    pub fn read<T, E: fmt::Display>(
        &self,
        option: &OptionDef,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Invalid> {
        let value = self.text(option).map(read).transpose();
        value.map_err(|error| Invalid {
            option: option.name,
            text: error.to_string(),
        })
    }

    /// A number that was chosen.
    ///
    /// # Errors
    /// When it is no such number.
    pub fn number<T: std::str::FromStr<Err: fmt::Display>>(
        &self,
        option: &OptionDef,
    ) -> Result<Option<T>, Invalid> {
        self.read(option, str::parse)
    }
}
