//! Events that are records by themselves.
//!
//! One event is one record, on whatever span it happened, inside a workflow or not; a log record with the event's name
//! is the same. [`FactEvent`] is what the join keeps of one; [`assemble`](crate::assemble::of_event) makes the record.

use hmac_sha256::Hash;
use secspan_otlp::time::UnixNanos;

use crate::facts::FactValue;
use crate::key::Key;
use crate::kind::{Field, Kind};
use crate::origin::Identity;

/// What makes an event recognisable when it comes again: see [`fingerprint_of`].
pub(crate) type Fingerprint = [u8; 16];

/// The fingerprint of an event that became a record: that of the record's key, by which files and reports tell records
/// apart too, so that a metric counts what a file has lines. The same on every machine: it outlives a restart.
pub(crate) fn fingerprint_of(key: &Key) -> Option<Fingerprint> {
    let Key::Event {
        kind,
        subject,
        at_micros,
    } = key
    else {
        return None;
    };
    let mut hash = Hash::new();
    hash.update(b"key");
    hash.update(at_micros.to_be_bytes());
    hash.update(kind.name);
    hash.update(b"\0");
    hash.update(subject.as_bytes());
    Some(shortened(hash))
}

fn shortened(hash: Hash) -> Fingerprint {
    let digest = hash.finalize();
    digest.first_chunk().copied().unwrap_or_default()
}

/// What is kept of one event.
#[derive(Clone, Debug, PartialEq)]
pub struct FactEvent {
    /// What kind of record it becomes.
    pub kind: &'static Kind,
    /// The span on which it happened; `None` for a log record without one.
    pub identity: Option<Identity>,
    /// When it happened; 0 when it does not say.
    pub time: UnixNanos,
    values: Vec<(&'static str, FactValue)>,
}

impl FactEvent {
    /// Reads an event; `get` gives the value of an attribute.
    pub fn read(
        kind: &'static Kind,
        identity: Option<Identity>,
        time: UnixNanos,
        get: impl Fn(&'static str) -> Option<FactValue>,
    ) -> Self {
        let mut values: Vec<(&'static str, FactValue)> = Vec::new();
        for key in kind.fields.iter().flat_map(Field::attributes) {
            if values.iter().all(|(known, _)| *known != key)
                && let Some(value) = get(key)
            {
                values.push((key, value));
            }
        }
        Self {
            kind,
            identity,
            time,
            values,
        }
    }

    /// The value of an attribute, if the event has it.
    pub fn get(&self, attribute: &str) -> Option<&FactValue> {
        self.values
            .iter()
            .find(|(known, _)| *known == attribute)
            .map(|(_, value)| value)
    }

    /// The fingerprint of an event that became no record and so has no key: the same for every copy of it.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let mut hash = Hash::new();
        hash.update(b"event");
        let Identity { trace, span } = self.identity.unwrap_or_default();
        hash.update(trace.0);
        hash.update(span.0);
        hash.update(self.time.0.to_be_bytes());
        hash.update(self.kind.event().unwrap_or(self.kind.name));
        let subject = self.kind.fields.get(self.kind.subject);
        let key = subject.and_then(|field| field.attributes().next());
        match key.and_then(|key| self.get(key)) {
            Some(FactValue::Text(text)) => hash.update(text.as_bytes()),
            Some(FactValue::Int(number)) => hash.update(number.to_be_bytes()),
            _ => {}
        }
        shortened(hash)
    }
}
