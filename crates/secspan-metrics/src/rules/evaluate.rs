//! What a rule makes of facts: does it match, what are the labels, what is the value.

use secspan_otlp::view::Value as Given;

use super::compile::{Label, Rule, Source, Value};
use super::file::Test;
use crate::family::Exemplar;
use crate::key::KeyBuf;
use crate::stage::Stage;
use crate::table::Table;
use crate::value_text::Text;

/// Something with attributes or fields.
pub(super) trait Facts {
    /// The value of a source; an empty value counts as absent.
    fn value(&self, source: &Source) -> Option<Given<'_>>;
}

/// Whether all conditions hold.
pub(super) fn all_hold(conditions: &[(Source, Test)], facts: &impl Facts) -> bool {
    conditions.iter().all(|(source, test)| {
        let value = facts.value(source);
        match test {
            Test::Exists(wanted) => value.is_some() == *wanted,
            Test::In(texts) => value.is_some_and(|value| is_one_of(value, texts)),
            Test::NotIn(texts) => !value.is_some_and(|value| is_one_of(value, texts)),
        }
    })
}

impl Rule {
    pub(super) fn matches(&self, facts: &impl Facts) -> bool {
        all_hold(&self.conditions, facts)
    }

    /// The number that these facts add.
    pub(super) fn number(&self, facts: &impl Facts) -> Option<f64> {
        match &self.value {
            Value::Constant(value) => Some(*value),
            Value::From { sources, scale } => self.scaled(facts, sources, *scale),
        }
    }

    /// The number of the first source that has one.
    pub(super) fn number_of(&self, facts: &impl Facts, sources: &[Source]) -> Option<f64> {
        self.scaled(facts, sources, 1.0)
    }

    /// Puts an addition into the stage of the rule's table.
    pub(super) fn stage(
        &self,
        table: &Table,
        stage: &mut Stage,
        facts: &impl Facts,
        value: f64,
        exemplar: Option<Exemplar>,
    ) {
        stage.key.clear();
        for label in &self.labels {
            label.write(facts, &mut stage.key);
        }
        table.add(
            stage,
            value,
            1,
            exemplar.map(|exemplar| Exemplar { value, ..exemplar }),
        );
    }

    fn scaled(&self, facts: &impl Facts, sources: &[Source], scale: f64) -> Option<f64> {
        let value = first_number(facts, sources)? * scale;
        (value.is_finite() && (value >= 0.0 || !self.rising)).then_some(value)
    }
}

/// The number of the first source that has one.
pub(super) fn first_number(facts: &impl Facts, sources: &[Source]) -> Option<f64> {
    sources
        .iter()
        .find_map(|source| number(facts.value(source)?))
}

impl Label {
    pub(super) fn write(&self, facts: &impl Facts, key: &mut KeyBuf) {
        match self.from.iter().find_map(|source| facts.value(source)) {
            None => key.optional(self.rule.default.as_deref()),
            Some(Given::Str(text)) => self.write_named(text, key),
            Some(other) => self.write_named(&Text(other).to_string(), key),
        }
    }

    fn write_named(&self, text: &str, key: &mut KeyBuf) {
        let named = self.named(text);
        match &self.rule.pseudonym {
            Some(secret) => key.text(&secret.pseudonym(named)),
            None => key.text(named),
        }
    }

    fn named<'t>(&'t self, text: &'t str) -> &'t str {
        let rule = &self.rule;
        let text = rule
            .strip_prefix
            .as_deref()
            .and_then(|prefix| text.strip_prefix(prefix))
            .unwrap_or(text);
        let text = rule
            .map
            .iter()
            .find(|(from, _)| from == text)
            .map_or(text, |(_, to)| to);
        let allowed = rule.allowed.is_empty() || rule.allowed.iter().any(|allowed| allowed == text);
        if allowed { text } else { &rule.other }
    }
}

fn is_one_of(value: Given<'_>, texts: &[String]) -> bool {
    match value {
        Given::Str(text) => texts.iter().any(|wanted| wanted == text),
        other => {
            let text = Text(other).to_string();
            texts.contains(&text)
        }
    }
}

/// A number, or text that is one: some SDKs send unsigned integers as text.
fn number(value: Given<'_>) -> Option<f64> {
    match value {
        Given::Str(text) => text
            .trim()
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite()),
        other => other.as_double(),
    }
}
