//! `include` and `exclude`: the items that a processor is for.

use regex::Regex;
use secspan_metrics::value_text::Text;
use secspan_otlp::view::{Attributes, LogView, PointView, SpanView, Value};
use secspan_semconv::attribute;

use super::compile;
use crate::config::{Complaint, Section};

/// What can be said about an item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'s, 'a> {
    pub(super) resource: &'s Attributes<'s, 'a>,
    pub(super) attributes: &'s Attributes<'s, 'a>,
    span_name: Option<&'a str>,
    metric_name: Option<&'a str>,
    body: Option<Value<'a>>,
    severity_text: Option<&'a str>,
}

impl<'s, 'a> Item<'s, 'a> {
    fn new(resource: &'s Attributes<'s, 'a>, attributes: &'s Attributes<'s, 'a>) -> Self {
        Self {
            resource,
            attributes,
            span_name: None,
            metric_name: None,
            body: None,
            severity_text: None,
        }
    }

    pub(super) fn of_span(span: &'s SpanView<'s, 'a>) -> Self {
        Self {
            span_name: Some(span.name),
            ..Self::new(&span.resource.attributes, &span.attributes)
        }
    }

    pub(super) fn of_log(record: &'s LogView<'s, 'a>) -> Self {
        Self {
            body: Some(record.body),
            severity_text: Some(record.severity_text),
            ..Self::new(&record.resource.attributes, &record.attributes)
        }
    }

    pub(super) fn of_point(point: &'s PointView<'s, 'a>) -> Self {
        Self {
            metric_name: Some(point.metric.name),
            ..Self::new(&point.metric.resource.attributes, &point.attributes)
        }
    }
}

/// Items that are included and not excluded; all of them when nothing is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    include: Option<Properties>,
    exclude: Option<Properties>,
}

/// All of these must hold; each list holds when one of its patterns does.
#[derive(Clone, Debug)]
struct Properties {
    services: Vec<Pattern>,
    span_names: Vec<Pattern>,
    metric_names: Vec<Pattern>,
    log_bodies: Vec<Pattern>,
    log_severity_texts: Vec<Pattern>,
    attributes: Vec<(String, Option<Pattern>)>,
    resources: Vec<(String, Option<Pattern>)>,
}

/// A text that must be equal, or a pattern that must be found.
#[derive(Clone, Debug)]
enum Pattern {
    Strict(String),
    Regexp(Regex),
}

impl Pattern {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Strict(own) => own == text,
            Self::Regexp(own) => own.is_match(text),
        }
    }
}

impl Selection {
    /// Reads `include` and `exclude`.
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            include: section.optional_section("include", Properties::read),
            exclude: section.optional_section("exclude", Properties::read),
        }
    }

    /// Whether the item is one of those.
    pub(super) fn takes(&self, item: &Item<'_, '_>) -> bool {
        self.include.as_ref().is_none_or(|own| own.hold(item))
            && !self.exclude.as_ref().is_some_and(|own| own.hold(item))
    }
}

impl Properties {
    fn read(section: &mut Section<'_>) -> Self {
        let types = [("strict", false), ("regexp", true)];
        let regexp = section.choice("match_type", &types).required(false);
        let list = |section: &mut Section<'_>, key: &'static str| {
            let texts = section.list::<String>(key).or(Vec::new());
            let patterns = texts
                .iter()
                .enumerate()
                .filter_map(|(at, text)| pattern(section, &format!("{key}[{at}]"), text, regexp));
            patterns.collect::<Vec<_>>()
        };
        let pairs = |section: &mut Section<'_>, key: &'static str| {
            section.sections(key, |pair| {
                let name = pair.string("key").required();
                let value = pair.string("value").optional();
                let value = value.and_then(|value| pattern(pair, "value", &value, regexp));
                (name, value)
            })
        };
        let properties = Self {
            services: list(section, "services"),
            span_names: list(section, "span_names"),
            metric_names: list(section, "metric_names"),
            log_bodies: list(section, "log_bodies"),
            log_severity_texts: list(section, "log_severity_texts"),
            attributes: pairs(section, "attributes"),
            resources: pairs(section, "resources"),
        };
        let only_type = section.keys().all(|key| key == "match_type");
        if only_type {
            let complaint = Complaint::new("says nothing about the items that are meant");
            section.reject_all(complaint.hint("add services, span_names, attributes or the like"));
        }
        properties
    }

    fn hold(&self, item: &Item<'_, '_>) -> bool {
        let service = item.resource.by_key(attribute::SERVICE_NAME);
        let body = item.body.and_then(|body| body.as_str());
        one_of(&self.services, service.and_then(|own| own.as_str()))
            && one_of(&self.span_names, item.span_name)
            && one_of(&self.metric_names, item.metric_name)
            && one_of(&self.log_bodies, body)
            && one_of(&self.log_severity_texts, item.severity_text)
            && all_of(&self.attributes, item.attributes)
            && all_of(&self.resources, item.resource)
    }
}

fn pattern(section: &Section<'_>, key: &str, text: &str, regexp: bool) -> Option<Pattern> {
    if regexp {
        compile(section, key, text).map(Pattern::Regexp)
    } else {
        Some(Pattern::Strict(text.to_owned()))
    }
}

fn one_of(patterns: &[Pattern], text: Option<&str>) -> bool {
    let holds = |text| patterns.iter().any(|pattern| pattern.holds(text));
    patterns.is_empty() || text.is_some_and(holds)
}

fn all_of(pairs: &[(String, Option<Pattern>)], attributes: &Attributes<'_, '_>) -> bool {
    pairs.iter().all(|(key, pattern)| {
        let value = attributes.by_key(key);
        value.is_some_and(|value| match pattern {
            None => true,
            Some(pattern) => pattern.holds(&Text(value).to_string()),
        })
    })
}
