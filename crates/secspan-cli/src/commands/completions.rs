//! `secspan completions`: a script that makes a shell complete the program's arguments.

use clap::CommandFactory as _;

use crate::args::Args;
use crate::exit::{Exit, Failed};
use crate::output;

pub(super) fn run(shell: clap_complete::Shell) -> Result<Exit, Failed> {
    output::to_stdout(&script(shell))?;
    Ok(Exit::Success)
}

fn script(shell: clap_complete::Shell) -> String {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    // Into memory first: the generator panics where the stream fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, &name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_completes_behind_every_subcommand() {
        let script = script(clap_complete::Shell::Bash);
        let set: Vec<&str> = script
            .lines()
            .filter_map(|line| line.trim().strip_prefix("cmd=\""))
            .map(|line| line.trim_end_matches('"'))
            .filter(|command| !command.is_empty())
            .collect();
        assert!(set.len() >= 4, "{script}");
        for command in set {
            let case = format!("{command})");
            let handled = script.lines().any(|line| line.trim() == case);
            assert!(handled, "no case {case}");
        }
    }
}
