//! A document in the form that was asked for.

use std::io::{self, IsTerminal as _};

use secspan_reports::document::Document;
use secspan_reports::render::text::{Characters, Style, WIDTH_DEFAULT, WIDTH_MIN};
use secspan_reports::render::{csv, html, json, markdown, text};

use crate::args::{Format, ReportCommon};
use crate::environment;
use crate::exit::Failed;
use crate::output::Target;
use crate::terminal::Colour;

/// The document as text; it ends with a line feed.
pub(super) fn render(
    args: &ReportCommon,
    document: &Document,
    target: &Target,
    colour: Colour,
) -> Result<String, Failed> {
    Ok(match (args.format, &args.table) {
        (Format::Text, _) => text::render(document, &style(target, colour)),
        (Format::Markdown, _) => markdown::render(document),
        (Format::Html, _) => html::render(document),
        (Format::Json, _) => json::render(document),
        (Format::Csv, None) => csv::render(document),
        (Format::Csv, Some(table)) => csv::table(document, table)
            .map_err(|error| Failed::usage(format_args!("--table {error}")))?,
    })
}

/// What is not read on a terminal is the same everywhere: not wrapped, and with every character.
fn style(target: &Target, colour: Colour) -> Style {
    let on_terminal = *target == Target::Stdout && io::stdout().is_terminal();
    Style {
        width: on_terminal.then(width).flatten(),
        colour: colour.on(on_terminal),
        characters: if on_terminal && !speaks_unicode() {
            Characters::Ascii
        } else {
            Characters::Unicode
        },
    }
}

/// The columns of the terminal.
fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    // Some terminals do not know.
    let columns = Some(usize::from(size.ws_col)).filter(|columns| *columns > 0);
    Some(columns.unwrap_or(WIDTH_DEFAULT).max(WIDTH_MIN))
}

/// What the locale says; the first of these variables that is set counts.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(environment::variable);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
