//! One span: its fields into reused scratch space, then a view of all of it.

use super::WalkLimits;
use super::attributes::{AttributeList, index32};
use super::group::Group;
use crate::any;
use crate::error::Fault;
use crate::keys::{Keys, SlotSet};
use crate::time::UnixNanos;
use crate::view::{
    DroppedCounts, EventEntry, Events, LINK_ATTRIBUTES, LinkView, Links, SpanKind, SpanView,
    StatusCode,
};
use crate::wire::{FIXED32, FIXED64, LEN, Reader, Shape, VARINT, tag, text};

const SPAN: Shape = Shape::new(
    "Span",
    &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
const TRACE_ID: u32 = tag(1, LEN);
const SPAN_ID: u32 = tag(2, LEN);
const TRACE_STATE: u32 = tag(3, LEN);
const PARENT_SPAN_ID: u32 = tag(4, LEN);
const NAME: u32 = tag(5, LEN);
const KIND: u32 = tag(6, VARINT);
const START: u32 = tag(7, FIXED64);
const END: u32 = tag(8, FIXED64);
const ATTRIBUTES: u32 = tag(9, LEN);
const DROPPED_ATTRIBUTES: u32 = tag(10, VARINT);
const EVENTS: u32 = tag(11, LEN);
const DROPPED_EVENTS: u32 = tag(12, VARINT);
const LINKS: u32 = tag(13, LEN);
const DROPPED_LINKS: u32 = tag(14, VARINT);
const STATUS: u32 = tag(15, LEN);
const FLAGS: u32 = tag(16, FIXED32);

const EVENT: Shape = Shape::new("Span.Event", &[1, 2, 3, 4]);
const EVENT_TIME: u32 = tag(1, FIXED64);
const EVENT_NAME: u32 = tag(2, LEN);
const EVENT_ATTRIBUTES: u32 = tag(3, LEN);
const EVENT_DROPPED: u32 = tag(4, VARINT);

const LINK: Shape = Shape::new("Span.Link", &[1, 2, 3, 4, 5, 6]);
const LINK_TRACE_ID: u32 = tag(1, LEN);
const LINK_SPAN_ID: u32 = tag(2, LEN);
const LINK_TRACE_STATE: u32 = tag(3, LEN);
const LINK_DROPPED: u32 = tag(5, VARINT);
const LINK_FLAGS: u32 = tag(6, FIXED32);

const STATUS_SHAPE: Shape = Shape::new("Status", &[2, 3]);
const STATUS_MESSAGE: u32 = tag(2, LEN);
const STATUS_CODE: u32 = tag(3, VARINT);

/// Room for the events and links of an average span.
const ENTRIES_USUAL: usize = 8;

/// Scratch space for one span after the other.
pub(super) struct SpanScratch<'w, 'a> {
    head: Head<'a>,
    keys: &'w Keys,
    pub(super) limits: WalkLimits,
    attributes: AttributeList<'a>,
    event_attributes: AttributeList<'a>,
    events: Vec<EventEntry<'a>>,
    links: Vec<LinkView<'a>>,
}

/// The fields of a span that are no lists.
#[derive(Default)]
struct Head<'a> {
    trace_id: &'a [u8],
    span_id: &'a [u8],
    parent_span_id: &'a [u8],
    trace_state: &'a str,
    flags: u32,
    name: &'a str,
    kind: i32,
    start: u64,
    end: u64,
    status: i32,
    status_message: &'a str,
    dropped: DroppedCounts,
}

impl<'w, 'a> SpanScratch<'w, 'a> {
    pub(super) fn new(keys: &'w Keys, limits: WalkLimits) -> Self {
        Self {
            head: Head::default(),
            keys,
            limits,
            attributes: AttributeList::new(keys),
            event_attributes: AttributeList::new(keys),
            events: Vec::with_capacity(ENTRIES_USUAL),
            links: Vec::with_capacity(ENTRIES_USUAL),
        }
    }

    /// Reads one span, whose fields are at `depth`; [`SpanScratch::view`] shows it.
    #[inline]
    pub(super) fn read(&mut self, body: &'a [u8], depth: u32) -> Result<(), Fault> {
        self.attributes.clear();
        self.event_attributes.clear();
        self.events.clear();
        self.links.clear();
        self.head = Head::default();
        self.fields(body, depth)
    }

    /// The span that was read last.
    #[inline]
    pub(super) fn view<'s>(&'s self, index: u32, group: &Group<'s, 'a>) -> SpanView<'s, 'a> {
        let head = &self.head;
        SpanView {
            index,
            resource: group.resource,
            scope: group.scope,
            trace_id: head.trace_id,
            span_id: head.span_id,
            parent_span_id: head.parent_span_id,
            trace_state: head.trace_state,
            flags: head.flags,
            name: head.name,
            name_slot: self.keys.lookup(head.name),
            kind: SpanKind::from_number(head.kind),
            start: UnixNanos(head.start),
            end: UnixNanos(head.end),
            status: StatusCode::from_number(head.status),
            status_message: head.status_message,
            attributes: self.attributes.view(),
            events: Events {
                entries: &self.events,
                attributes: self.event_attributes.entries(),
            },
            links: Links {
                entries: &self.links,
            },
            dropped: head.dropped,
        }
    }

    fn fields(&mut self, body: &'a [u8], depth: u32) -> Result<(), Fault> {
        let mut reader = Reader::new(usual_head(body, &mut self.head));
        while let Some(attribute) = reader.short(ATTRIBUTES) {
            self.attributes
                .push(attribute, depth - 1, self.keys, self.limits)?;
        }
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                ATTRIBUTES => {
                    let attribute = reader.bytes()?;
                    self.attributes
                        .push(attribute, depth - 1, self.keys, self.limits)?;
                }
                TRACE_ID => self.head.trace_id = reader.bytes()?,
                SPAN_ID => self.head.span_id = reader.bytes()?,
                TRACE_STATE => self.head.trace_state = reader.string()?,
                PARENT_SPAN_ID => self.head.parent_span_id = reader.bytes()?,
                NAME => self.head.name = reader.string()?,
                KIND => self.head.kind = reader.int32()?,
                START => self.head.start = reader.fixed64()?,
                END => self.head.end = reader.fixed64()?,
                DROPPED_ATTRIBUTES => self.head.dropped.attributes = reader.uint32()?,
                EVENTS => self.event(reader.bytes()?, depth - 1)?,
                DROPPED_EVENTS => self.head.dropped.events = reader.uint32()?,
                LINKS => self.link(reader.bytes()?, depth - 1)?,
                DROPPED_LINKS => self.head.dropped.links = reader.uint32()?,
                STATUS => merge_status(&mut self.head, reader.bytes()?, depth - 1)?,
                FLAGS => self.head.flags = reader.fixed32()?,
                tag => reader.skip(start, tag, &SPAN, depth)?,
            }
        }
        Ok(())
    }

    fn event(&mut self, body: &'a [u8], depth: u32) -> Result<(), Fault> {
        self.limits.check_entry(self.events.len(), body)?;
        self.event_attributes.present = SlotSet::EMPTY;
        let attributes_start = index32(self.event_attributes.len());
        let (mut time, mut name, mut dropped_attributes) = (0, "", 0);
        let mut reader = Reader::new(body);
        if let [0x09, tail @ ..] = body
            && let Some((nanos, tail)) = tail.split_first_chunk()
        {
            time = u64::from_le_bytes(*nanos);
            reader = Reader::new(tail);
        }
        if let Some(bytes) = reader.short(EVENT_NAME) {
            name = text(bytes)?;
        }
        while let Some(attribute) = reader.short(EVENT_ATTRIBUTES) {
            self.event_attributes
                .push(attribute, depth - 1, self.keys, self.limits)?;
        }
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                EVENT_ATTRIBUTES => {
                    let attribute = reader.bytes()?;
                    self.event_attributes
                        .push(attribute, depth - 1, self.keys, self.limits)?;
                }
                EVENT_TIME => time = reader.fixed64()?,
                EVENT_NAME => name = reader.string()?,
                EVENT_DROPPED => dropped_attributes = reader.uint32()?,
                tag => reader.skip(start, tag, &EVENT, depth)?,
            }
        }
        self.events.push(EventEntry {
            name,
            name_slot: self.keys.lookup(name),
            time: UnixNanos(time),
            attributes_start,
            attributes_end: index32(self.event_attributes.len()),
            present: self.event_attributes.present,
            dropped_attributes,
        });
        Ok(())
    }

    fn link(&mut self, body: &'a [u8], depth: u32) -> Result<(), Fault> {
        self.limits.check_entry(self.links.len(), body)?;
        let mut link = LinkView {
            trace_id: &[],
            span_id: &[],
            trace_state: "",
            flags: 0,
            dropped_attributes: 0,
            bytes: body,
        };
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                LINK_TRACE_ID => link.trace_id = reader.bytes()?,
                LINK_SPAN_ID => link.span_id = reader.bytes()?,
                LINK_TRACE_STATE => link.trace_state = reader.string()?,
                LINK_ATTRIBUTES => {
                    any::key_value(reader.bytes()?, depth - 1)?;
                }
                LINK_DROPPED => link.dropped_attributes = reader.uint32()?,
                LINK_FLAGS => link.flags = reader.fixed32()?,
                tag => reader.skip(start, tag, &LINK, depth)?,
            }
        }
        self.links.push(link);
        Ok(())
    }
}

/// Reads the fields that nearly every span begins with, in their usual order, as far as it is kept;
/// returns what is left. A chain of tests that nearly always succeed is faster than as many turns of
/// the loop over tags, each of which is a jump that cannot be predicted.
#[inline]
fn usual_head<'a>(body: &'a [u8], head: &mut Head<'a>) -> &'a [u8] {
    let mut rest = body;
    if let [0x0a, 16, tail @ ..] = rest
        && let Some((id, tail)) = tail.split_at_checked(16)
    {
        (head.trace_id, rest) = (id, tail);
    }
    if let [0x12, 8, tail @ ..] = rest
        && let Some((id, tail)) = tail.split_at_checked(8)
    {
        (head.span_id, rest) = (id, tail);
    }
    if let [0x22, 8, tail @ ..] = rest
        && let Some((id, tail)) = tail.split_at_checked(8)
    {
        (head.parent_span_id, rest) = (id, tail);
    }
    if let [0x2a, len @ 0..0x80, tail @ ..] = rest
        && let Some((name, tail)) = tail.split_at_checked(usize::from(*len))
        && let Some(name) = smoothutf8::from_utf8(name)
    {
        (head.name, rest) = (name, tail);
    }
    if let [0x30, kind @ 0..0x80, tail @ ..] = rest {
        (head.kind, rest) = (i32::from(*kind), tail);
    }
    if let [0x39, tail @ ..] = rest
        && let Some((time, tail)) = tail.split_first_chunk()
    {
        (head.start, rest) = (u64::from_le_bytes(*time), tail);
    }
    if let [0x41, tail @ ..] = rest
        && let Some((time, tail)) = tail.split_first_chunk()
    {
        (head.end, rest) = (u64::from_le_bytes(*time), tail);
    }
    rest
}

fn merge_status<'a>(head: &mut Head<'a>, body: &'a [u8], depth: u32) -> Result<(), Fault> {
    let mut reader = Reader::new(body);
    while !reader.is_empty() {
        let start = reader.rest();
        match reader.tag()? {
            STATUS_MESSAGE => head.status_message = reader.string()?,
            STATUS_CODE => head.status = reader.int32()?,
            tag => reader.skip(start, tag, &STATUS_SHAPE, depth)?,
        }
    }
    Ok(())
}
