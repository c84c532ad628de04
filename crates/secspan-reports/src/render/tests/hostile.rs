//! Names from records are text, whatever they look like.

use super::PLAIN;
use super::sample::empty;
use crate::document::{
    Block, Cell, Chart, Column, Document, Form, Note, Section, Series, Table, Unit,
};
use crate::headline::{Figure, Headline, Status};
use crate::render::value::visible;
use crate::render::{csv, html, json, markdown, text};

const NAMES: [&str; 9] = [
    "a|b",
    "<script>alert(1)</script>",
    "Q&A \"double\" 'single'",
    "two\nlines\r\n| x | y |",
    "\u{1b}[2J\u{7}bell",
    "\u{202e}turned",
    "[link](javascript:x) ![i](x) https://example.org www.example.org",
    "```\n# heading",
    "*bold* _it_ ~~gone~~ `code` \\ deep_research",
];

/// The name in a table, a note, a title, a chart and the source.
fn document(name: &str) -> Document {
    let table = Table {
        key: "names",
        columns: vec![
            Column::new("name", "Name", Unit::Plain),
            Column::new("n", "n", Unit::Count),
        ],
        rows: vec![vec![Cell::Text(name.to_owned()), Cell::Count(1)]],
    };
    let chart = Chart {
        key: "chart",
        title: name.to_owned(),
        form: Form::Bars,
        unit: Unit::Count,
        categories: vec![name.to_owned()],
        series: vec![
            Series {
                name: name.to_owned(),
                values: vec![Some(1.0)],
            },
            Series {
                name: "other".to_owned(),
                values: vec![Some(2.0)],
            },
        ],
    };
    let mut document = empty();
    document.title = name.to_owned();
    document.headline = Some(Headline {
        answer: Note::warning(name),
        figures: vec![
            Figure::new("figure", "Figure", Cell::Text(name.to_owned()), Unit::Plain)
                .against(name, Status::Met),
        ],
        chart: Some("chart"),
    });
    document.source.files = vec![name.to_owned()];
    document.source.malformed_examples[0].reason = name.to_owned();
    document.sections = vec![Section {
        key: "names",
        title: name.to_owned(),
        blocks: vec![
            Block::Table(table),
            Note::warning(name).into(),
            Block::Chart(chart),
        ],
    }];
    document
}

#[test]
fn text_moves_no_cursor_and_breaks_no_line() {
    for name in NAMES {
        let output = text::render(&document(name), &PLAIN);
        let control = |character: char| character.is_control() && character != '\n';
        assert!(!output.contains(control), "{name:?}: {output}");
        assert!(!output.contains('\u{202e}'), "{name:?}");
        assert!(
            output.lines().all(|line| !line.starts_with("| x")),
            "{name:?}: {output}"
        );
    }
}

#[test]
fn csv_holds_no_formula_and_nothing_that_cannot_be_seen() {
    for (name, shown) in [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+1+cmd", "'+1+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\\t=1"),
        ("\r=1", "'\\r=1"),
        ("-2.5", "-2.5"),
        ("+3", "+3"),
        ("-inf", "'-inf"),
        ("a=b", "a=b"),
        ("\u{1b}[2J\u{202e}x\ny", "\\u{1b}[2J\\u{202e}x\\ny"),
    ] {
        let document = document(name);
        let table = csv::table(&document, "names").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(table, format!("name,n\n{shown},1\n"), "{name:?}");
        let long = csv::render(&document);
        let line = format!("names,names,1,name,plain,{shown}");
        assert!(
            long.lines().any(|it| it.ends_with(&line)),
            "{name:?}: {long}"
        );
        for table in ["report", "notes", "files", "malformed"] {
            let mut rows = long.lines().filter(|it| it.contains(&format!(",{table},")));
            assert!(
                rows.any(|it| it.ends_with(&format!(",{shown}"))),
                "{table}: {long}"
            );
        }
        let raw: serde_json::Value = serde_json::from_str(&json::render(&document)).unwrap();
        assert_eq!(raw["title"], name);
    }
}

#[test]
fn html_has_no_tag_that_we_did_not_write() {
    let tags = |page: &str| page.matches('<').count();
    for name in NAMES {
        // As long as the name: charts are laid out by length.
        let plain = html::render(&document(&"n".repeat(visible(name).chars().count())));
        let page = html::render(&document(name));
        assert_eq!(tags(&page), tags(&plain), "{name:?}");
        assert_eq!(
            page.matches('"').count(),
            plain.matches('"').count(),
            "{name:?}"
        );
        assert!(!page.contains("<script"), "{name:?}");
        assert!(
            !page.contains(|character: char| character.is_control() && character != '\n'),
            "{name:?}"
        );
    }
    assert!(html::render(&document("Q&A <b>")).contains("Q&amp;A &lt;b&gt;"));
}

#[test]
fn markdown_keeps_its_rows_and_has_no_markup_of_a_name() {
    let plain = markdown::render(&document("name"));
    for name in NAMES {
        let output = markdown::render(&document(name));
        let bars = |text: &str| {
            let mut in_fence = false;
            let outside = |line: &&str| {
                in_fence ^= line.starts_with("```");
                !in_fence && line.starts_with('|')
            };
            text.lines()
                .filter(outside)
                .map(|line| line.replace("\\|", "").matches('|').count())
                .collect::<Vec<_>>()
        };
        assert_eq!(bars(&output), bars(&plain), "{name:?}: {output}");
        assert!(
            !output
                .replace("\\<", "")
                .split("```")
                .step_by(2)
                .any(|part| part.contains('<')),
            "{name:?}: {output}"
        );
    }
    let output = markdown::render(&document(NAMES[8]));
    assert!(
        output.contains(r"\*bold\* \_it\_ \~\~gone\~\~ \`code\` \\ deep_research"),
        "{output}"
    );
    let output = markdown::render(&document("1. one"));
    assert!(output.contains("**Warning:** 1. one"), "{output}");
    let mut document = document("name");
    document.sections[0].blocks = vec![Note::info("1. one").into(), Note::info("# two").into()];
    let output = markdown::render(&document);
    assert!(output.contains("\n1\\. one\n\n\\# two\n"), "{output}");
}

#[test]
fn snapshots_of_one_hostile_document() {
    let name = NAMES.join(" ");
    super::golden("hostile_markdown", &markdown::render(&document(&name)));
    super::golden("hostile_text", &text::render(&document(&name), &PLAIN));
}
