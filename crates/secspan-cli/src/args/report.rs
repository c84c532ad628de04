//! The arguments of `secspan report`: what every report takes, and a subcommand for each report of each system.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, ValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum, ValueHint};
use secspan_records::timestamp::Date;
use secspan_reports::choices::{Form, OptionDef};
use secspan_reports::report::ReportDef;
use secspan_systems::SYSTEMS;

use super::date;

const NOTES: &str = "\
Files: a FOLDER stands for the record files in it and in its folder metrics; a PATTERN may have *, ? and [a-z]. Without
any, records are looked for in $SECSPAN_DATA_DIR, else in ./secspan-data, else in the present folder. Lines that are no
records are counted and named in the report, and do not stop it.

Exit codes: 0 done, 1 nothing to report (the document says so and why) or not all of the input could be read, 2 usage.";

/// Columns of an example in help, before what it does.
const EXAMPLE_COLUMNS: usize = 66;

/// The identifier of the argument with what is to be read.
const INPUTS: &str = "inputs";

/// What stands for the report on the command line.
const REPORT: &str = "REPORT";

/// Which question to answer, from which files, in which form.
#[derive(Debug)]
pub(crate) struct ReportArgs {
    /// The question.
    pub(crate) report: &'static ReportDef,
    /// Files, folders or patterns with records; - is standard input.
    pub(crate) inputs: Vec<String>,
    /// What every report takes.
    pub(crate) common: Common,
    /// What was given for the options of the report, by name; a flag has an empty text.
    pub(crate) given: BTreeMap<&'static str, String>,
}

/// What every report takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// First date of the records that count
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub(crate) from: Option<Date>,
    /// Last date of the records that count
    #[arg(long, global = true, value_name = "DATE", value_parser = date)]
    pub(crate) to: Option<Date>,
    /// Form of the report
    #[arg(long, global = true, value_enum, value_name = "FORM", default_value_t)]
    pub(crate) format: Format,
    /// File to write to, instead of standard output; replaced at once when the report is complete, a device or pipe is
    /// written to; - is standard output
    #[arg(long, global = true, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// With --format csv: this table alone, with its own columns
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) table: Option<String>,
    /// Threads that read; by default one for each processor
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Unit of EPSS in the files; guess takes values above 1 for percent
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "UNIT",
        default_value_t,
        help_heading = "Reading"
    )]
    pub(crate) epss_unit: EpssUnit,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // For a terminal
    #[default]
    Text,
    // For a ticket or a wiki
    Markdown,
    // One file for a browser, charts included
    Html,
    // For programs, every digit
    Json,
    // For spreadsheets; one line for each value, or one table with --table
    Csv,
}

/// Unit of EPSS in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EpssUnit {
    // Above 1 percent, else a probability
    #[default]
    Guess,
    // 0 to 1
    Probability,
    // 0 to 100
    Percent,
}

impl Args for ReportArgs {
    fn augment_args(command: Command) -> Command {
        Common::augment_args(command)
            .subcommands(reports().map(subcommand))
            .subcommand_required(true)
            .arg_required_else_help(false)
            .subcommand_value_name(REPORT)
            .subcommand_help_heading("Reports")
            .disable_help_subcommand(true)
            .after_help(after_help(reports()))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ReportArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let (name, matches) = matches
            .subcommand()
            .ok_or_else(|| clap::Error::new(ErrorKind::MissingSubcommand))?;
        let report = reports()
            .find(|report| report.name == name)
            .ok_or_else(|| clap::Error::new(ErrorKind::InvalidSubcommand))?;
        let mut given = BTreeMap::new();
        for option in report.options {
            given.extend(self::given(option, matches));
            if let Form::Secret { file, .. } = option.form {
                let path = matches.get_one::<String>(file);
                given.extend(path.map(|path| (file, path.clone())));
            }
        }
        Ok(Self {
            report,
            inputs: matches
                .get_many::<String>(INPUTS)
                .map(|inputs| inputs.cloned().collect())
                .unwrap_or_default(),
            common: Common::from_arg_matches(matches)?,
            given,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Every report of every system.
pub(crate) fn reports() -> impl Iterator<Item = &'static ReportDef> {
    SYSTEMS
        .iter()
        .flat_map(|system| system.reports.iter().copied())
}

/// The names of the reports that take the option of this name.
pub(crate) fn that_take(option: &str) -> Vec<&'static str> {
    let takes = |report: &&ReportDef| {
        report.options.iter().any(|known| {
            known.name == option
                || matches!(known.form, Form::Secret { file, .. } if file == option)
        })
    };
    reports().filter(takes).map(|report| report.name).collect()
}

/// Examples of these reports, and what holds for all of them.
fn after_help(reports: impl IntoIterator<Item = &'static ReportDef>) -> String {
    format!("Examples:\n{}\n{NOTES}", examples(reports))
}

/// A line for each example of these reports.
pub(crate) fn examples(reports: impl IntoIterator<Item = &'static ReportDef>) -> String {
    let mut text = String::new();
    for report in reports {
        for (arguments, note) in report.examples {
            let command = format!("secspan report {} {arguments}", report.name);
            text.push_str(format!("  {:<EXAMPLE_COLUMNS$} {note}", command.trim_end()).trim_end());
            text.push('\n');
        }
    }
    text
}

fn subcommand(report: &'static ReportDef) -> Command {
    let command = Command::new(report.name)
        .about(report.about)
        .after_help(after_help([report]));
    let command = command.arg(
        Arg::new(INPUTS)
            .value_name("FILE|FOLDER|PATTERN|-")
            .help("Files, folders or patterns with records; - is standard input")
            .num_args(0..),
    );
    let options = report.options.iter().flat_map(|option| arguments(option));
    command.args(options)
}

/// The arguments of an option: itself, and the one that names the file of a secret.
fn arguments(option: &'static OptionDef) -> Vec<Arg> {
    let argument = Arg::new(option.name)
        .long(option.name)
        .help(option.about)
        .help_heading(option.heading);
    let checked = ValueParser::new(move |text: &str| -> Result<String, String> {
        option.form.check(text)?;
        Ok(text.to_owned())
    });
    match option.form {
        Form::Flag => vec![argument.action(ArgAction::SetTrue)],
        Form::Choice { value, words } => vec![
            argument
                .value_name(value)
                .value_parser(PossibleValuesParser::new(words))
                .default_values(words.first()),
        ],
        Form::Whole { value, default, .. } => {
            let argument = argument.value_name(value).value_parser(checked);
            vec![argument.default_values(default.map(|number| number.to_string()))]
        }
        Form::Number { value, .. } => vec![
            argument
                .value_name(value)
                .value_parser(checked)
                .allow_negative_numbers(true),
        ],
        Form::Text { value, alone, .. } => {
            let argument = argument.value_name(value).value_parser(checked);
            vec![match alone {
                None => argument,
                Some(alone) => argument
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value(alone)
                    .allow_hyphen_values(true),
            }]
        }
        Form::Secret {
            file, file_about, ..
        } => vec![
            argument.action(ArgAction::SetTrue),
            Arg::new(file)
                .long(file)
                .value_name("FILE")
                .value_hint(ValueHint::FilePath)
                .help(file_about)
                .help_heading(option.heading)
                .requires(option.name),
        ],
    }
}

/// What was given for an option, or what holds when nothing is.
fn given(option: &OptionDef, matches: &ArgMatches) -> Option<(&'static str, String)> {
    let text = match option.form {
        Form::Flag | Form::Secret { .. } => matches.get_flag(option.name).then(String::new)?,
        _ => matches.get_one::<String>(option.name)?.clone(),
    };
    Some((option.name, text))
}
