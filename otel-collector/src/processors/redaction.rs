//! `redaction`: takes attributes out that are not allowed, and masks values that must not be seen.
//!
//! # Purpose
//! To keep secrets and personal data from a destination. Works on the attributes of resources, scopes, spans, their events,
//! log records and data points, and on the bodies of log records; a pipeline without the processor keeps the originals.
//!
//! # Configuration
//! Upstream's: `allow_all_keys` (default false: only `allowed_keys` stay), `allowed_keys`, `ignored_keys` (stay as they are),
//! `blocked_key_patterns` (values of these keys are masked whole), `blocked_values` (patterns; what matches is masked),
//! `allowed_values` (patterns; values that match are left alone), `hash_function` (`sha256`, or `hmac-sha256` with
//! `hmac_key`: equal values stay equal), `summary` (`debug`, `info`, `silent`, the default).
//!
//! # Telemetry
//! `otelcol_processor_incoming_items`, `otelcol_processor_outgoing_items`; with `summary`, attributes `redaction.redacted.*`
//! and `redaction.masked.*` on what was changed.
//!
//! # Limits
//! A list or map that holds a blocked value is masked whole. Names of spans, events and metrics stay.

use std::sync::Arc;

use regex::Regex;
use secspan_metrics::value_text::Text;
use secspan_otlp::rewrite::{Changes, Edit};
use secspan_otlp::view::{
    Attributes, LogView, PointView, ResourceView, ScopeView, SpanView, Value,
};

use super::patterns;
use crate::component::{Processor, ProcessorConfig, StartError};
use crate::config::{Complaint, Secret, Section};
use crate::context::Context;

/// What stands in place of what must not be seen.
const MASK: &str = "****";

/// The processor and its configuration in one.
#[derive(Clone, Debug)]
pub struct RedactionProcessor {
    allow_all_keys: bool,
    allowed_keys: Vec<String>,
    ignored_keys: Vec<String>,
    blocked_keys: Vec<Regex>,
    blocked_values: Vec<Regex>,
    allowed_values: Vec<Regex>,
    mask: Mask,
    summary: Summary,
}

/// How a value is masked.
#[derive(Clone, Debug)]
enum Mask {
    Stars,
    Sha256,
    HmacSha256(Secret),
}

/// What is said about the changes, on the item itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summary {
    /// Keys and counts.
    Debug,
    /// Counts.
    Info,
    Silent,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ProcessorConfig> {
    let summaries = [
        ("debug", Summary::Debug),
        ("info", Summary::Info),
        ("silent", Summary::Silent),
    ];
    let list = |section: &mut Section<'_>, key| section.list::<String>(key).or(Vec::new());
    let redaction = RedactionProcessor {
        allow_all_keys: section.bool("allow_all_keys").or(false),
        allowed_keys: list(section, "allowed_keys"),
        ignored_keys: list(section, "ignored_keys"),
        blocked_keys: patterns(section, "blocked_key_patterns"),
        blocked_values: patterns(section, "blocked_values"),
        allowed_values: patterns(section, "allowed_values"),
        mask: mask(section),
        summary: section.choice("summary", &summaries).or(Summary::Silent),
    };
    Box::new(redaction)
}

fn mask(section: &mut Section<'_>) -> Mask {
    let functions = [("none", 0), ("sha256", 1), ("hmac-sha256", 2)];
    let function = section.choice("hash_function", &functions).or(0);
    let key = section.secret("hmac_key").optional();
    match (function, key) {
        (2, Some(key)) => Mask::HmacSha256(key),
        (2, None) => {
            section.reject("hmac_key", Complaint::new("is missing for hmac-sha256"));
            Mask::Stars
        }
        (1, _) => Mask::Sha256,
        _ => Mask::Stars,
    }
}

impl ProcessorConfig for RedactionProcessor {
    fn build(
        self: Box<Self>,
        _: &str,
        _: &Context,
    ) -> Result<Option<Arc<dyn Processor>>, StartError> {
        Ok(Some(Arc::new(*self)))
    }
}

/// The keys that were taken out and those whose values were masked.
#[derive(Debug, Default)]
struct Found<'a> {
    redacted: Vec<&'a str>,
    masked: Vec<&'a str>,
}

impl RedactionProcessor {
    fn redact(&self, attributes: &Attributes<'_, '_>, changes: &mut Changes) {
        let mut found = Found::default();
        for attribute in attributes {
            let key = attribute.key;
            if has(&self.ignored_keys, key) {
                continue;
            }
            if !self.allow_all_keys && !has(&self.allowed_keys, key) {
                changes.delete(key);
                found.redacted.push(key);
            } else if let Some(masked) = self.masked(key, attribute.value) {
                changes.set(key, masked.as_str());
                found.masked.push(key);
            }
        }
        self.sum_up(found, changes);
    }

    /// The masked form of a value; `None` when it may be seen.
    fn masked(&self, key: &str, value: Value<'_>) -> Option<String> {
        if self.blocked_keys.iter().any(|own| own.is_match(key)) {
            return Some(self.mask.of(&Text(value).to_string()));
        }
        self.masked_value(value)
    }

    fn masked_value(&self, value: Value<'_>) -> Option<String> {
        match value {
            Value::Str(text) => self.masked_text(text),
            Value::Array(_) | Value::Map(_) => {
                let text = Text(value).to_string();
                self.masked_text(&text).map(|_| self.mask.of(&text))
            }
            Value::Empty | Value::Bytes(_) => None,
            Value::Bool(_) | Value::Int(_) | Value::Double(_) => {
                self.masked_text(&Text(value).to_string())
            }
        }
    }

    /// The text with what is blocked masked; `None` when nothing is.
    fn masked_text(&self, text: &str) -> Option<String> {
        if self.allowed_values.iter().any(|own| own.is_match(text)) {
            return None;
        }
        let mut masked: Option<String> = None;
        for pattern in &self.blocked_values {
            let now = masked.as_deref().unwrap_or(text);
            if pattern.is_match(now) {
                let hide = |found: &regex::Captures<'_>| {
                    self.mask
                        .of(found.get(0).map_or("", |found| found.as_str()))
                };
                masked = Some(pattern.replace_all(now, hide).into_owned());
            }
        }
        masked
    }

    fn sum_up(&self, found: Found<'_>, changes: &mut Changes) {
        if self.summary == Summary::Silent {
            return;
        }
        for (word, mut keys) in [("redacted", found.redacted), ("masked", found.masked)] {
            if keys.is_empty() {
                continue;
            }
            keys.sort_unstable();
            let count = i64::try_from(keys.len()).unwrap_or(i64::MAX);
            changes.set(&format!("redaction.{word}.count"), count);
            if self.summary == Summary::Debug {
                changes.set(&format!("redaction.{word}.keys"), keys.join(",").as_str());
            }
        }
    }
}

impl Mask {
    fn of(&self, text: &str) -> String {
        match self {
            Self::Stars => MASK.to_owned(),
            Self::Sha256 => super::sha256(text.as_bytes()),
            Self::HmacSha256(key) => {
                let mac = hmac_sha256::HMAC::mac(text.as_bytes(), key.reveal().as_bytes());
                super::hexadecimal(&mac)
            }
        }
    }
}

fn has(keys: &[String], key: &str) -> bool {
    keys.iter().any(|own| own == key)
}

impl Processor for RedactionProcessor {
    fn resource(&self, resource: &ResourceView<'_, '_>, changes: &mut Changes) {
        self.redact(&resource.attributes, changes);
    }

    fn scope(&self, scope: &ScopeView<'_, '_>, changes: &mut Changes) {
        self.redact(&scope.attributes, changes);
    }

    fn span(&self, span: &SpanView<'_, '_>, edit: &mut Edit) {
        self.redact(&span.attributes, &mut edit.attributes);
        for (position, event) in (0..).zip(span.events.iter()) {
            let mut changes = Changes::default();
            self.redact(&event.attributes, &mut changes);
            edit.event(position, changes);
        }
    }

    fn log(&self, record: &LogView<'_, '_>, edit: &mut Edit) {
        self.redact(&record.attributes, &mut edit.attributes);
        if let Some(masked) = self.masked_value(record.body) {
            edit.set_body(masked.as_str());
        }
    }

    fn point(&self, point: &PointView<'_, '_>, edit: &mut Edit) {
        self.redact(&point.attributes, &mut edit.attributes);
    }
}

#[cfg(test)]
mod tests;
