//! The two levels that all signals share: resources hold scopes, scopes hold records.
//!
//! `ResourceSpans`, `ResourceLogs` and `ResourceMetrics` have the same three fields, and so have
//! the scope messages below them; [`Level`] is what differs.

use super::WalkLimits;
use super::attributes::AttributeList;
use crate::error::Fault;
use crate::keys::Keys;
use crate::view::{ResourceView, ScopeView};
use crate::wire::{DEPTH_MAX, LEN, Reader, Shape, VARINT, descend, tag};

/// Field 1 of both group messages: the resource, the scope.
const ORIGIN: u32 = tag(1, LEN);
/// Field 2 of both group messages: the scopes, the records.
const MEMBER: u32 = tag(2, LEN);
/// Field 3 of both group messages.
const SCHEMA_URL: u32 = tag(3, LEN);

const RESOURCE: Shape = Shape::new("Resource", &[1, 2, 3]);
const RESOURCE_ATTRIBUTES: u32 = tag(1, LEN);
const RESOURCE_DROPPED: u32 = tag(2, VARINT);
const RESOURCE_ENTITY_REFS: u32 = tag(3, LEN);

const ENTITY_REF: Shape = Shape::new("EntityRef", &[1, 2, 3, 4]);

const SCOPE: Shape = Shape::new("InstrumentationScope", &[1, 2, 3, 4]);
const SCOPE_NAME: u32 = tag(1, LEN);
const SCOPE_VERSION: u32 = tag(2, LEN);
const SCOPE_ATTRIBUTES: u32 = tag(3, LEN);
const SCOPE_DROPPED: u32 = tag(4, VARINT);

/// Depth of the fields of the request message.
const REQUEST_DEPTH: u32 = DEPTH_MAX;
/// Depth of the fields of the resource groups.
const RESOURCE_GROUP_DEPTH: u32 = REQUEST_DEPTH - 1;
/// Depth of the fields of the scope groups and of a resource.
const SCOPE_GROUP_DEPTH: u32 = RESOURCE_GROUP_DEPTH - 1;
/// Depth of the fields of a record and of a scope.
const RECORD_DEPTH: u32 = SCOPE_GROUP_DEPTH - 1;

/// Where a record comes from.
pub(super) struct Group<'s, 'a> {
    pub(super) resource: &'s ResourceView<'s, 'a>,
    pub(super) scope: &'s ScopeView<'s, 'a>,
}

/// What differs between spans, log records and metrics.
pub(super) trait Level<'a> {
    /// The message that holds a resource and its scopes.
    const RESOURCE_GROUP: Shape;
    /// The message that holds a scope and its records.
    const SCOPE_GROUP: Shape;

    /// One more resource; returns its index.
    fn resource(&mut self) -> u32;

    /// One more scope; returns its index.
    fn scope(&mut self) -> u32;

    /// One record, whose fields are at `depth`.
    fn record(&mut self, body: &'a [u8], depth: u32, group: &Group<'_, 'a>) -> Result<(), Fault>;
}

/// Walks a request whose resource groups are in the field with tag `groups`.
pub(super) fn request<'a, L: Level<'a>>(
    bytes: &'a [u8],
    groups: u32,
    shape: &Shape,
    keys: &Keys,
    limits: WalkLimits,
    level: &mut L,
) -> Result<(), Fault> {
    let mut walk = GroupWalk {
        keys,
        limits,
        level,
        resource: AttributeList::new(keys),
        scope: AttributeList::new(keys),
    };
    let mut reader = Reader::new(bytes);
    while !reader.is_empty() {
        let start = reader.rest();
        match reader.tag()? {
            tag if tag == groups => walk.resource_group(reader.bytes()?)?,
            tag => reader.skip(start, tag, shape, REQUEST_DEPTH)?,
        }
    }
    Ok(())
}

struct GroupWalk<'w, 'a, L> {
    keys: &'w Keys,
    limits: WalkLimits,
    level: &'w mut L,
    resource: AttributeList<'a>,
    scope: AttributeList<'a>,
}

impl<'a, L: Level<'a>> GroupWalk<'_, 'a, L> {
    fn resource_group(&mut self, body: &'a [u8]) -> Result<(), Fault> {
        self.resource.clear();
        let (mut schema_url, mut dropped) = ("", 0);
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                ORIGIN => self.merge_resource(reader.bytes()?, &mut dropped)?,
                MEMBER => {
                    reader.bytes()?;
                }
                SCHEMA_URL => schema_url = reader.string()?,
                tag => reader.skip(start, tag, &L::RESOURCE_GROUP, RESOURCE_GROUP_DEPTH)?,
            }
        }
        let index = self.level.resource();
        // Taken out so that scopes can be walked beside it; the list's room comes back after.
        let list = std::mem::take(&mut self.resource);
        let resource = ResourceView {
            index,
            attributes: list.view(),
            dropped_attributes: dropped,
            schema_url,
        };
        let mut members = Reader::new(body);
        while let Some(member) = members.next_of(MEMBER) {
            self.scope_group(member, &resource)?;
        }
        self.resource = list;
        Ok(())
    }

    fn scope_group(
        &mut self,
        body: &'a [u8],
        resource: &ResourceView<'_, 'a>,
    ) -> Result<(), Fault> {
        self.scope.clear();
        let mut head = ScopeHead::default();
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                MEMBER => {
                    reader.bytes()?;
                }
                ORIGIN => self.merge_scope(reader.bytes()?, &mut head)?,
                SCHEMA_URL => head.schema_url = reader.string()?,
                tag => reader.skip(start, tag, &L::SCOPE_GROUP, SCOPE_GROUP_DEPTH)?,
            }
        }
        let scope = ScopeView {
            index: self.level.scope(),
            name: head.name,
            version: head.version,
            attributes: self.scope.view(),
            dropped_attributes: head.dropped,
            schema_url: head.schema_url,
        };
        let group = Group {
            resource,
            scope: &scope,
        };
        let mut members = Reader::new(body);
        while let Some(member) = members.next_of(MEMBER) {
            self.level.record(member, RECORD_DEPTH, &group)?;
        }
        Ok(())
    }

    fn merge_resource(&mut self, body: &'a [u8], dropped: &mut u32) -> Result<(), Fault> {
        const DEPTH: u32 = RESOURCE_GROUP_DEPTH - 1;
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                RESOURCE_ATTRIBUTES => {
                    let attribute = reader.bytes()?;
                    self.resource
                        .push(attribute, DEPTH - 1, self.keys, self.limits)?;
                }
                RESOURCE_DROPPED => *dropped = reader.uint32()?,
                RESOURCE_ENTITY_REFS => check_entity_ref(reader.message()?, DEPTH)?,
                tag => reader.skip(start, tag, &RESOURCE, DEPTH)?,
            }
        }
        Ok(())
    }

    fn merge_scope(&mut self, body: &'a [u8], head: &mut ScopeHead<'a>) -> Result<(), Fault> {
        const DEPTH: u32 = SCOPE_GROUP_DEPTH - 1;
        let mut reader = Reader::new(body);
        while !reader.is_empty() {
            let start = reader.rest();
            match reader.tag()? {
                SCOPE_NAME => head.name = reader.string()?,
                SCOPE_VERSION => head.version = reader.string()?,
                SCOPE_ATTRIBUTES => {
                    let attribute = reader.bytes()?;
                    self.scope
                        .push(attribute, DEPTH - 1, self.keys, self.limits)?;
                }
                SCOPE_DROPPED => head.dropped = reader.uint32()?,
                tag => reader.skip(start, tag, &SCOPE, DEPTH)?,
            }
        }
        Ok(())
    }
}

/// The fields of a scope besides its attributes.
#[derive(Default)]
struct ScopeHead<'a> {
    name: &'a str,
    version: &'a str,
    dropped: u32,
    schema_url: &'a str,
}

/// An entity reference holds nothing but text; `depth` is that of the resource's fields.
fn check_entity_ref(mut reader: Reader<'_>, depth: u32) -> Result<(), Fault> {
    let depth = descend(depth, reader.rest())?;
    while !reader.is_empty() {
        let start = reader.rest();
        let found = reader.tag()?;
        if (1..=4).any(|field| found == tag(field, LEN)) {
            reader.string()?;
        } else {
            reader.skip(start, found, &ENTITY_REF, depth)?;
        }
    }
    Ok(())
}
