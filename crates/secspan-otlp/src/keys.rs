//! Registered attribute keys: resolved once per attribute on the wire, read by index afterwards.
//!
//! At start-up every consumer asks for the keys (and span or event names) that it wants; during a
//! walk each key on the wire costs one probe, however many consumers want it, and a consumer that
//! wants none of a span's keys sees that from one bit set.
//!
//! ```
//! use secspan_otlp::keys::Keys;
//!
//! let mut keys = Keys::new();
//! let status = keys.slot("http.response.status_code")?;
//! assert_eq!(keys.slot("http.response.status_code")?, status);
//! assert_eq!(keys.lookup("http.response.status_code"), Some(status));
//! assert_eq!(keys.lookup("http.route"), None);
//! # Ok::<(), secspan_otlp::keys::TooManyKeys>(())
//! ```

/// How many different keys can be registered: a [`Slot`] is one byte, a [`SlotSet`] 32.
pub const SLOTS_MAX: usize = 256;

/// Table places per registered key: so sparse that most foreign keys end at an empty place.
const PLACES_PER_KEY: usize = 8;

/// Smallest table, in places.
const PLACES_MIN: usize = 64;

/// The index of a registered key. Stable for the life of the [`Keys`] that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot(pub(crate) u8);

impl Slot {
    /// Position of the key in order of registration, from 0: an index into a consumer's own table.
    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of slots; which registered keys a span, event or resource has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SlotSet(pub(crate) [u64; 4]);

impl SlotSet {
    /// The empty set.
    pub const EMPTY: Self = Self([0; 4]);

    /// Adds `slot`.
    #[inline]
    pub fn insert(&mut self, slot: Slot) {
        if let Some(word) = self.0.get_mut(usize::from(slot.0 >> 6)) {
            *word |= 1 << (slot.0 & 63);
        }
    }

    /// Whether `slot` is in the set.
    #[inline]
    pub fn contains(&self, slot: Slot) -> bool {
        self.0
            .get(usize::from(slot.0 >> 6))
            .is_some_and(|word| word >> (slot.0 & 63) & 1 == 1)
    }

    /// Whether the two sets share a slot.
    #[inline]
    pub fn intersects(&self, other: &Self) -> bool {
        let [a0, a1, a2, a3] = self.0;
        let [b0, b1, b2, b3] = other.0;
        (a0 & b0) | (a1 & b1) | (a2 & b2) | (a3 & b3) != 0
    }

    /// The slots of either set.
    #[inline]
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let [a0, a1, a2, a3] = self.0;
        let [b0, b1, b2, b3] = other.0;
        Self([a0 | b0, a1 | b1, a2 | b2, a3 | b3])
    }

    /// Whether the set has no slot.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }

    /// How many slots the set has.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::EMPTY;
        set.extend(slots);
        set
    }
}

impl Extend<Slot> for SlotSet {
    fn extend<I: IntoIterator<Item = Slot>>(&mut self, slots: I) {
        for slot in slots {
            self.insert(slot);
        }
    }
}

/// More than [`SLOTS_MAX`] different keys were asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key \"{key}\" is one too many: {SLOTS_MAX} different attribute keys can be registered")]
pub struct TooManyKeys {
    /// The key that found no slot.
    pub key: String,
}

/// One place of the open-addressed table: the key's hash, and its slot plus one (0 is empty).
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    hash: u32,
    slot_plus_one: u16,
}

/// The registered keys; built once at start-up, shared and read afterwards.
#[derive(Clone, Debug)]
pub struct Keys {
    keys: Vec<Box<str>>,
    places: Vec<Place>,
}

impl Default for Keys {
    fn default() -> Self {
        Self::new()
    }
}

impl Keys {
    /// No keys yet.
    pub fn new() -> Self {
        Self {
            keys: Vec::new(),
            places: vec![Place::default(); PLACES_MIN],
        }
    }

    /// The slot of `key`, registering it when it is new.
    ///
    /// # Errors
    /// When [`SLOTS_MAX`] other keys are registered already.
    pub fn slot(&mut self, key: &str) -> Result<Slot, TooManyKeys> {
        if let Some(slot) = self.lookup(key) {
            return Ok(slot);
        }
        let Ok(slot) = u8::try_from(self.keys.len()) else {
            return Err(TooManyKeys {
                key: key.to_owned(),
            });
        };
        self.keys.push(key.into());
        if self.keys.len() * PLACES_PER_KEY > self.places.len() {
            self.rebuild(self.places.len() * 2);
        } else {
            place(&mut self.places, key, slot);
        }
        Ok(Slot(slot))
    }

    /// The slot of `key`, if it is registered.
    #[inline]
    pub fn lookup(&self, key: &str) -> Option<Slot> {
        let hash = hash(key.as_bytes());
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            // The mask keeps `at` inside: the table's length is a power of two.
            let place = self.places.get(at)?;
            let slot = place.slot_plus_one.checked_sub(1)?;
            if place.hash == hash
                && self
                    .keys
                    .get(usize::from(slot))
                    .is_some_and(|known| **known == *key)
            {
                return u8::try_from(slot).ok().map(Slot);
            }
            at = (at + 1) & mask;
        }
    }

    /// The key of a slot; empty for a slot of other `Keys` that is out of range here.
    pub fn name(&self, slot: Slot) -> &str {
        self.keys.get(slot.index()).map_or("", |key| key)
    }

    /// How many keys are registered; slots have the indices below it.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is registered.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Every key with its slot, in order of registration.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &str)> {
        (0..=u8::MAX)
            .zip(&self.keys)
            .map(|(slot, key)| (Slot(slot), &**key))
    }

    fn rebuild(&mut self, places: usize) {
        let mut table = vec![Place::default(); places];
        for (slot, key) in self.iter() {
            place(&mut table, key, slot.0);
        }
        self.places = table;
    }
}

/// Puts `key` into the first empty place of its probe sequence.
fn place(places: &mut [Place], key: &str, slot: u8) {
    let hash = hash(key.as_bytes());
    let mask = places.len() - 1;
    let mut at = hash as usize & mask;
    while let Some(place) = places.get_mut(at) {
        if place.slot_plus_one == 0 {
            *place = Place {
                hash,
                slot_plus_one: u16::from(slot) + 1,
            };
            return;
        }
        at = (at + 1) & mask;
    }
}

/// Hash of the length and the first and last eight bytes. Attribute keys share prefixes and differ
/// in length and ending; two keys that do not are still told apart by the full comparison.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the low half of the mixed word is the hash"
)]
fn hash(key: &[u8]) -> u32 {
    const FIRST: u64 = 0x9E37_79B9_7F4A_7C15;
    const LAST: u64 = 0xD6E8_FEB8_6659_FD93;
    let (first, last) = ends(key);
    let mixed = (first ^ key.len() as u64).wrapping_mul(FIRST) ^ last.wrapping_mul(LAST);
    // The multiplications push entropy up; fold it back down to the bits that index the table.
    ((mixed ^ (mixed >> 29)) >> 20) as u32
}

/// The first and last eight bytes of `key`, overlapping when it is short.
#[inline]
fn ends(key: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (key.first_chunk::<4>(), key.last_chunk::<4>()) {
        return (
            u32::from_le_bytes(*first).into(),
            u32::from_le_bytes(*last).into(),
        );
    }
    match key {
        [] => (0, 0),
        [first] => ((*first).into(), 0),
        [first, .., last] => {
            let middle = key.get(1).copied().unwrap_or_default();
            (u64::from(*first) | u64::from(middle) << 8, (*last).into())
        }
    }
}

#[cfg(test)]
mod tests;
