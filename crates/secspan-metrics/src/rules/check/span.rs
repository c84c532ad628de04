//! The spans of a test, encoded as the request that a client would send.

use secspan_otlp::view::{SpanKind, StatusCode};

use super::super::tree::{Node, NodeValue, Place};
use crate::problem::Problem;
use crate::wire::{bytes, double, fixed64, message, text, uint};

/// When test spans begin: any time will do, 0 means "not set".
pub(super) const START_NANOS: u64 = 1_700_000_000_000_000_000;

pub(super) type Attributes = Vec<(String, Node)>;

/// One span of a test.
#[derive(Clone, Debug)]
pub(in crate::rules) struct TestSpan {
    name: String,
    kind: SpanKind,
    status: StatusCode,
    duration_nanos: u64,
    attributes: Attributes,
    resource: Attributes,
    events: Vec<(String, Attributes)>,
}

const KINDS: [(&str, SpanKind); 5] = [
    ("internal", SpanKind::Internal),
    ("server", SpanKind::Server),
    ("client", SpanKind::Client),
    ("producer", SpanKind::Producer),
    ("consumer", SpanKind::Consumer),
];

const STATUSES: [(&str, StatusCode); 3] = [
    ("unset", StatusCode::Unset),
    ("ok", StatusCode::Ok),
    ("error", StatusCode::Error),
];

impl TestSpan {
    pub(super) fn read(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<Self> {
        let keys = [
            "name",
            "kind",
            "status",
            "duration_seconds",
            "attributes",
            "resource",
            "events",
        ];
        let section = place.section(&keys, problems);
        let seconds = section
            .get("duration_seconds")
            .and_then(|place| place.number(problems))
            .unwrap_or(0.0);
        let events = section
            .get("events")
            .map(|place| place.list(problems))
            .unwrap_or_default();
        let events = events.iter().filter_map(|place| {
            let section = place.section(&["name", "attributes"], problems);
            let name = section.required("name", problems)?.text(problems)?;
            Some((name, read_attributes(section.get("attributes"), problems)))
        });
        let events = events.collect();
        let word = |key, problems: &mut Vec<Problem>| {
            section
                .get(key)
                .and_then(|place| place.word(&KINDS, problems))
        };
        Some(Self {
            kind: word("kind", problems).unwrap_or(SpanKind::Internal),
            status: section
                .get("status")
                .and_then(|place| place.word(&STATUSES, problems))
                .unwrap_or(StatusCode::Unset),
            duration_nanos: std::time::Duration::try_from_secs_f64(seconds).map_or(0, |duration| {
                u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
            }),
            attributes: read_attributes(section.get("attributes"), problems),
            resource: read_attributes(section.get("resource"), problems),
            events,
            name: section.required("name", problems)?.text(problems)?,
        })
    }

    /// The span as an `ExportTraceServiceRequest`.
    pub(super) fn request(&self) -> Vec<u8> {
        let mut out = Vec::new();
        message(&mut out, 1, |out| {
            message(out, 1, |out| put_attributes(out, 1, &self.resource));
            message(out, 2, |out| message(out, 2, |out| self.encode(out)));
        });
        out
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let end = START_NANOS.saturating_add(self.duration_nanos);
        bytes(out, 1, &[1; 16]);
        bytes(out, 2, &[2; 8]);
        text(out, 5, &self.name);
        uint(out, 6, u64::try_from(self.kind.number()).unwrap_or(0));
        fixed64(out, 7, START_NANOS);
        fixed64(out, 8, end);
        put_attributes(out, 9, &self.attributes);
        for (name, attributes) in &self.events {
            message(out, 11, |out| {
                fixed64(out, 1, end);
                text(out, 2, name);
                put_attributes(out, 3, attributes);
            });
        }
        message(out, 15, |out| {
            uint(out, 3, u64::try_from(self.status.number()).unwrap_or(0));
        });
    }
}

pub(super) fn read_attributes(
    place: Option<&Place<'_>>,
    problems: &mut Vec<Problem>,
) -> Attributes {
    let entries = place
        .map(|place| place.entries(problems))
        .unwrap_or_default();
    entries
        .into_iter()
        .map(|(key, place)| (key.to_owned(), place.node.clone()))
        .collect()
}

pub(super) fn put_attributes(out: &mut Vec<u8>, field: u64, attributes: &[(String, Node)]) {
    for (key, node) in attributes {
        message(out, field, |out| {
            text(out, 1, key);
            message(out, 2, |out| put_value(out, node));
        });
    }
}

fn put_value(out: &mut Vec<u8>, node: &Node) {
    match &node.value {
        NodeValue::Null => {}
        NodeValue::Text(value) => text(out, 1, value),
        NodeValue::Bool(value) => uint(out, 2, u64::from(*value)),
        NodeValue::Int(value) => uint(out, 3, value.cast_unsigned()),
        NodeValue::Float(value) => double(out, 4, *value),
        NodeValue::List(items) => message(out, 5, |out| {
            for item in items {
                message(out, 1, |out| put_value(out, item));
            }
        }),
        NodeValue::Map(entries) => message(out, 6, |out| put_attributes(out, 1, entries)),
    }
}
