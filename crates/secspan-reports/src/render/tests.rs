//! Every renderer over one document with everything in it, over one without data, and over hostile names.

mod any;
mod hostile;
mod roundtrip;
mod sample;

use insta::{Settings, assert_snapshot};

use self::sample::{empty, everything};
use super::text::{Characters, Style};
use super::{csv, html, json, markdown, text};

/// Golden files stand in `testdata/render`, each a whole output.
fn golden(name: &str, output: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/render"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, output));
}

const PLAIN: Style = Style {
    width: Some(100),
    colour: false,
    characters: Characters::Unicode,
};

#[test]
fn text_of_everything() {
    golden("text", &text::render(&everything(), &PLAIN));
}

#[test]
fn text_in_a_narrow_terminal_stays_within_it() {
    for width in [40, 55, 72] {
        let style = Style {
            width: Some(width),
            ..PLAIN
        };
        let output = text::render(&everything(), &style);
        for line in output.lines() {
            assert!(text::columns(line) <= width, "{width}: {line}");
        }
        if width == 40 {
            golden("text_narrow", &output);
        }
    }
}

#[test]
fn text_in_ascii_draws_with_ascii_alone() {
    let style = Style {
        characters: Characters::Ascii,
        ..PLAIN
    };
    let output = text::render(&everything(), &style);
    golden("text_ascii", &output);
    let drawn: String = output
        .chars()
        .filter(|character| !character.is_ascii())
        .collect();
    // Only the names in the document are left.
    assert!(drawn.chars().all(char::is_alphabetic), "{drawn}");
}

#[test]
fn colour_adds_sequences_and_nothing_else() {
    let style = Style {
        colour: true,
        ..PLAIN
    };
    let coloured = text::render(&everything(), &style);
    assert!(coloured.contains("\u{1b}[33mWarning: "));
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').expect("a sequence ends").1;
    }
    bare.push_str(rest);
    assert_eq!(bare, text::render(&everything(), &PLAIN));
}

#[test]
fn markdown_of_everything() {
    golden("markdown", &markdown::render(&everything()));
}

#[test]
fn html_of_everything() {
    golden("html", &html::render(&everything()));
}

#[test]
fn html_stands_alone_and_names_nothing_twice() {
    let page = html::render(&everything());
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "{ids:?}");
    let labels = page
        .split(" aria-labelledby=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    for id in labels.flat_map(|label| label.split(' ')) {
        assert!(ids.contains(&id), "{id} is nowhere");
    }
    for (_, target) in page
        .match_indices("href=\"")
        .map(|(place, found)| page.split_at(place + found.len()))
    {
        assert!(target.starts_with('#'), "a link leads elsewhere");
    }
    for foreign in ["<script", "http://", "https://", "url(", "@import", " src="] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn json_of_everything() {
    golden("json", &json::render(&everything()));
}

#[test]
fn csv_of_everything() {
    golden("csv", &csv::render(&everything()));
    golden(
        "csv_table",
        &csv::table(&everything(), "units").unwrap_or_else(|error| panic!("{error}")),
    );
    let unknown = csv::table(&everything(), "unit").expect_err("no such table");
    assert_eq!(
        unknown.to_string(),
        r"`unit` is no table of this report; there are headline, units, by_analyst, none, source, files, malformed"
    );
}

#[test]
fn without_data_every_format_says_so_and_why() {
    let document = empty();
    let why =
        "nothing to report: 3 records of kinds that this report does not use; 1 line is no record";
    for (name, output) in [
        ("text", text::render(&document, &PLAIN)),
        ("markdown", markdown::render(&document)),
        ("html", html::render(&document)),
        ("json", json::render(&document)),
        ("csv", csv::render(&document)),
    ] {
        assert!(output.contains(why), "{name}: {output}");
        assert!(output.contains("metrics/review-decisions.csv"), "{name}");
        assert!(output.contains("priority is no priority"), "{name}");
    }
    golden("text_empty", &text::render(&document, &PLAIN));
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(html::render(&everything()), html::render(&everything()));
    assert_eq!(json::render(&everything()), json::render(&everything()));
}
