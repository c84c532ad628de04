//! What was typed, as the options of each report.

use std::fs;

use secspan_records::sampling::TOLERANCE_POINTS;
use secspan_reports::people::{KEY_BYTES_MIN, Key, Names, People};
use secspan_reports::{enrichment, quality, sampling, sla};

use super::reading::midnight;
use crate::args::{KevRule, ReportArgs};
use crate::environment;
use crate::exit::Failed;

/// The variable that holds the key of pseudonyms: on a command line, other users could read it.
const KEY_VARIABLE: &str = "SECSPAN_PSEUDONYM_KEY";

pub(super) fn enrichment(args: &ReportArgs) -> Result<enrichment::Options, Failed> {
    Ok(enrichment::Options {
        people: people(args)?,
        kev_rule: match args.rules.kev_rule {
            KevRule::P1 => enrichment::KevRule::P1,
            KevRule::P2 => enrichment::KevRule::AtLeastP2,
        },
        ..enrichment::Options::default()
    })
}

pub(super) fn quality(args: &ReportArgs) -> Result<quality::Options, Failed> {
    Ok(quality::Options {
        people: people(args)?,
        reviewed_analysts: args.rules.by_analyst,
    })
}

pub(super) fn sampling(args: &ReportArgs) -> Result<sampling::Options, Failed> {
    let tolerance_points = args.rules.tolerance.unwrap_or(TOLERANCE_POINTS);
    if !(0.0..=100.0).contains(&tolerance_points) {
        let text = format!("--tolerance {tolerance_points}: write percentage points from 0 to 100");
        return Err(Failed::usage(text));
    }
    Ok(sampling::Options {
        tolerance_points,
        seed: args.rules.seed,
        people: people(args)?,
        ..sampling::Options::default()
    })
}

pub(super) fn sla(args: &ReportArgs) -> sla::Options {
    let options = sla::Options {
        as_of: args.rules.as_of,
        from: args.from.and_then(midnight),
        ..sla::Options::default()
    };
    match args.rules.business_hours {
        None => options,
        Some(hours) => options.in_business_hours(hours),
    }
}

/// How people are shown.
fn people(args: &ReportArgs) -> Result<People, Failed> {
    let names = if args.people.pseudonyms {
        Names::Pseudonyms(key(args)?)
    } else {
        Names::Plain
    };
    Ok(People {
        names,
        cases_min: args.people.minimum_n,
    })
}

fn key(args: &ReportArgs) -> Result<Key, Failed> {
    let (text, place) = if let Some(path) = &args.people.pseudonym_key_file {
        let place = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| {
            Failed::usage(format_args!("--pseudonym-key-file {place}: {error}"))
        })?;
        let key = text.strip_suffix('\n').unwrap_or(&text);
        (key.strip_suffix('\r').unwrap_or(key).to_owned(), place)
    } else {
        let key = environment::variable(KEY_VARIABLE).ok_or_else(|| {
            Failed::usage("--pseudonyms needs a key").hint(format_args!(
                "put at least {KEY_BYTES_MIN} bytes into ${KEY_VARIABLE} or into a file for \
                 --pseudonym-key-file; who has the key can find the names"
            ))
        })?;
        (key, format!("${KEY_VARIABLE}"))
    };
    Key::new(&text).map_err(|error| Failed::usage(format_args!("{place}: {error}")))
}
