//! One source file, cut into lines, with what the rules need to know about it.

/// Endings of the files that the rules read.
const TEXT_ENDINGS: [&str; 10] = [
    ".rs", ".py", ".sh", ".ts", ".js", ".yaml", ".yml", ".toml", ".json", ".md",
];

/// Lines at the top in which a file may say that it is generated.
const HEADER_LINES: usize = 5;

/// A text file.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
    /// Index of the first line of the tests at the end of the file.
    tests_from: usize,
    /// Whether the file says that a program wrote it.
    pub(crate) generated: bool,
}

/// Whether the rules read a file of this name.
pub(crate) fn is_text(name: &str) -> bool {
    TEXT_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let lines: Vec<_> = text.lines().map(str::to_owned).collect();
        let tests_from = lines
            .iter()
            .position(|line| line.trim_start().starts_with("#[cfg(test)]"))
            .unwrap_or(lines.len());
        let generated = lines
            .iter()
            .take(HEADER_LINES)
            .any(|line| line.starts_with("//!") && line.contains("generated from"));
        Self {
            path: path.to_owned(),
            lines,
            tests_from,
            generated,
        }
    }

    pub(crate) fn is_rust(&self) -> bool {
        std::path::Path::new(&self.path)
            .extension()
            .is_some_and(|ending| ending == "rs")
    }

    /// Name of the file without its ending.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Whether the whole file is tests, benches, examples or test data.
    pub(crate) fn is_test(&self) -> bool {
        let path = format!("/{}", self.path);
        ["/tests/", "/benches/", "/examples/", "/testdata/", "/fuzz/"]
            .iter()
            .any(|folder| path.contains(folder))
            || self.stem() == "tests"
    }

    /// Index of the first line of the tests at the end of the file.
    pub(crate) fn tests_from(&self) -> usize {
        self.tests_from
    }

    /// Lines with their numbers, counted from 1.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines
            .iter()
            .enumerate()
            .map(|(index, line)| (index + 1, line.as_str()))
    }

    /// Numbered lines of shipped code: no tests, no whole-line comments.
    pub(crate) fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = if self.is_test() { 0 } else { self.tests_from };
        self.numbered()
            .take(end)
            .filter(|(_, line)| !is_comment(line))
    }
}

/// Whether a line is nothing but a comment.
pub(crate) fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// The contents of the string literals that begin and end on this line.
pub(crate) fn literals(line: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut letters = line.chars().peekable();
    let mut open: Option<String> = None;
    while let Some(letter) = letters.next() {
        match (&mut open, letter) {
            (Some(text), '\\') => text.extend(letters.next()),
            (Some(_), '"') => literals.extend(open.take()),
            (Some(text), other) => text.push(other),
            (None, '"') => open = Some(String::new()),
            (None, '\'') => skip_quote(&mut letters),
            (None, '/') if letters.peek() == Some(&'/') => break,
            (None, _) => {}
        }
    }
    literals
}

/// Steps over the character literal `'"'`, which opens no string.
fn skip_quote(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if letters.peek() == Some(&'\\') {
        letters.next();
    }
    if letters.peek() == Some(&'"') {
        letters.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_outside_comments_and_characters() {
        let line = r#"f("a.b", '"', "c\"d"); // not "this""#;
        assert_eq!(literals(line), ["a.b", "c\"d"]);
        assert_eq!(
            literals("let lifetime: &'static str;"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn shipped_code_ends_where_the_tests_begin() {
        let text = "//! Doc.\nfn a() {}\n#[cfg(test)]\nmod tests {}\n";
        let source = Source::new("crates/x/src/a.rs", text);
        assert_eq!(source.shipped().collect::<Vec<_>>(), [(2, "fn a() {}")]);
        assert_eq!(
            Source::new("crates/x/src/a/tests.rs", text)
                .shipped()
                .count(),
            0
        );
    }

    #[test]
    fn a_file_is_generated_when_its_header_says_so() {
        assert!(Source::new("a.rs", "//! Names, generated from x.yaml by y.").generated);
        assert!(!Source::new("a.rs", "//! How ids are generated.").generated);
    }
}
