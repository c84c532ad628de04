//! `secspan report`: records are found and read, a report is computed, rendered and put where it belongs.
//!
//! [`Report`] is the inventory: a report is one variant there, one line in [`Report::kinds`] and one in [`compute`].

mod options;
mod reading;
mod rendering;

use std::path::Path;

use clap::ValueEnum as _;
use secspan_records::definition::RecordKind;
use secspan_reports::document::Document;
use secspan_reports::{enrichment, quality, sampling, sla};

use self::reading::Job;
use crate::args::{Format, KevRule, Report, ReportArgs, hours};
use crate::commands::Stage;
use crate::exit::{Exit, Failed};
use crate::output::Target;
use crate::terminal::Colour;

pub(super) fn run(args: &ReportArgs, colour: Colour, stage: &Stage) -> Result<Exit, Failed> {
    check(args)?;
    let target = Target::of(args.output.as_deref())?;
    let job = Job::prepare(args, stage.voice)?;
    job.spares(&target)?;
    let document = compute(args, &job)?;
    let text = rendering::render(args, &document, &target, colour)?;
    target.write(&text, &stage.interrupt)?;
    Ok(conclude(&document, &job, stage))
}

/// What is wrong with arguments that are each right by themselves.
fn check(args: &ReportArgs) -> Result<(), Failed> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from > to
    {
        return Err(Failed::usage(format_args!(
            "--from {from} is after --to {to}"
        )));
    }
    check_belonging(args)?;
    if args.table.is_some() && args.format != Format::Csv {
        return Err(Failed::usage("--table is for --format csv"));
    }
    Ok(())
}

/// Refuses what has no meaning for the report that was asked for.
fn check_belonging(args: &ReportArgs) -> Result<(), Failed> {
    use Report::{Enrichment, Quality, Sampling, Sla};
    let rules = &args.rules;
    let given: [(&str, bool, &[Report]); 7] = [
        (
            "--kev-rule",
            rules.kev_rule != KevRule::default(),
            &[Enrichment],
        ),
        ("--by-analyst", rules.by_analyst, &[Quality]),
        ("--tolerance", rules.tolerance.is_some(), &[Sampling]),
        ("--seed", rules.seed.is_some(), &[Sampling]),
        ("--business-hours", rules.business_hours.is_some(), &[Sla]),
        ("--as-of", rules.as_of.is_some(), &[Sla]),
        (
            "--pseudonyms",
            args.people.pseudonyms,
            &[Enrichment, Quality, Sampling],
        ),
    ];
    for (option, is_given, reports) in given {
        if is_given && !reports.contains(&args.report) {
            let names = reports.iter().filter_map(Report::to_possible_value);
            let names: Vec<String> = names.map(|it| it.get_name().to_owned()).collect();
            return Err(Failed::usage(format_args!(
                "{option} is for `secspan report` {}, not for this report",
                names.join(", ")
            )));
        }
    }
    if rules.business_hours.is_some()
        && let Some(hours) = args.inputs.iter().find(|input| hours::parse(input).is_ok())
        && !Path::new(hours).exists()
    {
        let text = format!("--business-hours {hours}: hours are given with an equals sign");
        return Err(Failed::usage(text).hint(format_args!("--business-hours={hours}")));
    }
    Ok(())
}

impl Report {
    /// The kinds of records that a report is computed from.
    fn kinds(self) -> &'static [RecordKind] {
        match self {
            Self::Enrichment | Self::Quality => &[RecordKind::Enrichment, RecordKind::Review],
            Self::Sampling => &[RecordKind::Decision, RecordKind::Enrichment],
            Self::Sla => &[RecordKind::Ticket, RecordKind::Enrichment],
        }
    }
}

/// Computes the report that was asked for.
fn compute(args: &ReportArgs, job: &Job) -> Result<Document, Failed> {
    match args.report {
        Report::Enrichment => {
            let options = options::enrichment(args)?;
            job.fold(|| enrichment::Accumulator::new(&options))
        }
        Report::Quality => {
            let options = options::quality(args)?;
            job.fold(|| quality::Accumulator::new(&options))
        }
        Report::Sampling => {
            let options = options::sampling(args)?;
            job.fold(|| sampling::Accumulator::new(&options))
        }
        Report::Sla => {
            let options = options::sla(args);
            job.fold(|| sla::Accumulator::new(&options))
        }
    }
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
