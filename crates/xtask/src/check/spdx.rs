//! SPDX licence expressions: is there a way to use the package under allowed licences alone?

use std::collections::BTreeSet;

/// Whether an expression can be met. `OR` binds weaker than `AND`; the old `/` means `OR`.
///
/// # Errors
/// A fragment that says what is wrong with the expression.
pub(crate) fn allowed(expression: &str, allowed: &BTreeSet<String>) -> Result<bool, &'static str> {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let verdict = either(&mut rest, allowed)?;
    if rest.is_empty() {
        Ok(verdict)
    } else {
        Err("goes on after its end")
    }
}

fn either(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Result<bool, &'static str> {
    let mut verdict = both(rest, allowed)?;
    while take(rest, "OR") {
        verdict |= both(rest, allowed)?;
    }
    Ok(verdict)
}

fn both(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Result<bool, &'static str> {
    let mut verdict = single(rest, allowed)?;
    while take(rest, "AND") {
        verdict &= single(rest, allowed)?;
    }
    Ok(verdict)
}

fn single(rest: &mut &[&str], allowed: &BTreeSet<String>) -> Result<bool, &'static str> {
    if take(rest, "(") {
        let verdict = either(rest, allowed)?;
        return if take(rest, ")") {
            Ok(verdict)
        } else {
            Err("lacks a closing bracket")
        };
    }
    let Some((licence, tail)) = rest.split_first() else {
        return Err("ends too early");
    };
    *rest = tail;
    if !take(rest, "WITH") {
        return Ok(allowed.contains(*licence));
    }
    let Some((exception, tail)) = rest.split_first() else {
        return Err("ends after WITH");
    };
    *rest = tail;
    // An exception only adds permissions.
    Ok(allowed.contains(*licence) || allowed.contains(&format!("{licence} WITH {exception}")))
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    match rest.split_first() {
        Some((first, tail)) if *first == word => {
            *rest = tail;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_as_spdx_says() {
        let list = ["MIT", "Apache-2.0", "Zlib"].map(str::to_owned).into();
        let cases = [
            ("MIT", Ok(true)),
            ("GPL-3.0", Ok(false)),
            ("MIT/GPL-3.0", Ok(true)),
            ("GPL-3.0 OR Apache-2.0 WITH LLVM-exception", Ok(true)),
            ("MIT AND GPL-3.0", Ok(false)),
            ("(MIT OR GPL-3.0) AND Zlib", Ok(true)),
            ("GPL-3.0 OR MIT AND BSD", Ok(false)),
            ("(MIT", Err("lacks a closing bracket")),
            ("MIT Zlib", Err("goes on after its end")),
            ("MIT OR", Err("ends too early")),
        ];
        for (expression, expected) in cases {
            assert_eq!(allowed(expression, &list), expected, "{expression}");
        }
    }
}
