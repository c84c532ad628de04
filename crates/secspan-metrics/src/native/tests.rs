//! Every value lies within the bucket it is counted in, at every resolution.

use proptest::prelude::*;

use super::*;

/// Lower and upper bound of a bucket, computed apart from the code under test.
fn bounds_of(index: i32, schema: i8) -> (f64, f64) {
    let step = f64::from(-i32::from(schema)).exp2();
    (
        (f64::from(index - 1) * step).exp2(),
        (f64::from(index) * step).exp2(),
    )
}

#[test]
fn bounds_are_inclusive_above() {
    for (value, expected) in [
        (1.0, Place::Positive(0)),
        (2.0, Place::Positive(256)),
        (0.5, Place::Positive(-256)),
        (1.000_000_1, Place::Positive(1)),
        (-4.0, Place::Negative(512)),
        (0.0, Place::Zero),
        (-0.0, Place::Zero),
        (1e-40, Place::Zero),
    ] {
        assert_eq!(place(value), expected, "{value}");
    }
    assert_eq!(
        coarser(256, 8),
        1,
        "2 is the upper bound of bucket 1 at schema 0"
    );
    assert_eq!(coarser(257, 8), 2);
    assert_eq!(
        coarser(0, 8),
        0,
        "1 is the upper bound of bucket 0 at schema 0"
    );
}

#[test]
fn resolution_halves_when_the_span_is_too_wide() {
    let mut point = NativePoint::default();
    for power in 0..20 {
        point.add(place(f64::from(power).exp2()), 1, 160);
    }
    assert_eq!(
        point.schema, 3,
        "19 powers of two at 8 buckets each fit, at 16 they do not"
    );
    assert_eq!(point.total(), 20);
    assert!(
        point.positive.counts.len() <= 160,
        "{}",
        point.positive.counts.len()
    );
}

#[test]
fn the_whole_range_of_doubles_fits() {
    let mut point = NativePoint::default();
    for value in [f64::MAX, 1e-38, 1.0, f64::MIN, -1e-38] {
        point.add(place(value), 1, 160);
    }
    assert_eq!(point.total(), 5);
    assert!(point.positive.counts.len() <= 160 && point.negative.counts.len() <= 160);
}

proptest! {
    #[test]
    fn a_value_lies_in_its_bucket(value in 1e-30f64..1e30) {
        let Place::Positive(finest) = place(value) else { panic!("{value} is positive") };
        for steps in 0..=12u8 {
            let index = coarser(finest, steps);
            let schema = SCHEMA_MAX - i8::try_from(steps).unwrap();
            let (low, high) = bounds_of(index, schema);
            let slack = 1e-12;
            prop_assert!(low * (1.0 - slack) < value && value <= high * (1.0 + slack),
                "{value} not in ({low}, {high}] of schema {schema}");
        }
    }

    #[test]
    fn counts_survive_every_halving(values in prop::collection::vec(-1e9f64..1e9, 1..200), max in 4usize..160) {
        let mut point = NativePoint::default();
        for value in &values {
            point.add(place(*value), 1, max.max(160));
        }
        let before = point.total();
        while point.schema > SCHEMA_MIN {
            point.halve();
            prop_assert_eq!(point.total(), before);
        }
        prop_assert_eq!(before, values.len() as u64);
    }
}
