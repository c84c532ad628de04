//! What a walk over wire bytes shows: borrowed spans, events and attributes, nothing allocated per span.
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
//! All `&'a` data borrows from the request's bytes; `'s` is the walker's reused scratch space, so a view lives only for
//! the call of the visitor. What must outlive it is copied by the visitor.

use crate::keys::{Slot, SlotSet};
use crate::time::UnixNanos;

/// A trace id; all zero means "none", which the schema rejects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId(pub [u8; 16]);

/// A span id; all zero means "none".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId(pub [u8; 8]);

/// An attribute value as it stands on the wire. Arrays and maps are validated and decoded on demand.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// No value was set.
    Empty,
    /// UTF-8 text.
    Str(&'a str),
    /// A boolean.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Raw bytes.
    Bytes(&'a [u8]),
    /// A list of values.
    Array(ArrayView<'a>),
    /// A map of values.
    Map(MapView<'a>),
}

/// The still encoded elements of an array value, already validated.
#[derive(Clone, Copy, Debug)]
pub struct ArrayView<'a> {
    pub(crate) bytes: &'a [u8],
}

/// The still encoded entries of a map value, already validated.
#[derive(Clone, Copy, Debug)]
pub struct MapView<'a> {
    pub(crate) bytes: &'a [u8],
}

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
}

/// Where spans come from.
#[derive(Clone, Copy, Debug)]
pub struct ResourceView<'s, 'a> {
    /// The resource attributes.
    pub attributes: Attributes<'s, 'a>,
}

/// The instrumentation scope.
#[derive(Clone, Copy, Debug)]
pub struct ScopeView<'s, 'a> {
    /// Name of the instrumentation library.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// Its attributes.
    pub attributes: Attributes<'s, 'a>,
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
}

/// The links of a span; iterate with [`Links::iter`].
#[derive(Clone, Copy, Debug)]
pub struct Links<'s, 'a> {
    pub(crate) entries: &'s [LinkView<'a>],
}

/// A link to another span.
#[derive(Clone, Copy, Debug)]
pub struct LinkView<'a> {
    /// Trace id bytes as received.
    pub trace_id: &'a [u8],
    /// Span id bytes as received.
    pub span_id: &'a [u8],
}
