//! What a walk over wire bytes shows: borrowed spans, events, attributes and
//! log records, nothing allocated for any of them.
//!
//! ```text
//! walk::traces(bytes, &keys, &limits, visitor)
//!   └─ visitor.span(&SpanView)            once per span, in wire order
//!        ├─ resource: ResourceView        attributes of the service that sent it
//!        ├─ scope: ScopeView              instrumentation library
//!        ├─ attributes: Attributes        iterate, or `get(slot)` for a registered key
//!        ├─ events: Events -> EventView   the same for each event
//!        └─ links: Links -> LinkView
//! ```
//!
//! All `&'a` data borrows from the request's bytes; `'s` is the walker's reused scratch space, so a
//! view lives only for the call of the visitor. What must outlive it is copied by the visitor.

mod ids;
mod metric;
mod value;

#[cfg(feature = "json")]
pub(crate) use ids::hex_into;
pub use ids::{Hex, InvalidId, SpanId, TraceId};
pub use metric::{
    BucketData, ExponentialData, HistogramData, MetricKind, MetricView, Number, PointView,
    SummaryData, Temporality,
};
pub use value::{ArrayView, MapView, Value};

use crate::any::{self, Fields};
use crate::keys::{Slot, SlotSet};
use crate::time::UnixNanos;
use crate::wire::{DEPTH_MAX, LEN, tag};

/// One attribute: its key, the slot of the key when a consumer registered it, its value.
#[derive(Clone, Copy, Debug)]
pub struct KeyValue<'a> {
    /// The key.
    pub key: &'a str,
    /// The slot that [`crate::keys::Keys`] gave this key, if any consumer asked for it.
    pub slot: Option<Slot>,
    /// The value.
    pub value: Value<'a>,
}

/// The attributes of one resource, scope, span, event or link. With duplicate keys the last one wins in `get`.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'s, 'a> {
    pub(crate) entries: &'s [KeyValue<'a>],
    pub(crate) present: SlotSet,
    /// By slot, the entry of a key that is present; empty when the entries are to be searched.
    pub(crate) positions: &'s [u32],
}

impl<'s, 'a> Attributes<'s, 'a> {
    /// The value of a registered key, without a search; one bit test when it is absent.
    #[inline]
    pub fn get(&self, slot: Slot) -> Option<Value<'a>> {
        if !self.present.contains(slot) {
            return None;
        }
        let entry = match self.positions.get(slot.index()) {
            Some(position) => self.entries.get(*position as usize),
            None => self.entries.iter().rfind(|entry| entry.slot == Some(slot)),
        };
        entry.map(|entry| entry.value)
    }

    /// The text of a registered key; `None` also when the value is of another type.
    #[inline]
    pub fn str(&self, slot: Slot) -> Option<&'a str> {
        self.get(slot)?.as_str()
    }

    /// The value of any key, by comparing all of them.
    pub fn by_key(&self, key: &str) -> Option<Value<'a>> {
        self.entries
            .iter()
            .rev()
            .find(|entry| entry.key == key)
            .map(|entry| entry.value)
    }

    /// All attributes in wire order, duplicates included.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'s, KeyValue<'a>> {
        self.entries.iter()
    }

    /// Which registered keys are there.
    #[inline]
    pub fn present(&self) -> &SlotSet {
        &self.present
    }

    /// How many attributes there are, duplicates included.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no attribute.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'s, 'a> IntoIterator for &Attributes<'s, 'a> {
    type Item = &'s KeyValue<'a>;
    type IntoIter = std::slice::Iter<'s, KeyValue<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Where spans or log records come from.
#[derive(Clone, Copy, Debug)]
pub struct ResourceView<'s, 'a> {
    /// Position of the resource in the request, from 0: equal for all that it sent.
    pub index: u32,
    /// The resource attributes.
    pub attributes: Attributes<'s, 'a>,
    /// How many attributes the sender's limits dropped.
    pub dropped_attributes: u32,
    /// The schema that the resource follows, empty when not told.
    pub schema_url: &'a str,
}

/// The instrumentation scope.
#[derive(Clone, Copy, Debug)]
pub struct ScopeView<'s, 'a> {
    /// Position of the scope in the request, from 0, over all resources.
    pub index: u32,
    /// Name of the instrumentation library.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its attributes.
    pub attributes: Attributes<'s, 'a>,
    /// How many attributes the sender's limits dropped.
    pub dropped_attributes: u32,
    /// The schema that its spans or log records follow, empty when not told.
    pub schema_url: &'a str,
}

/// The status code of a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StatusCode {
    /// Not set.
    #[default]
    Unset,
    /// Set to success by a person or a convention.
    Ok,
    /// The operation failed.
    Error,
}

impl StatusCode {
    /// From the wire; numbers a newer protocol may add are `Unset`.
    #[inline]
    pub fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }

    /// The number on the wire.
    pub fn number(self) -> i32 {
        match self {
            Self::Unset => 0,
            Self::Ok => 1,
            Self::Error => 2,
        }
    }
}

/// The kind of a span; numbers a newer protocol may add are `Unspecified`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SpanKind {
    /// Not set, or unknown to this version.
    #[default]
    Unspecified,
    /// Work inside the process.
    Internal,
    /// A request received.
    Server,
    /// A request sent.
    Client,
    /// A message sent.
    Producer,
    /// A message received.
    Consumer,
}

impl SpanKind {
    /// From the wire; numbers a newer protocol may add are `Unspecified`.
    #[inline]
    pub fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Internal,
            2 => Self::Server,
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Unspecified,
        }
    }

    /// The number on the wire.
    pub fn number(self) -> i32 {
        match self {
            Self::Unspecified => 0,
            Self::Internal => 1,
            Self::Server => 2,
            Self::Client => 3,
            Self::Producer => 4,
            Self::Consumer => 5,
        }
    }
}

/// One span.
#[derive(Clone, Copy, Debug)]
pub struct SpanView<'s, 'a> {
    /// Position of the span in the request, from 0: names it in a partial success.
    pub index: u32,
    /// The resource it belongs to.
    pub resource: &'s ResourceView<'s, 'a>,
    /// The scope it belongs to.
    pub scope: &'s ScopeView<'s, 'a>,
    /// Trace id bytes as received: 16 when valid.
    pub trace_id: &'a [u8],
    /// Span id bytes as received: 8 when valid.
    pub span_id: &'a [u8],
    /// Parent span id bytes as received: empty for a root.
    pub parent_span_id: &'a [u8],
    /// W3C trace state.
    pub trace_state: &'a str,
    /// W3C flags.
    pub flags: u32,
    /// Name.
    pub name: &'a str,
    /// The slot of the name, when a consumer registered it as a key.
    pub name_slot: Option<Slot>,
    /// Kind.
    pub kind: SpanKind,
    /// Start.
    pub start: UnixNanos,
    /// End.
    pub end: UnixNanos,
    /// Status code.
    pub status: StatusCode,
    /// Status message.
    pub status_message: &'a str,
    /// Attributes.
    pub attributes: Attributes<'s, 'a>,
    /// Events, in wire order.
    pub events: Events<'s, 'a>,
    /// Links, in wire order.
    pub links: Links<'s, 'a>,
    /// Attributes, events and links that the sender's limits dropped.
    pub dropped: DroppedCounts,
}

impl SpanView<'_, '_> {
    /// The trace id; `None` when it is missing or of the wrong length.
    #[inline]
    pub fn trace_id(&self) -> Option<TraceId> {
        TraceId::from_slice(self.trace_id)
    }

    /// The span id; `None` when it is missing or of the wrong length.
    #[inline]
    pub fn span_id(&self) -> Option<SpanId> {
        SpanId::from_slice(self.span_id)
    }

    /// The parent's span id; `None` for a root, or when it is of the wrong length.
    #[inline]
    pub fn parent(&self) -> Option<SpanId> {
        SpanId::from_slice(self.parent_span_id)
    }

    /// How long the span took, in nanoseconds; 0 when it ends before it starts.
    #[inline]
    pub fn duration_nanos(&self) -> u64 {
        self.end.since(self.start)
    }
}

/// How much the sender's own limits dropped from a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DroppedCounts {
    /// Attributes.
    pub attributes: u32,
    /// Events.
    pub events: u32,
    /// Links.
    pub links: u32,
}

/// The events of a span; iterate with [`Events::iter`].
#[derive(Clone, Copy, Debug)]
pub struct Events<'s, 'a> {
    pub(crate) entries: &'s [EventEntry<'a>],
    pub(crate) attributes: &'s [KeyValue<'a>],
}

impl<'s, 'a> Events<'s, 'a> {
    /// The events, in wire order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EventView<'s, 'a>> + use<'s, 'a> {
        let attributes = self.attributes;
        self.entries.iter().map(move |entry| {
            let range = entry.attributes_start as usize..entry.attributes_end as usize;
            EventView {
                name: entry.name,
                name_slot: entry.name_slot,
                time: entry.time,
                attributes: Attributes {
                    entries: attributes.get(range).unwrap_or_default(),
                    present: entry.present,
                    positions: &[],
                },
                dropped_attributes: entry.dropped_attributes,
            }
        })
    }

    /// The slots of the events' names, in wire order: whether an event is there costs less than the event.
    #[inline]
    pub fn name_slots(&self) -> impl ExactSizeIterator<Item = Option<Slot>> + use<'s, 'a> {
        self.entries.iter().map(|entry| entry.name_slot)
    }

    /// How many events there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no event.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// One event in scratch space: its attributes are a range of the span's event attributes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventEntry<'a> {
    pub(crate) name: &'a str,
    /// The slot of the event's name, when a consumer registered it.
    pub(crate) name_slot: Option<Slot>,
    pub(crate) time: UnixNanos,
    pub(crate) attributes_start: u32,
    pub(crate) attributes_end: u32,
    pub(crate) present: SlotSet,
    pub(crate) dropped_attributes: u32,
}

/// One event of a span.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'s, 'a> {
    /// Name.
    pub name: &'a str,
    /// The slot of the name, when a consumer registered it as a key.
    pub name_slot: Option<Slot>,
    /// When it happened.
    pub time: UnixNanos,
    /// Attributes.
    pub attributes: Attributes<'s, 'a>,
    /// How many attributes the sender's limits dropped.
    pub dropped_attributes: u32,
}

/// The links of a span; iterate with [`Links::iter`].
#[derive(Clone, Copy, Debug)]
pub struct Links<'s, 'a> {
    pub(crate) entries: &'s [LinkView<'a>],
}

impl<'s, 'a> Links<'s, 'a> {
    /// The links, in wire order.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'s, LinkView<'a>> {
        self.entries.iter()
    }

    /// How many links there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no link.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'s, 'a> IntoIterator for &Links<'s, 'a> {
    type Item = &'s LinkView<'a>;
    type IntoIter = std::slice::Iter<'s, LinkView<'a>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A link to another span.
#[derive(Clone, Copy, Debug)]
pub struct LinkView<'a> {
    /// Trace id bytes as received.
    pub trace_id: &'a [u8],
    /// Span id bytes as received.
    pub span_id: &'a [u8],
    /// W3C trace state.
    pub trace_state: &'a str,
    /// W3C flags.
    pub flags: u32,
    /// How many attributes the sender's limits dropped.
    pub dropped_attributes: u32,
    /// The whole link, validated: its attributes are decoded on demand.
    pub(crate) bytes: &'a [u8],
}

/// The field of a link that holds its attributes.
pub(crate) const LINK_ATTRIBUTES: u32 = tag(4, LEN);

impl<'a> LinkView<'a> {
    /// The attributes of the link, in wire order; their slots are not resolved.
    pub fn attributes(&self) -> impl Iterator<Item = KeyValue<'a>> + use<'a> {
        Fields::new(self.bytes, LINK_ATTRIBUTES)
            .filter_map(|body| any::key_value(body, DEPTH_MAX).ok())
            .map(|(key, value)| KeyValue {
                key,
                slot: None,
                value,
            })
    }
}

/// One log record.
#[derive(Clone, Copy, Debug)]
pub struct LogView<'s, 'a> {
    /// Position of the record in the request, from 0: names it in a partial success.
    pub index: u32,
    /// The resource it belongs to.
    pub resource: &'s ResourceView<'s, 'a>,
    /// The scope it belongs to.
    pub scope: &'s ScopeView<'s, 'a>,
    /// When it happened.
    pub time: UnixNanos,
    /// When it was collected.
    pub observed_time: UnixNanos,
    /// Severity number, 1 (trace) to 24 (fatal), 0 when not set.
    pub severity: i32,
    /// Severity as the source wrote it.
    pub severity_text: &'a str,
    /// Event name, empty for a plain log record; from the attribute `event.name` where SDKs still put it there.
    pub event_name: &'a str,
    /// The slot of the event name, when a consumer registered it as a key.
    pub event_name_slot: Option<Slot>,
    /// Body.
    pub body: Value<'a>,
    /// Trace id bytes as received: 16 when valid, empty when there is no trace.
    pub trace_id: &'a [u8],
    /// Span id bytes as received: 8 when valid, empty when there is no span.
    pub span_id: &'a [u8],
    /// W3C flags.
    pub flags: u32,
    /// Attributes.
    pub attributes: Attributes<'s, 'a>,
    /// How many attributes the sender's limits dropped.
    pub dropped_attributes: u32,
}

impl LogView<'_, '_> {
    /// The trace id; `None` when it is missing or of the wrong length.
    #[inline]
    pub fn trace_id(&self) -> Option<TraceId> {
        TraceId::from_slice(self.trace_id)
    }

    /// The span id; `None` when it is missing or of the wrong length.
    #[inline]
    pub fn span_id(&self) -> Option<SpanId> {
        SpanId::from_slice(self.span_id)
    }
}
