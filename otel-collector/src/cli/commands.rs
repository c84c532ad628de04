//! The commands that start nothing: validate, print-config, components, completions.

use std::io;

use clap::CommandFactory as _;

use super::arguments::{Arguments, Command, Format};
use super::{Exit, Host, Sources, Streams, tell};
use crate::batch::Signal;
use crate::config::inventory::{Port, signals};
use crate::config::problem::render;
use crate::config::{Inventory, Kind, Report, Role, print};

/// Runs one command; an error means that a stream takes no more text.
pub(super) fn run(
    command: Command,
    sources: &Sources,
    host: &Host<'_>,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    match command {
        Command::Validate { files, format } => validate(&files, format, sources, host, streams),
        Command::PrintConfig { resolved } => print_config(resolved, sources, host, streams),
        Command::Components { format } => components(format, host.inventory, streams),
        Command::Completions { shell } => completions(shell, streams),
    }
}

fn validate(
    files: &[String],
    format: Format,
    sources: &Sources,
    host: &Host<'_>,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let mut sets = vec![sources.clone()];
    if !files.is_empty() {
        let alone = |file: &String| Sources {
            files: vec![file.clone()],
            sets: sources.sets.clone(),
        };
        sets = files.iter().map(alone).collect();
    }
    let mut exit = Exit::Success;
    let mut all = Vec::new();
    for sources in &sets {
        let report = Report::new();
        sources.load(host, &report);
        let problems = report.problems();
        if report.has_errors() {
            exit = Exit::Usage;
        }
        if format == Format::Text {
            tell(&problems, streams)?;
            if !report.has_errors() {
                writeln!(streams.out, "{}: valid", name_of(sources))?;
            }
        }
        all.extend(problems);
    }
    if format == Format::Json {
        writeln!(streams.out, "{:#}", render::json(&all))?;
    }
    Ok(exit)
}

fn name_of(sources: &Sources) -> String {
    if sources.files.is_empty() {
        "embedded default".to_owned()
    } else {
        sources.files.join(" + ")
    }
}

fn print_config(
    resolved: bool,
    sources: &Sources,
    host: &Host<'_>,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let report = Report::new();
    let loaded = sources.load(host, &report);
    tell(&report.problems(), streams)?;
    let Some(loaded) = loaded.filter(|_| !report.has_errors()) else {
        return Ok(Exit::Usage);
    };
    let text = if resolved {
        print::resolved(&loaded.expanded, &report)
    } else {
        print::written(&loaded.written, &report)
    };
    streams.out.write_all(text.as_bytes())?;
    Ok(Exit::Success)
}

fn components(
    format: Format,
    inventory: &Inventory,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let all = || {
        Role::ALL
            .into_iter()
            .flat_map(|role| inventory.of(role).iter().map(move |kind| (role, kind)))
    };
    if format == Format::Json {
        let list: serde_json::Value = all().map(|(role, kind)| json_of(role, kind)).collect();
        writeln!(streams.out, "{list:#}")?;
        return Ok(Exit::Success);
    }
    let rows: Vec<[String; 4]> = all().map(|(role, kind)| row(role, kind)).collect();
    let head = ["ROLE", "NAME", "SIGNALS", "DOES"].map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&head]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let (role, name, signals) = (width(0), width(1), width(2));
    for [a, b, c, d] in std::iter::once(&head).chain(&rows) {
        writeln!(streams.out, "{a:role$}  {b:name$}  {c:signals$}  {d}")?;
    }
    Ok(Exit::Success)
}

fn row(role: Role, kind: &Kind) -> [String; 4] {
    let shown = match (names(kind.inputs), names(kind.outputs)) {
        (inputs, outputs) if inputs.is_empty() || inputs == outputs => outputs,
        (inputs, outputs) if outputs.is_empty() => inputs,
        (inputs, outputs) => format!("{inputs} -> {outputs}"),
    };
    [
        role.noun().to_owned(),
        kind.name.to_owned(),
        shown,
        kind.summary.to_owned(),
    ]
}

fn names(ports: &[Port]) -> String {
    signal_names(ports).join(", ")
}

fn signal_names(ports: &[Port]) -> Vec<&'static str> {
    signals(ports).into_iter().map(Signal::name).collect()
}

fn json_of(role: Role, kind: &Kind) -> serde_json::Value {
    serde_json::json!({
        "role": role.noun(),
        "name": kind.name,
        "aliases": kind.aliases,
        "inputs": signal_names(kind.inputs),
        "outputs": signal_names(kind.outputs),
        "summary": kind.summary,
    })
}

fn completions(shell: clap_complete::Shell, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let script = completion_script(shell);
    streams.out.write_all(script.as_bytes())?;
    Ok(Exit::Success)
}

/// The script for a shell. The generator writes the hyphen of the program's name in two ways in its bash script, so that
/// nothing completes behind a subcommand; the second way is put right here.
fn completion_script(shell: clap_complete::Shell) -> String {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where the stream fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, &name, &mut script);
    let script = String::from_utf8_lossy(&script);
    let odd = format!("{}__subcmd__", name.replace('-', "__subcmd__"));
    let right = format!("{}__subcmd__", name.replace('-', "__"));
    script.replace(&odd, &right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_completes_behind_every_subcommand() {
        let script = completion_script(clap_complete::Shell::Bash);
        let set: Vec<&str> = script
            .lines()
            .filter_map(|line| line.trim().strip_prefix("cmd=\""))
            .collect();
        assert!(set.len() >= 4, "{script}");
        let commands = set.iter().map(|line| line.trim_end_matches('"'));
        for command in commands.filter(|command| !command.is_empty()) {
            let case = format!("{command})");
            let handled = script.lines().any(|line| line.trim() == case);
            assert!(handled, "no case {case}");
        }
    }
}
