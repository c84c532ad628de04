//! What was typed, as the choices of a report.

use std::fs;

use secspan_records::timestamp::{Date, Timestamp};
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};

use crate::args::ReportArgs;
use crate::environment;
use crate::exit::Failed;

/// The seconds of a day, less one.
const TO_END_OF_DAY: i64 = 86_399;

/// What was chosen: the dates, and the options of the report.
pub(super) fn chosen(args: &ReportArgs) -> Result<Choices, Failed> {
    let mut choices = Choices::default();
    choices.from = args.common.from.and_then(midnight);
    let to = args.common.to.and_then(midnight);
    choices.to = to.map(|at| at.plus_seconds(TO_END_OF_DAY));
    for option in args.report.options {
        let Some(given) = args.given.get(option.name) else {
            continue;
        };
        if let Form::Secret { .. } = option.form {
            let (text, place) = secret(option, args)?;
            choices
                .set(option, text)
                .map_err(|invalid| Failed::usage(format_args!("{place}: {}", invalid.text())))?;
        } else {
            choices.set(option, given)?;
        }
    }
    Ok(choices)
}

/// The moment at which a date begins.
fn midnight(date: Date) -> Option<Timestamp> {
    Timestamp::parse(&format!("{date}T00:00:00Z")).ok()
}

/// A secret and where it is from: a file, or a variable of the environment.
fn secret(option: &OptionDef, args: &ReportArgs) -> Result<(String, String), Failed> {
    let Form::Secret {
        variable,
        file,
        hint,
        ..
    } = option.form
    else {
        return Ok(Default::default());
    };
    if let Some(path) = args.given.get(file) {
        let text = fs::read_to_string(path)
            .map_err(|error| Failed::usage(format_args!("--{file} {path}: {error}")))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        return Ok((text.to_owned(), path.clone()));
    }
    let text = environment::variable(variable)
        .ok_or_else(|| Failed::usage(format_args!("--{} needs a key", option.name)).hint(hint))?;
    Ok((text, format!("${variable}")))
}

impl From<Invalid> for Failed {
    fn from(invalid: Invalid) -> Self {
        Self::usage(invalid)
    }
}
