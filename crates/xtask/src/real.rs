//! `cargo xtask real`: tests against real servers, collectors and clients of other languages.
//!
//! Each part is a row of [`parts::ALL`]: what it needs, how that is had, and which tests it then runs. What
//! cannot be had is reported as "not run", loudly, and never counts as passed; a part that was asked for by
//! name must run.

mod install;
mod parts;

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::{Failure, Result};
use crate::terminal::{complain, say};
use crate::test::{Tally, run_tests};
use crate::workspace;
use parts::{Part, Variable};

/// A part that can run, and the variables that lead its tests to its programs.
type Ready = (&'static Part, Vec<Variable>);

/// A part that cannot run, and why.
type NotRun = (&'static Part, String);

/// Runs the parts named, or all.
pub(crate) fn run(root: &Path, names: &[String]) -> Result<()> {
    let chosen = choose(names)?;
    let (ready, not_run) = prepare(root, &chosen);
    for (part, reason) in &not_run {
        complain(&format!("not run: {}: {reason}", part.name));
    }
    let verdict = if ready.is_empty() {
        Err(Failure::new("no part could run"))
    } else {
        test(root, &ready)
    };
    say("");
    for (part, reason) in &not_run {
        say(&format!(
            "{:<14} not run: {}",
            part.name,
            first_line(reason)
        ));
    }
    if !names.is_empty() && !not_run.is_empty() {
        return Err(Failure::new(format!(
            "{} of the parts asked for did not run",
            not_run.len()
        )));
    }
    verdict
}

fn choose(names: &[String]) -> Result<Vec<&'static Part>> {
    if names.is_empty() {
        return Ok(parts::ALL.iter().collect());
    }
    let chosen: BTreeSet<_> = names
        .iter()
        .map(|name| {
            parts::ALL
                .iter()
                .position(|part| part.name == name)
                .ok_or_else(|| {
                    let known: Vec<_> = parts::ALL.iter().map(|part| part.name).collect();
                    Failure::new(format!(
                        "unknown part `{name}`, expected one of {}",
                        known.join(", ")
                    ))
                })
        })
        .collect::<Result<_>>()?;
    Ok(parts::ALL
        .iter()
        .enumerate()
        .filter(|(index, _)| chosen.contains(index))
        .map(|(_, part)| part)
        .collect())
}

/// Builds and installs, one part after the other: they share caches, and the machine is busy with one.
fn prepare(root: &Path, chosen: &[&'static Part]) -> (Vec<Ready>, Vec<NotRun>) {
    let mut ready = Vec::new();
    let mut not_run = Vec::new();
    for &part in chosen {
        let tools = workspace::target_directory(root).map(|target| target.join("tools"));
        let prepared = tools.and_then(|tools| {
            (part.prepare)(&install::Place {
                root,
                tools: &tools,
            })
        });
        match prepared {
            Ok(variables) => ready.push((part, variables)),
            Err(failure) => not_run.push((part, failure.to_string())),
        }
    }
    (ready, not_run)
}

/// Runs the tests of all ready parts in one go, and says what each part's tests did.
fn test(root: &Path, ready: &[Ready]) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args([
        "test",
        "-p",
        "secspan-tests",
        "--features",
        "real",
        "--test",
        "real",
        "--",
    ]);
    for (part, variables) in ready {
        command.arg(part.tests);
        command.envs(variables.iter().map(|(name, path)| (name, path)));
    }
    let mut tally = Tally::default();
    let verdict = run_tests(&mut command, "real tests", &mut tally);
    let mut empty = Vec::new();
    say("");
    for (part, _) in ready {
        let (passed, failed) = tally.of(part.tests);
        say(&format!(
            "{:<14} {passed} passed, {failed} failed",
            part.name
        ));
        if passed + failed == 0 {
            empty.push(part.name);
        }
    }
    verdict?;
    if empty.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "no test ran for {}",
        empty.join(", ")
    )))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_once_and_in_order() {
        let names = ["tempo", "prometheus", "tempo"].map(str::to_owned);
        let chosen: Vec<_> = choose(&names)
            .unwrap()
            .iter()
            .map(|part| part.name)
            .collect();
        assert_eq!(chosen, ["prometheus", "tempo"]);
        assert_eq!(choose(&[]).unwrap().len(), parts::ALL.len());
    }

    #[test]
    fn an_unknown_part_is_an_error_that_lists_the_known() {
        let failure = choose(&["prom".to_owned()]).unwrap_err().to_string();
        assert!(
            failure.contains("unknown part `prom`") && failure.contains("prometheus"),
            "{failure}"
        );
    }
}
