//! No absolute path of a machine stands in a committed file.

use super::Violation;
use super::source::Source;

/// Folders at the root of somebody's machine. Written without their slashes, or this file would break
/// its own rule.
const FOLDERS: [&str; 5] = ["work", "root", "farm", "home", "Users"];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (line, text) in source.numbered() {
        for folder in FOLDERS {
            if mentions(text, &format!("/{folder}/")) {
                found.push(Violation {
                    path: source.path.clone(),
                    line,
                    rule: "absolute path",
                    what: format!("a path below /{folder}"),
                    why: "it exists on one machine only; use a relative path or an option",
                });
            }
        }
    }
    found
}

/// Whether the folder stands at the start of a path that goes on.
fn mentions(text: &str, folder: &str) -> bool {
    text.match_indices(folder).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text
            .get(at + folder.len()..)
            .and_then(|rest| rest.chars().next());
        let starts =
            before.is_none_or(|letter| !(letter.is_alphanumeric() || "_./}>*".contains(letter)));
        starts && after.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        check(&Source::new("a.md", text))
            .iter()
            .map(|violation| violation.line)
            .collect()
    }

    #[test]
    fn a_path_of_a_machine_is_refused() {
        assert_eq!(lines(&format!("see\n`/{}/me/notes`", "home")), [2]);
    }

    #[test]
    fn relative_paths_and_url_parts_pass() {
        assert_eq!(
            lines(&format!("x.org/{0}/a crates/{0}/b ../{0}/c", "work")),
            Vec::<usize>::new()
        );
    }
}
