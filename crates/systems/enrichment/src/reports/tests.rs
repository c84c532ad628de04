//! What tests of several reports need.

/// Compares with a file that other programs read too, so it has no header; `INSTA_UPDATE=always` writes it.
pub(crate) fn assert_file(path: &str, text: &str) {
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(path, text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    let line = expected
        .lines()
        .zip(text.lines())
        .position(|(one, other)| one != other);
    assert!(
        expected == text,
        "{path} differs, first in line {:?}",
        line.map(|at| at + 1)
    );
}
