//! How the program ends, and what it says when it ends badly.

use std::error::Error;
use std::fmt;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked for was done.
    Success,
    /// There is nothing to report, or something did not get where it should.
    Failure,
    /// The command line is wrong, or names what is not there; nothing was started.
    Usage,
    /// A person stopped it.
    Interrupted,
}

impl Exit {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Interrupted => 130,
        }
    }
}

/// Why a command ends badly: a sentence for people, a hint where there is one, and the exit code that goes with it.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) exit: Exit,
    pub(crate) text: String,
    pub(crate) hint: Option<String>,
}

impl Failed {
    /// The command line asks for what cannot be.
    pub(crate) fn usage(text: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, text)
    }

    /// Something went wrong on the way.
    pub(crate) fn on_the_way(text: impl fmt::Display) -> Self {
        Self::new(Exit::Failure, text)
    }

    /// The same with the error and all its causes.
    pub(crate) fn caused(text: impl fmt::Display, error: &dyn Error) -> Self {
        Self::on_the_way(format_args!("{text}: {}", chain(error)))
    }

    /// The same with a hint.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    fn new(exit: Exit, text: impl fmt::Display) -> Self {
        Self {
            exit,
            text: text.to_string(),
            hint: None,
        }
    }
}

/// An error and its causes, from the outside in.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
