//! Registered attribute keys: resolved once per attribute on the wire, read by index afterwards.
//!
//! At start-up every consumer asks for the keys (and span or event names) that it wants; during a walk each key on the
//! wire costs one probe, however many consumers want it, and a consumer that wants none of a span's keys sees that from
//! one bit set.

/// The index of a registered key. Stable for the life of the [`Keys`] that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub(crate) u8);

/// A set of slots; which registered keys a span, event or resource has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotSet(pub(crate) [u64; 4]);
