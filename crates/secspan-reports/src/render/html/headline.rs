//! The headline of a page: the answer, its figures beside each other as far as the window is wide, and its chart.

use super::super::put;
use super::{cell, chart, escape, note, value};
use crate::document::Document;
use crate::headline::Figure;

/// The section; nothing without facts.
pub(super) fn section(page: &mut String, document: &Document) {
    let Some(headline) = &document.headline else {
        return;
    };
    page.push_str("<section id=\"headline\" aria-label=\"In short\">\n");
    note(page, &headline.answer);
    if !headline.figures.is_empty() {
        page.push_str("<dl class=\"figures\">\n");
        for of in &headline.figures {
            figure(page, of);
        }
        page.push_str("</dl>\n");
    }
    if let Some(picture) = document.headline_chart() {
        chart::figure(page, picture, "headline-chart");
    }
    page.push_str("</section>\n");
}

fn figure(page: &mut String, figure: &Figure) {
    let class = figure.status.map_or(String::new(), |status| {
        format!(" class=\"{}\"", status.as_str())
    });
    let (title, words) = (escape(figure.title), cell(&figure.value, figure.unit));
    put(
        page,
        format_args!("<div{class}><dt>{title}</dt><dd>{words}</dd>"),
    );
    if let Some(n) = figure.n.filter(|n| *n > 0) {
        put(
            page,
            format_args!("<dd class=\"soft\">n = {}</dd>", value::count(n)),
        );
    }
    if let Some(goal) = &figure.goal {
        put(
            page,
            format_args!("<dd class=\"soft\">target: {}</dd>", escape(goal)),
        );
    }
    if let Some(status) = figure.status {
        put(
            page,
            format_args!("<dd class=\"status\">{}</dd>", status.words()),
        );
    }
    page.push_str("</div>\n");
}
