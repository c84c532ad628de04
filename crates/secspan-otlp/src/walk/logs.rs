//! One strict pass over an `ExportLogsServiceRequest`.

use super::WalkLimits;
use super::attributes::AttributeList;
use super::group::{self, Group, Level};
use crate::any::{self, Split};
use crate::error::{DecodeError, Fault};
use crate::keys::Keys;
use crate::time::UnixNanos;
use crate::view::{LogView, Value};
use crate::wire::{FIXED32, FIXED64, LEN, Reader, Shape, VARINT, tag};

const REQUEST: Shape = Shape::new("ExportLogsServiceRequest", &[1]);
const RESOURCE_LOGS: u32 = tag(1, LEN);

const LOG_RECORD: Shape = Shape::new("LogRecord", &[1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]);
const TIME: u32 = tag(1, FIXED64);
const SEVERITY: u32 = tag(2, VARINT);
const SEVERITY_TEXT: u32 = tag(3, LEN);
const BODY_FIELD: u32 = 5;
const BODY: u32 = tag(BODY_FIELD, LEN);
const ATTRIBUTES: u32 = tag(6, LEN);
const DROPPED_ATTRIBUTES: u32 = tag(7, VARINT);
const FLAGS: u32 = tag(8, FIXED32);
const TRACE_ID: u32 = tag(9, LEN);
const SPAN_ID: u32 = tag(10, LEN);
const OBSERVED_TIME: u32 = tag(11, FIXED64);
const EVENT_NAME: u32 = tag(12, LEN);

/// Where the name of an event stood before log records had a field for it.
const EVENT_NAME_ATTRIBUTE: &str = "event.name";

/// Sees every log record of a request, in wire order. Implemented by closures too.
pub trait LogVisitor {
    /// Called once per log record; the view lives only for the call.
    fn log(&mut self, log: &LogView<'_, '_>);
}

impl<F: FnMut(&LogView<'_, '_>)> LogVisitor for F {
    fn log(&mut self, log: &LogView<'_, '_>) {
        self(log);
    }
}

/// What a request of log records held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSummary {
    /// Resources, as messages on the wire.
    pub resources: u32,
    /// Scopes, as messages on the wire.
    pub scopes: u32,
    /// Log records.
    pub records: u32,
}

/// Shows every log record of an `ExportLogsServiceRequest` to `visitor`.
///
/// # Errors
/// When the bytes are not such a request, or hold more than `limits` allows. The visitor has then
/// seen the records before the error.
pub fn logs(
    bytes: &[u8],
    keys: &Keys,
    limits: &WalkLimits,
    visitor: &mut impl LogVisitor,
) -> Result<LogSummary, DecodeError> {
    let mut logs = Logs {
        keys,
        limits: *limits,
        attributes: AttributeList::new(keys),
        visitor,
        summary: LogSummary::default(),
    };
    group::request(bytes, RESOURCE_LOGS, &REQUEST, keys, *limits, &mut logs)
        .map_err(|fault| fault.within(bytes))?;
    Ok(logs.summary)
}

struct Logs<'w, 'a, V> {
    keys: &'w Keys,
    limits: WalkLimits,
    attributes: AttributeList<'a>,
    visitor: &'w mut V,
    summary: LogSummary,
}

/// The fields of a log record besides its attributes.
#[derive(Default)]
struct Head<'a> {
    time: u64,
    observed_time: u64,
    severity: i32,
    severity_text: &'a str,
    event_name: &'a str,
    body: Value<'a>,
    trace_id: &'a [u8],
    span_id: &'a [u8],
    flags: u32,
    dropped_attributes: u32,
}

impl<'a, V: LogVisitor> Level<'a> for Logs<'_, 'a, V> {
    const RESOURCE_GROUP: Shape = Shape::new("ResourceLogs", &[1, 2, 3]);
    const SCOPE_GROUP: Shape = Shape::new("ScopeLogs", &[1, 2, 3]);

    fn resource(&mut self) -> u32 {
        self.summary.resources += 1;
        self.summary.resources - 1
    }

    fn scope(&mut self) -> u32 {
        self.summary.scopes += 1;
        self.summary.scopes - 1
    }

    fn record(&mut self, body: &'a [u8], depth: u32, group: &Group<'_, 'a>) -> Result<(), Fault> {
        let index = self.limits.count_record(&mut self.summary.records, body)?;
        self.attributes.clear();
        let mut head = self.fields(body, depth)?;
        if head.event_name.is_empty() {
            let older = self
                .attributes
                .view()
                .iter()
                .find(|own| own.key == EVENT_NAME_ATTRIBUTE);
            if let Some(Value::Str(name)) = older.map(|own| own.value) {
                head.event_name = name;
            }
        }
        self.visitor.log(&LogView {
            index,
            resource: group.resource,
            scope: group.scope,
            time: UnixNanos(head.time),
            observed_time: UnixNanos(head.observed_time),
            severity: head.severity,
            severity_text: head.severity_text,
            event_name: head.event_name,
            event_name_slot: self.keys.lookup(head.event_name),
            body: head.body,
            trace_id: head.trace_id,
            span_id: head.span_id,
            flags: head.flags,
            attributes: self.attributes.view(),
            dropped_attributes: head.dropped_attributes,
        });
        Ok(())
    }
}

impl<'a, V> Logs<'_, 'a, V> {
    fn fields(&mut self, body: &'a [u8], depth: u32) -> Result<Head<'a>, Fault> {
        let mut head = Head::default();
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                ATTRIBUTES => {
                    let attribute = reader.bytes()?;
                    self.attributes
                        .push(attribute, depth - 1, self.keys, self.limits)?;
                }
                TIME => head.time = reader.fixed64()?,
                OBSERVED_TIME => head.observed_time = reader.fixed64()?,
                SEVERITY => head.severity = reader.int32()?,
                SEVERITY_TEXT => head.severity_text = reader.string()?,
                EVENT_NAME => head.event_name = reader.string()?,
                BODY => {
                    let split = Split::new(body, BODY_FIELD);
                    any::merge_any(&mut head.body, reader.bytes()?, split, depth - 1)?;
                }
                TRACE_ID => head.trace_id = reader.bytes()?,
                SPAN_ID => head.span_id = reader.bytes()?,
                FLAGS => head.flags = reader.fixed32()?,
                DROPPED_ATTRIBUTES => head.dropped_attributes = reader.uint32()?,
                tag => reader.skip(start, tag, &LOG_RECORD, depth)?,
            }
        }
        Ok(head)
    }
}
