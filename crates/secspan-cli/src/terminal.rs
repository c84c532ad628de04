//! What people read: messages on standard error, in colour where that is wanted.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::ValueEnum;

use crate::environment;
use crate::exit::{Exit, Failed};

/// Whether messages and text on standard output are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    // On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    // Always.
    Always,
    // Never.
    Never,
}

const BOLD_RED: &str = "\u{1b}[1;31m";
const BOLD_YELLOW: &str = "\u{1b}[1;33m";
const CYAN: &str = "\u{1b}[36m";
const PLAIN: &str = "\u{1b}[0m";
/// Clears the line and goes to its start.
const CLEAR: &str = "\r\u{1b}[K";

/// Whether a line of progress stands on the terminal and has to be cleared before a message.
static PROGRESS: AtomicBool = AtomicBool::new(false);

/// How to speak to people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    coloured: bool,
    quiet: bool,
    on_terminal: bool,
}

impl Colour {
    /// Whether to colour a stream.
    pub(crate) fn on(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                is_terminal
                    && environment::variable("NO_COLOR").is_none()
                    && environment::variable("TERM").is_none_or(|name| name != "dumb")
            }
        }
    }
}

impl Voice {
    pub(crate) fn new(colour: Colour, quiet: bool) -> Self {
        let on_terminal = io::stderr().is_terminal();
        Self {
            coloured: colour.on(on_terminal),
            quiet,
            on_terminal,
        }
    }

    /// Says what was done; not when it is to be quiet.
    pub(crate) fn say(self, text: impl fmt::Display) {
        if !self.quiet {
            line(format_args!("{text}"));
        }
    }

    /// Says what deserves attention.
    pub(crate) fn warn(self, text: impl fmt::Display) {
        line(format_args!(
            "{}: {text}",
            self.painted("warning", BOLD_YELLOW)
        ));
    }

    /// Says why a command ends badly.
    pub(crate) fn fail(self, failed: &Failed) -> Exit {
        line(format_args!(
            "{}: {}",
            self.painted("error", BOLD_RED),
            failed.text
        ));
        if let Some(hint) = &failed.hint {
            line(format_args!("{}: {hint}", self.painted("hint", CYAN)));
        }
        failed.exit
    }

    /// Shows how far a long task is, on a terminal.
    pub(crate) fn progress(self, text: impl fmt::Display) {
        if self.on_terminal && !self.quiet {
            PROGRESS.store(true, Ordering::Relaxed);
            // Standard error may be closed; there is nobody to tell then.
            drop(write!(io::stderr(), "\r{text}\u{1b}[K"));
        }
    }

    /// Takes the line of progress away, before something else is printed.
    pub(crate) fn clear_progress(self) {
        if self.on_terminal && PROGRESS.swap(false, Ordering::Relaxed) {
            drop(io::stderr().write_all(CLEAR.as_bytes()));
        }
    }

    fn painted(self, word: &'static str, colour: &'static str) -> String {
        if self.coloured {
            format!("{colour}{word}{PLAIN}")
        } else {
            word.to_owned()
        }
    }
}

/// Writes a line to standard error, in one write. If it is closed there is nobody to tell.
fn line(text: fmt::Arguments<'_>) {
    let clear = if PROGRESS.swap(false, Ordering::Relaxed) {
        CLEAR
    } else {
        ""
    };
    drop(io::stderr().write_all(format!("{clear}{text}\n").as_bytes()));
}

/// What the argument parser has to say: help and version are data, everything else is not.
pub(crate) fn usage(error: &clap::Error) -> Exit {
    let text = error.render();
    let (is_error, is_terminal) = if error.use_stderr() {
        (true, io::stderr().is_terminal())
    } else {
        (false, io::stdout().is_terminal())
    };
    let text = if Colour::Auto.on(is_terminal) {
        text.ansi().to_string()
    } else {
        text.to_string()
    };
    // A reader that closed its pipe has read enough.
    if is_error {
        drop(io::stderr().write_all(text.as_bytes()));
        Exit::Usage
    } else {
        drop(io::stdout().write_all(text.as_bytes()));
        Exit::Success
    }
}
