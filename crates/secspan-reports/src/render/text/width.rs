//! How many columns of a terminal a text takes, and how it breaks into lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that a text takes.
pub(super) fn of(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The longest word, which is what a column cannot be narrower than without breaking words.
pub(super) fn longest_word(text: &str) -> usize {
    text.split(' ').map(of).max().unwrap_or(0)
}

/// The text in lines of at most `width` columns: broken at spaces, and inside a word only when it alone is too long.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0_usize;
    for word in text.split(' ') {
        let needs = of(word);
        if used > 0 && used.saturating_add(1).saturating_add(needs) > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        if needs <= width {
            line.push_str(word);
            used += needs;
            continue;
        }
        for character in word.chars() {
            let size = character.width().unwrap_or(0);
            if used > 0 && used + size > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += size;
        }
    }
    lines.push(line);
    lines
}

/// The text with spaces up to `width` columns.
pub(super) fn pad(text: &str, width: usize, right: bool) -> String {
    let spaces = " ".repeat(width.saturating_sub(of(text)));
    if right {
        format!("{spaces}{text}")
    } else {
        format!("{text}{spaces}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_combining_characters_take_the_columns_that_terminals_give_them() {
        assert_eq!(of("\u{5c0f}\u{6797}"), 4);
        assert_eq!(of("e\u{301}"), 1);
        assert_eq!(pad("\u{5c0f}", 4, false), "\u{5c0f}  ");
        assert_eq!(pad("7", 3, true), "  7");
    }

    #[test]
    fn lines_break_at_spaces_and_in_words_only_when_they_must() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("\u{5c0f}\u{6797}x", 2), ["\u{5c0f}", "\u{6797}", "x"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(longest_word("a bcd ef"), 3);
    }
}
