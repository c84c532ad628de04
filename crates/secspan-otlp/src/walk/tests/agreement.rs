//! Properties over generated and damaged requests; a failure prints its seed.

#![expect(clippy::cast_possible_truncation, reason = "lengths of test data fit")]

use proptest::prelude::*;

use super::compare;
use super::generate::{self, Random};
use crate::encode::Writer;
use crate::schema::{self, Message};

/// Damaged requests per signal; many more in an optimised build.
const DAMAGED: u64 = if cfg!(debug_assertions) {
    6_000
} else {
    200_000
};

/// Generated requests per property.
const GENERATED: u32 = if cfg!(debug_assertions) { 300 } else { 5_000 };

fn generated(seed: u64, schema: &Message) -> Vec<u8> {
    generate::message(&mut Random(seed), schema, seed.is_multiple_of(3))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: GENERATED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_requests_are_accepted_and_shown_the_same(seed: u64) {
        let keys = compare::keys();
        prop_assert!(compare::traces(&generated(seed, &schema::TRACES), &keys));
        prop_assert!(compare::logs(&generated(seed, &schema::LOGS), &keys));
        prop_assert!(compare::metrics(&generated(seed, &schema::METRICS)));
    }
}

/// Damages requests, and damages them again, from `seed` on. Returns how many were accepted.
fn damaged(seed: u64, schema: &Message, check: impl Fn(&[u8]) -> bool) -> u64 {
    let mut accepted = 0;
    for round in 0..DAMAGED / 8 {
        let mut random = Random(seed ^ round);
        let original = generate::message(&mut random, schema, round % 2 == 0);
        for _ in 0..8 {
            let mut bytes = original.clone();
            generate::damage(&mut random, &mut bytes);
            accepted += u64::from(check(&bytes));
        }
    }
    accepted
}

/// Both outcomes are common, so that the agreement says something.
fn assert_both_common(accepted: u64) {
    let share = accepted as f64 / DAMAGED as f64;
    assert!(
        (0.03..0.97).contains(&share),
        "{accepted} of {DAMAGED} accepted"
    );
}

#[test]
fn damaged_traces_are_judged_the_same() {
    let keys = compare::keys();
    let accepted = damaged(0x0BAD_5EED, &schema::TRACES, |bytes| {
        compare::traces(bytes, &keys)
    });
    assert_both_common(accepted);
}

#[test]
fn damaged_logs_are_judged_the_same() {
    let keys = compare::keys();
    let accepted = damaged(0x1BAD_5EED, &schema::LOGS, |bytes| {
        compare::logs(bytes, &keys)
    });
    assert_both_common(accepted);
}

#[test]
fn damaged_metrics_are_judged_the_same() {
    assert_both_common(damaged(0x2BAD_5EED, &schema::METRICS, compare::metrics));
}

#[test]
fn noise_is_judged_the_same() {
    let keys = compare::keys();
    let mut random = Random(0x3BAD_5EED);
    for _ in 0..DAMAGED {
        let len = random.below(40);
        let bytes: Vec<u8> = (0..len).map(|_| random.byte() & 0x3f).collect();
        compare::traces(&bytes, &keys);
        compare::logs(&bytes, &keys);
        compare::metrics(&bytes);
    }
}

/// Attributes of the usual shape, of every type and around the length where the shape changes.
fn usual_attributes() -> Vec<Vec<u8>> {
    let mut values = vec![
        b"\x10\x01".to_vec(),
        b"\x18\x05".to_vec(),
        b"\x18\x85\x02".to_vec(),
        b"\x21\x00\x00\x00\x00\x00\x00\xf0\x3f".to_vec(),
        b"\x0a\x03\xe2\x82\xac".to_vec(),
        b"".to_vec(),
    ];
    for len in [0, 1, 124, 125, 126, 127] {
        values.push([&[0x0a, len], vec![b'v'; usize::from(len)].as_slice()].concat());
    }
    let mut attributes = Vec::new();
    for value in values {
        let any_len = value.len() as u8;
        attributes.push([b"\x0a\x01k\x12", [any_len].as_slice(), &value].concat());
        for key_len in [127, 128, 200] {
            let key = vec![b'k'; usize::from(key_len)];
            let long_key = [&[0x0a, key_len], key.as_slice(), &[0x12, any_len]].concat();
            attributes.push([long_key, value.clone()].concat());
        }
    }
    attributes
}

#[test]
fn look_alikes_of_the_usual_shape_are_judged_the_same() {
    let keys = compare::keys();
    let check = |attribute: &[u8]| {
        let mut span = Writer::default();
        span.message(1, |group| {
            group.message(2, |scope| scope.message(2, |span| span.bytes(9, attribute)));
        });
        compare::traces(&span.finish(), &keys)
    };
    for attribute in usual_attributes() {
        check(&attribute);
        let ends = [
            0,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            128,
            129,
            130,
            131,
            132,
            attribute.len() - 1,
        ];
        for at in ends.into_iter().filter(|at| *at < attribute.len()) {
            check(&attribute[..at]);
            for byte in 0..=u8::MAX {
                let mut changed = attribute.clone();
                changed[at] = byte;
                check(&changed);
            }
        }
    }
}
