//! Colour in a terminal, when it was asked for.

use std::borrow::Cow;

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// Nothing special.
    Plain,
    /// A heading.
    Heading,
    /// Less important than the rest.
    Faint,
    /// A target that was met.
    Good,
    /// Something to look at.
    Warning,
}

/// Whether to colour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    colour: bool,
}

impl Paint {
    pub(super) fn new(colour: bool) -> Self {
        Self { colour }
    }

    /// The text in its colour. Widths are measured before this.
    pub(super) fn apply(self, ink: Ink, text: &str) -> Cow<'_, str> {
        let code = match ink {
            Ink::Plain => return Cow::Borrowed(text),
            Ink::Heading => "1",
            Ink::Faint => "2",
            Ink::Good => "32",
            Ink::Warning => "33",
        };
        if !self.colour || text.is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(format!("\u{1b}[{code}m{text}\u{1b}[0m"))
    }
}
