//! Properties of loading as a whole: damaged configurations are explained, never crashed on.

use proptest::prelude::*;

use super::inventory::sample::inventory;
use super::problem::render::{Colour, json, text};
use super::{Layer, Problem, Report, load, print};

const REFERENCE: &str = include_str!("../../configs/reference.yaml");

fn problems(yaml: &str) -> Vec<Problem> {
    let report = Report::new();
    let layers = [Layer::Text {
        name: "t.yaml".to_owned(),
        text: yaml.to_owned(),
    }];
    let environment = |name: &str| name.len().is_multiple_of(2).then(|| name.to_owned());
    if let Some(loaded) = load(&layers, &environment, &inventory(), &report) {
        for definition in loaded.document.definitions() {
            definition.read(&report, |section| section.duration("timeout").optional());
        }
        print::written(&loaded.written, &report);
        print::resolved(&loaded.expanded, &report);
    }
    report.problems()
}

/// The reference configuration with a piece of it cut out and another text put in.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z: \\[\\]{},\\-#&*'\"$\n\t]{0,12}",
        Just("${env:ABC}".to_owned()),
        Just("${env:AB:-${env:ABC}}".to_owned()),
        Just("<<: ".to_owned()),
    ];
    (0..REFERENCE.len(), 0..40usize, piece).prop_map(|(start, length, piece)| {
        let mut characters: Vec<char> = REFERENCE.chars().collect();
        let end = (start + length).min(characters.len());
        characters.splice(start.min(end)..end, piece.chars());
        characters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn damage_is_explained_with_its_place(yaml in damaged()) {
        let problems = problems(&yaml);
        for problem in &problems {
            prop_assert!(problem.location.is_some(), "{:?}", problem);
            let message = problem.complaint.message();
            prop_assert!(!message.starts_with(char::is_uppercase) || message.starts_with("YAML"));
            prop_assert!(!message.ends_with('.'), "{}", message);
        }
        prop_assert!(problems.is_sorted_by_key(|problem| problem.location.clone()));
        prop_assert_eq!(json(&problems).as_array().map(Vec::len), Some(problems.len()));
        prop_assert!(!text(&problems, Colour::Plain).contains(char::from(27)));
    }
}

#[test]
fn one_wrong_letter_in_any_key_is_noticed() {
    let keys = [
        "receivers",
        "connectors",
        "exporters",
        "extensions",
        "service",
        "pipelines",
        "traces",
    ];
    for key in keys {
        let yaml = REFERENCE.replacen(&format!("{key}:"), &format!("{key}x:"), 1);
        let problems = problems(&yaml);
        let hinted = problems.iter().any(|problem| {
            problem
                .complaint
                .details()
                .any(|(_, hint)| hint == format!("did you mean `{key}`?"))
        });
        assert!(hinted, "{key}: {}", text(&problems, Colour::Plain));
    }
}
