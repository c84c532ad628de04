//! Statistics against values that other programs computed (scipy 1.17, numpy), and against themselves in any order.

use proptest::prelude::*;

use super::*;

/// Durations and scores with many ties.
const PAIRS: [(u16, f64); 40] = [
    (960, 30.5),
    (600, 33.5),
    (1080, 39.0),
    (390, 33.5),
    (420, 32.5),
    (1380, 39.5),
    (480, 47.5),
    (1020, 47.5),
    (1470, 32.0),
    (390, 32.5),
    (1320, 31.5),
    (720, 39.0),
    (360, 38.5),
    (450, 28.5),
    (1170, 47.5),
    (1140, 37.0),
    (420, 37.0),
    (780, 44.0),
    (480, 38.0),
    (1410, 39.0),
    (1140, 38.0),
    (420, 46.0),
    (1440, 37.5),
    (540, 45.0),
    (750, 36.5),
    (1470, 40.5),
    (420, 32.5),
    (1470, 42.0),
    (1470, 32.0),
    (1110, 56.0),
    (390, 19.0),
    (750, 48.5),
    (390, 46.0),
    (1440, 47.0),
    (570, 41.5),
    (870, 25.0),
    (1140, 36.5),
    (570, 44.0),
    (1380, 27.5),
    (540, 38.0),
];

fn counts(values: &[u64]) -> Counts {
    let mut counts = Counts::default();
    for value in values {
        counts.add(*value);
    }
    counts
}

fn near(left: f64, right: f64) -> bool {
    (left - right).abs() < 1e-9
}

#[test]
fn quantiles_lie_between_their_neighbours() {
    for (values, mean, median, p90) in [
        (&[1, 2][..], 1.5, 1.5, 1.9),
        (&[5], 5.0, 5.0, 5.0),
        (&[3, 1, 2, 10], 4.0, 2.5, 7.9),
        (&[0, 0, 0, 0, 0, 0, 0, 0, 0, 100], 10.0, 0.0, 10.0),
        (
            &[655, 720, 31, 1010, 20_000, 655],
            23_071.0 / 6.0,
            687.5,
            10_505.0,
        ),
        // Ten times this, divided by ten, is another float.
        (
            &[472_708_288_506_069_659],
            472_708_288_506_069_659_u64 as f64,
            472_708_288_506_069_659_u64 as f64,
            472_708_288_506_069_659_u64 as f64,
        ),
        (
            &[u64::MAX, u64::MAX],
            u64::MAX as f64,
            u64::MAX as f64,
            u64::MAX as f64,
        ),
    ] {
        let found = counts(values).distribution();
        assert_eq!(found.mean(), Some(mean), "{values:?}");
        assert_eq!(found.median(), Some(median), "{values:?}");
        assert_eq!(found.p90(), Some(p90), "{values:?}");
        let mut scores = Scores::default();
        for value in values {
            scores.add(*value as f64);
        }
        assert_eq!(scores.median(), Some(median), "{values:?}");
        assert_eq!(scores.n(), values.len() as u64);
    }
    let nothing = Counts::default().distribution();
    assert_eq!(
        (nothing.mean(), nothing.median(), nothing.max()),
        (None, None, None)
    );
}

#[test]
fn what_is_not_zero_is_found_and_what_is_above_counted() {
    let values = counts(&[0, 0, 120, 121, 240, 241, 20_000]);
    let ran = values.distribution_above_zero();
    assert_eq!(
        (ran.n(), ran.min(), ran.max()),
        (5, Some(120), Some(20_000))
    );
    assert_eq!(
        (ran.above(120), ran.above(240), ran.above(20_000)),
        (4, 2, 0)
    );
    assert_eq!(values.distribution().n(), 7);
}

#[test]
fn scores_that_are_none_are_left_out() {
    let mut scores = Scores::default();
    for score in [f64::NAN, f64::INFINITY, -1.0, -0.0, 86.5, 93.75] {
        scores.add(score);
    }
    assert_eq!(scores.n(), 3);
    assert_eq!(scores.mean(), Some(60.083_333_333_333_336));
}

#[test]
fn shares_have_the_interval_of_wilson() {
    for (part, whole, low, high) in [
        (0, 10, 0.0, 0.277_532_799_862_889_26),
        (1, 10, 0.017_876_213_095_072_896, 0.404_150_026_795_238_5),
        (5, 10, 0.236_593_090_512_564, 0.763_406_909_487_436_1),
        (10, 10, 0.722_467_200_137_110_7, 1.0),
        (81, 263, 0.255_288_519_878_274_2, 0.366_209_576_982_800_04),
        (15, 148, 0.062_386_399_530_736_29, 0.160_487_241_723_303),
    ] {
        let (found_low, found_high) = Ratio::new(part, whole).wilson().unwrap();
        assert!(
            near(found_low, low) && near(found_high, high),
            "{part} of {whole}"
        );
    }
    assert_eq!(Ratio::new(0, 0).share(), None);
    assert_eq!(Ratio::new(0, 0).wilson(), None);
}

#[test]
fn ranks_correlate_as_scipy_says() {
    let pairs = PAIRS.map(|(x, y)| (f64::from(x), y));
    let found = spearman(&pairs).unwrap();
    let (low, high) = found.interval.unwrap();
    assert!(near(found.rho, 0.066_516_158_947_085_94), "{found:?}");
    assert!(
        near(low, -0.250_510_840_107_957_1) && near(high, 0.370_658_979_514_584_54),
        "{found:?}"
    );
}

#[test]
fn without_enough_to_compare_there_is_no_correlation() {
    let line: Vec<(f64, f64)> = (0..10)
        .map(|at| (f64::from(at), f64::from(at * at)))
        .collect();
    let found = spearman(&line).unwrap();
    assert_eq!((found.rho, found.interval, found.n), (1.0, None, 10));
    let reversed: Vec<(f64, f64)> = line.iter().map(|(x, y)| (*x, -y)).collect();
    assert!(near(spearman(&reversed).unwrap().rho, -1.0));
    assert_eq!(spearman(&line[..9]), Err(Undefined::FewPairs));
    let flat = vec![(1.0, 2.0); 12];
    assert_eq!(spearman(&flat), Err(Undefined::NoSpread));
}

/// Values such as durations have, and some that no duration should have.
fn values() -> impl Strategy<Value = Vec<u64>> {
    let value = prop_oneof![8 => 0_u64..900, 4 => 900_u64..5_000, 2 => 5_000_u64..40_000, 1 => any::<u64>()];
    proptest::collection::vec(value, 0..1500)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counting_is_sorting(mut values in values(), split in any::<prop::sample::Index>()) {
        let (left, right) = values.split_at(split.index(values.len() + 1));
        let mut merged = counts(left);
        Counts::merge(&mut merged, &counts(right));
        let all = counts(&values);
        prop_assert_eq!(merged.distribution(), all.distribution());
        values.sort_unstable();
        let mut expected: Vec<(u64, u64)> = Vec::new();
        for value in &values {
            match expected.last_mut() {
                Some((last, times)) if last == value => *times += 1,
                _ => expected.push((*value, 1)),
            }
        }
        let found = all.distribution();
        prop_assert_eq!(found.values(), expected);
        let rank = values.len().saturating_sub(1) * 9;
        if let Some(p90) = found.p90() && values.len() > 1 {
            let low = values[rank / 10] as f64;
            let high = values[rank.div_ceil(10)] as f64;
            prop_assert!(low <= p90 && p90 <= high);
        }
    }

    #[test]
    fn a_correlation_does_not_depend_on_order(pairs in proptest::collection::vec((0_u16..40, 0_u16..40), 10..200)) {
        let mut pairs: Vec<(f64, f64)> = pairs.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
        let first = spearman(&pairs);
        pairs.reverse();
        prop_assert_eq!(first, spearman(&pairs));
        let turned: Vec<(f64, f64)> = pairs.iter().map(|(x, y)| (*x, -y)).collect();
        if let (Ok(found), Ok(turned)) = (first, spearman(&turned)) {
            prop_assert!(found.rho.abs() <= 1.0);
            prop_assert!((found.rho + turned.rho).total_cmp(&0.0).is_eq());
        }
    }
}
