//! The table finds every registered key, nothing else, and says when it is full.

use super::*;

#[test]
fn every_length_is_found_and_its_neighbours_are_not() {
    let all: Vec<String> = (0..=64)
        .map(|len| ('a'..='z').cycle().take(len).collect())
        .collect();
    let mut keys = Keys::new();
    let slots: Vec<Slot> = all.iter().map(|key| keys.slot(key).unwrap()).collect();
    for (key, slot) in all.iter().zip(slots) {
        assert_eq!(keys.lookup(key), Some(slot), "{key}");
        assert_eq!(keys.name(slot), key);
        assert_eq!(keys.lookup(&format!("{key}!")), None);
    }
}

#[test]
fn keys_that_hash_alike_are_told_apart() {
    let mut keys = Keys::new();
    let first = keys.slot("prefixed.AAAA.suffixed").unwrap();
    let second = keys.slot("prefixed.BBBB.suffixed").unwrap();
    assert_eq!(
        hash(b"prefixed.AAAA.suffixed"),
        hash(b"prefixed.BBBB.suffixed")
    );
    assert_ne!(first, second);
    assert_eq!(keys.lookup("prefixed.AAAA.suffixed"), Some(first));
    assert_eq!(keys.lookup("prefixed.BBBB.suffixed"), Some(second));
    assert_eq!(keys.lookup("prefixed.CCCC.suffixed"), None);
}

#[test]
fn the_257th_key_is_refused_and_the_others_stay() {
    let mut keys = Keys::new();
    for n in 0..SLOTS_MAX {
        assert_eq!(keys.slot(&format!("key.{n}")).unwrap().index(), n);
    }
    let error = keys.slot("one.more").unwrap_err();
    assert_eq!(
        error.to_string(),
        "key \"one.more\" is one too many: 256 different attribute keys can be registered"
    );
    assert_eq!(keys.slot("key.255").unwrap().index(), 255);
    assert_eq!(keys.len(), SLOTS_MAX);
    assert!(
        keys.iter()
            .all(|(slot, key)| keys.lookup(key) == Some(slot))
    );
}

#[test]
fn sets_hold_the_edges_of_every_word() {
    let edges = [0, 63, 64, 127, 128, 191, 192, 255].map(Slot);
    let set: SlotSet = edges.into_iter().collect();
    assert_eq!(set.len(), edges.len());
    for slot in (0..=u8::MAX).map(Slot) {
        assert_eq!(set.contains(slot), edges.contains(&slot), "slot {slot:?}");
    }
    let other: SlotSet = [Slot(1), Slot(254)].into_iter().collect();
    assert!(!set.intersects(&other));
    assert!(set.union(&other).intersects(&other));
    assert!(SlotSet::EMPTY.is_empty() && !set.is_empty());
    assert!(!SlotSet::EMPTY.intersects(&set));
}
