//! A request without some of its spans, the rest byte for byte as it came.
//!
//! Used when single spans break a rule: the sender learns how many, the destinations get the
//! others. Only the lengths of the two levels above a dropped span change; unknown fields stay. [`apply`] changes
//! attributes as well, in requests of any signal.
//!
//! The functions take a request that [`walk::traces`](crate::walk::traces) accepted. They work for
//! log records as well ([`walk::logs`](crate::walk::logs)), because the levels are alike.

mod edit;

pub use edit::{Changes, Edit, Edits, apply};

use crate::encode::Writer;
use crate::wire::{LEN, Reader, tag};

/// Field 1 of a request: its resource groups.
const GROUP: u32 = tag(1, LEN);
/// Field 2 of both group messages: the scopes of a resource, the spans of a scope.
const MEMBER: u32 = tag(2, LEN);

/// `bytes` without the spans whose [`index`](crate::view::SpanView::index) is in `rejected`, which
/// is in ascending order.
///
/// A scope that loses all its spans is left out, and so is a resource that loses all its scopes;
/// what was empty before stays.
pub fn without_spans(bytes: &[u8], rejected: &[u32]) -> Vec<u8> {
    retain_spans(bytes, |index| rejected.binary_search(&index).is_err())
}

/// `bytes` with only the spans for whose index `keep` says so; emptied scopes and resources are
/// left out as in [`without_spans`].
pub fn retain_spans(bytes: &[u8], keep: impl FnMut(u32) -> bool) -> Vec<u8> {
    let mut rewrite = Rewrite { keep, index: 0 };
    let mut out = Writer::with_capacity(bytes.len());
    for piece in Pieces::new(bytes) {
        match piece
            .message_of(GROUP)
            .map(|group| rewrite.resource_group(group))
        {
            Some(None) => {}
            Some(Some(group)) => out.bytes(1, &group),
            None => out.raw(piece.whole),
        }
    }
    out.finish()
}

/// How many spans a request holds.
pub(crate) fn count_spans(bytes: &[u8]) -> u32 {
    let mut count = 0;
    retain_spans(bytes, |_| {
        count += 1;
        true
    });
    count
}

/// Which spans to keep, and how many were seen.
struct Rewrite<K> {
    keep: K,
    index: u32,
}

impl<K: FnMut(u32) -> bool> Rewrite<K> {
    /// A resource group with what is left of its scopes; `None` when it loses all of them.
    fn resource_group(&mut self, group: &[u8]) -> Option<Vec<u8>> {
        let (mut before, mut after) = (0u32, 0u32);
        let mut out = Writer::with_capacity(group.len());
        for piece in Pieces::new(group) {
            let Some(scope) = piece.message_of(MEMBER) else {
                out.raw(piece.whole);
                continue;
            };
            before += 1;
            if let Some(scope) = self.scope_group(scope) {
                after += 1;
                out.bytes(2, &scope);
            }
        }
        (before == 0 || after > 0).then(|| out.finish())
    }

    /// A scope group with the spans to keep; `None` when it loses all of them.
    fn scope_group(&mut self, scope: &[u8]) -> Option<Vec<u8>> {
        let (mut before, mut after) = (0u32, 0u32);
        let mut out = Writer::with_capacity(scope.len());
        for piece in Pieces::new(scope) {
            if piece.message_of(MEMBER).is_some() {
                before += 1;
                self.index += 1;
                if !(self.keep)(self.index - 1) {
                    continue;
                }
                after += 1;
            }
            out.raw(piece.whole);
        }
        (before == 0 || after > 0).then(|| out.finish())
    }
}

/// One field of a message, tag included.
#[derive(Clone, Copy, Debug)]
struct Piece<'a> {
    tag: u32,
    whole: &'a [u8],
}

impl<'a> Piece<'a> {
    /// The content of a length-delimited field, if it has this tag.
    fn message_of(&self, tag: u32) -> Option<&'a [u8]> {
        if self.tag == tag {
            Reader::new(self.whole).next_of(tag)
        } else {
            None
        }
    }
}

/// The fields of a validated message, in wire order.
#[derive(Clone, Debug)]
struct Pieces<'a> {
    reader: Reader<'a>,
}

impl<'a> Pieces<'a> {
    fn new(message: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(message),
        }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let start = self.reader.rest();
        let tag = self.reader.next_tag()?;
        let len = start.len() - self.reader.rest().len();
        Some(Piece {
            tag,
            whole: start.get(..len)?,
        })
    }
}

#[cfg(test)]
mod tests;
