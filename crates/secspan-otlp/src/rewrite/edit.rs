//! Edits of a request: attributes set and deleted, items dropped, everything else byte for byte as it came.
//!
//! Edits are gathered while a walk shows the items; then [`apply`] writes the request anew. A request without edits is
//! not written: its caller keeps the bytes that it has.
//!
//! ```text
//! walk ─ item ─> Edit { attributes: Changes, events, body, drop } ─> Edits ─ apply(bytes) ─> bytes
//! ```

use super::{GROUP, MEMBER, Pieces};
use crate::Signal;
use crate::any;
use crate::encode::{Any, Writer, write_any};
use crate::view::{Attributes, MetricKind, Value};
use crate::walk::MetricData;
use crate::wire::{DEPTH_MAX, LEN, tag};

/// Field 1 of both group messages: the resource, the scope.
const ORIGIN: u32 = tag(1, LEN);

/// Changes of one list of attributes, each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(Vec<Change>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    key: Box<str>,
    /// The attribute as it is to stand, a `KeyValue` message; `None`: deleted.
    attribute: Option<Vec<u8>>,
}

impl Changes {
    /// Sets an attribute, which may be there or not.
    pub fn set<'v>(&mut self, key: &str, value: impl Into<Any<'v>>) {
        let attribute = encode(key, &value.into());
        self.put(key, Some(attribute));
    }

    /// Sets `to` to the value that `from` will have, if it will be there.
    pub fn copy(&mut self, attributes: &Attributes<'_, '_>, from: &str, to: &str) {
        let value = self.value(attributes, from);
        if let Some(attribute) = value.map(|value| encode(to, &Any::View(value))) {
            self.put(to, Some(attribute));
        }
    }

    /// Deletes an attribute, which may be there or not.
    pub fn delete(&mut self, key: &str) {
        self.put(key, None);
    }

    fn put(&mut self, key: &str, attribute: Option<Vec<u8>>) {
        match self.0.iter_mut().find(|change| *change.key == *key) {
            Some(change) => change.attribute = attribute,
            None => self.0.push(Change {
                key: key.into(),
                attribute,
            }),
        }
    }

    /// The value of a key as it will be: changed here, or else as in `attributes`.
    pub fn value<'a>(&'a self, attributes: &Attributes<'_, 'a>, key: &str) -> Option<Value<'a>> {
        match self.0.iter().find(|change| *change.key == *key) {
            None => attributes.by_key(key),
            Some(change) => {
                let attribute = change.attribute.as_deref()?;
                any::key_value(attribute, DEPTH_MAX)
                    .ok()
                    .map(|(_, value)| value)
            }
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A `KeyValue` message.
fn encode(key: &str, value: &Any<'_>) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.text(1, key);
    writer.message(2, |writer| write_any(writer, value));
    writer.finish()
}

/// Changes of one span, log record or data point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Changes of its own attributes.
    pub attributes: Changes,
    /// Changes of the attributes of a span's events, by position, ascending.
    events: Vec<(u32, Changes)>,
    /// The body that a log record is to have, an `AnyValue` message.
    body: Option<Vec<u8>>,
    dropped: bool,
}

impl Edit {
    /// Drops the item.
    pub fn drop_item(&mut self) {
        self.dropped = true;
    }

    /// Whether the item is dropped.
    pub fn is_dropped(&self) -> bool {
        self.dropped
    }

    /// Changes the attributes of the event at this position; positions are given in ascending order.
    pub fn event(&mut self, position: u32, changes: Changes) {
        if !changes.is_empty() {
            self.events.push((position, changes));
        }
    }

    /// Replaces the body of a log record.
    pub fn set_body<'v>(&mut self, body: impl Into<Any<'v>>) {
        let mut writer = Writer::default();
        write_any(&mut writer, &body.into());
        self.body = Some(writer.finish());
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Changes of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    resources: Vec<(u32, Changes)>,
    scopes: Vec<(u32, Changes)>,
    items: Vec<(u32, Edit)>,
    dropped: u64,
}

impl Edits {
    /// Changes the attributes of the resource of this index; indices are given in ascending order.
    pub fn resource(&mut self, index: u32, changes: Changes) {
        if !changes.is_empty() {
            self.resources.push((index, changes));
        }
    }

    /// Changes the attributes of the scope of this index; indices are given in ascending order.
    pub fn scope(&mut self, index: u32, changes: Changes) {
        if !changes.is_empty() {
            self.scopes.push((index, changes));
        }
    }

    /// Changes the span, log record or data point of this index; indices are given in ascending order.
    pub fn item(&mut self, index: u32, edit: Edit) {
        if !edit.is_empty() {
            self.dropped += u64::from(edit.dropped);
            self.items.push((index, edit));
        }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.scopes.is_empty() && self.items.is_empty()
    }

    /// How many items are dropped.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// `bytes`, a request of `signal` that a walk accepted, with these edits.
///
/// A metric, scope or resource that loses all its members is left out; what was empty before stays.
pub fn apply(bytes: &[u8], signal: Signal, edits: &Edits) -> Vec<u8> {
    let mut editor = Editor {
        signal,
        edits,
        resource: 0,
        scope: 0,
        item: 0,
    };
    let mut out = Writer::with_capacity(bytes.len());
    for piece in Pieces::new(bytes) {
        match piece.message_of(GROUP) {
            Some(group) => {
                if let Some(group) = editor.resource_group(group) {
                    out.bytes(1, &group);
                }
            }
            None => out.raw(piece.whole),
        }
    }
    out.finish()
}

/// The edits, and where in the request their application has come to.
struct Editor<'e> {
    signal: Signal,
    edits: &'e Edits,
    resource: u32,
    scope: u32,
    item: u32,
}

impl<'e> Editor<'e> {
    /// A resource group; `None` when it loses all of its scopes.
    fn resource_group(&mut self, group: &[u8]) -> Option<Vec<u8>> {
        let changes = find(&self.edits.resources, self.resource);
        self.resource += 1;
        self.group(group, changes, 1, Self::scope_group)
    }

    /// A scope group; `None` when it loses all of its records.
    fn scope_group(&mut self, group: &[u8]) -> Option<Vec<u8>> {
        let changes = find(&self.edits.scopes, self.scope);
        self.scope += 1;
        self.group(group, changes, 3, |editor, record| match editor.signal {
            Signal::Metrics => editor.metric(record),
            Signal::Traces | Signal::Logs => editor.record(record),
        })
    }

    fn group(
        &mut self,
        group: &[u8],
        changes: Option<&Changes>,
        attributes_field: u32,
        mut edit: impl FnMut(&mut Self, &[u8]) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let mut list = changes.map(|changes| ChangedList::new(changes, attributes_field));
        let (mut before, mut after) = (0u32, 0u32);
        let mut out = Writer::with_capacity(group.len());
        for piece in Pieces::new(group) {
            if let Some(member) = piece.message_of(MEMBER) {
                before += 1;
                if let Some(member) = edit(self, member) {
                    after += 1;
                    out.bytes(2, &member);
                }
            } else if let (Some(origin), Some(list)) = (piece.message_of(ORIGIN), &mut list) {
                out.message(1, |out| list.write(origin, out));
            } else {
                out.raw(piece.whole);
            }
        }
        if let Some(list) = list.as_mut().filter(|list| list.has_rest()) {
            // A message in several parts is one: what is new stands in a part of its own.
            out.message(1, |out| list.write_rest(out));
        }
        (before == 0 || after > 0).then(|| out.finish())
    }

    fn next_item(&mut self) -> Option<&'e Edit> {
        let edit = find(&self.edits.items, self.item);
        self.item += 1;
        edit
    }

    /// A span or log record; `None` when it is dropped.
    fn record(&mut self, record: &[u8]) -> Option<Vec<u8>> {
        let Some(edit) = self.next_item() else {
            return Some(record.to_vec());
        };
        if edit.dropped {
            return None;
        }
        let (attributes, events, body) = match self.signal {
            Signal::Traces => (9, tag(11, LEN), 0),
            Signal::Logs | Signal::Metrics => (6, 0, tag(5, LEN)),
        };
        let mut list = ChangedList::new(&edit.attributes, attributes);
        let mut out = Writer::with_capacity(record.len());
        let mut event = 0;
        for piece in Pieces::new(record) {
            if let Some(message) = piece.message_of(events) {
                match find(&edit.events, event) {
                    Some(changes) => out.message(11, |out| {
                        let mut list = ChangedList::new(changes, 3);
                        list.write(message, out);
                        list.write_rest(out);
                    }),
                    None => out.raw(piece.whole),
                }
                event += 1;
            } else if edit.body.is_none() || piece.message_of(body).is_none() {
                list.write_piece(piece, &mut out);
            }
        }
        list.write_rest(&mut out);
        if let Some(body) = &edit.body {
            out.bytes(5, body);
        }
        Some(out.finish())
    }

    /// A metric with its points; `None` when it loses all of them.
    fn metric(&mut self, metric: &[u8]) -> Option<Vec<u8>> {
        let data = MetricData::of(metric);
        let Some(kind) = data.kind() else {
            return Some(metric.to_vec());
        };
        let first = self.item;
        let (mut before, mut after) = (0u32, 0u32);
        let mut out = Writer::with_capacity(metric.len());
        for piece in Pieces::new(metric) {
            let part = piece.message_of(tag(data.field, LEN));
            // Parts of another kind, or before another kind, are replaced by those that count.
            let Some(part) = part.filter(|part| data.holds(part)) else {
                out.raw(piece.whole);
                continue;
            };
            out.message(data.field, |out| {
                for piece in Pieces::new(part) {
                    let Some(point) = piece.message_of(tag(1, LEN)) else {
                        out.raw(piece.whole);
                        continue;
                    };
                    before += 1;
                    if let Some(point) = self.point(point, kind) {
                        after += 1;
                        out.bytes(1, &point);
                    }
                }
            });
        }
        debug_assert_eq!(self.item - first, before, "every point has its number");
        (before == 0 || after > 0).then(|| out.finish())
    }

    fn point(&mut self, point: &[u8], kind: MetricKind) -> Option<Vec<u8>> {
        let Some(edit) = self.next_item() else {
            return Some(point.to_vec());
        };
        if edit.dropped {
            return None;
        }
        let mut list = ChangedList::new(&edit.attributes, kind.attributes_field());
        let mut out = Writer::with_capacity(point.len());
        list.write(point, &mut out);
        list.write_rest(&mut out);
        Some(out.finish())
    }
}

/// A list of attributes while it is written with its changes.
struct ChangedList<'c> {
    changes: &'c Changes,
    field: u32,
    /// Which changes stand already.
    written: Vec<bool>,
}

impl<'c> ChangedList<'c> {
    fn new(changes: &'c Changes, field: u32) -> Self {
        Self {
            changes,
            field,
            written: vec![false; changes.0.len()],
        }
    }

    /// Writes the fields of a message that has the list.
    fn write(&mut self, message: &[u8], out: &mut Writer) {
        for piece in Pieces::new(message) {
            self.write_piece(piece, out);
        }
    }

    /// Writes one field; an attribute that changes is written as it is to be, at its place and once.
    fn write_piece(&mut self, piece: super::Piece<'_>, out: &mut Writer) {
        let attribute = piece.message_of(tag(self.field, LEN));
        let key = attribute.and_then(|body| any::key_value(body, DEPTH_MAX).ok());
        let at = key.and_then(|(key, _)| {
            let mut changes = self.changes.0.iter();
            changes.position(|change| *change.key == *key)
        });
        let change = at.and_then(|at| Some((self.changes.0.get(at)?, self.written.get_mut(at)?)));
        match change {
            None => out.raw(piece.whole),
            Some((_, true)) => {}
            Some((change, written)) => {
                *written = true;
                if let Some(attribute) = &change.attribute {
                    out.bytes(self.field, attribute);
                }
            }
        }
    }

    /// Whether there are attributes that were not there before.
    fn has_rest(&self) -> bool {
        let mut changes = self.changes.0.iter().zip(&self.written);
        changes.any(|(change, written)| !written && change.attribute.is_some())
    }

    /// Writes the attributes that were not there before.
    fn write_rest(&mut self, out: &mut Writer) {
        for (change, written) in self.changes.0.iter().zip(&mut self.written) {
            if let (false, Some(attribute)) = (*written, &change.attribute) {
                out.bytes(self.field, attribute);
            }
            *written = true;
        }
    }
}

fn find<T>(list: &[(u32, T)], index: u32) -> Option<&T> {
    let at = list.binary_search_by_key(&index, |(own, _)| *own).ok()?;
    list.get(at).map(|(_, found)| found)
}

#[cfg(test)]
mod tests;
