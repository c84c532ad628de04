//! `secspan report`: records are found and read, a report is computed, rendered and put where it belongs.
//!
//! Which reports there are, and what may be chosen for each, the inventory of systems says.

mod options;
mod reading;
mod rendering;

use std::path::Path;

use secspan_reports::choices::Form;
use secspan_reports::document::Document;
use secspan_reports::report::Accumulator;

use self::reading::Job;
use crate::args::{Format, ReportArgs};
use crate::commands::Stage;
use crate::exit::{Exit, Failed};
use crate::output::Target;
use crate::terminal::Colour;

pub(super) fn run(args: &ReportArgs, colour: Colour, stage: &Stage) -> Result<Exit, Failed> {
    check(args)?;
    let target = Target::of(args.common.output.as_deref())?;
    let job = Job::prepare(args, stage.voice)?;
    job.spares(&target)?;
    let document = job.compute(Accumulator::new(args.report, &options::chosen(args)?)?)?;
    let text = rendering::render(&args.common, &document, &target, colour)?;
    target.write(&text, &stage.interrupt)?;
    Ok(conclude(&document, &job, stage))
}

/// What is wrong with arguments that are each right by themselves.
fn check(args: &ReportArgs) -> Result<(), Failed> {
    let common = &args.common;
    if let (Some(from), Some(to)) = (common.from, common.to)
        && from > to
    {
        return Err(Failed::usage(format_args!(
            "--from {from} is after --to {to}"
        )));
    }
    check_alone(args)?;
    if common.table.is_some() && common.format != Format::Csv {
        return Err(Failed::usage("--table is for --format csv"));
    }
    Ok(())
}

/// Refuses the value of an option that may stand alone, where it was written after a space and so became an input.
fn check_alone(args: &ReportArgs) -> Result<(), Failed> {
    for option in args.report.options {
        if let Form::Text { alone: Some(_), .. } = option.form
            && args.given.contains_key(option.name)
            && let Some(value) = args
                .inputs
                .iter()
                .find(|input| option.form.check(input).is_ok())
            && !Path::new(value).exists()
        {
            let name = option.name;
            let text = format!("--{name} {value}: the value is given with an equals sign");
            return Err(Failed::usage(text).hint(format_args!("--{name}={value}")));
        }
    }
    Ok(())
}

/// Says what does not stand where the report went: that there is none, that lines were left out, where it is.
fn conclude(document: &Document, job: &Job, stage: &Stage) -> Exit {
    let source = &document.source;
    if source.malformed > 0 {
        let lines = if source.malformed == 1 {
            "line is no record"
        } else {
            "lines are no records"
        };
        let first = source.malformed_examples.first();
        let first = first.map(|bad| format!("; {}:{}: {}", bad.file, bad.line, bad.reason));
        stage.voice.warn(format_args!(
            "{} {lines}{}",
            source.malformed,
            first.unwrap_or_default()
        ));
    }
    let incomplete = job.tell_unreadable();
    match document.no_data() {
        None if incomplete => Exit::Failure,
        None => Exit::Success,
        Some(why) => {
            let mut failed = Failed::on_the_way(why);
            failed.hint = job.nothing_found();
            stage.voice.fail(&failed)
        }
    }
}
