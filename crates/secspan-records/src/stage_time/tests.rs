//! Interval arithmetic against a simulation that looks at every tick, and sums that must be exact.

use proptest::prelude::*;

use super::*;

fn span(stage: u8, start: u64, end: u64, enclosing: Option<usize>) -> StageSpan {
    StageSpan {
        stage,
        start,
        end,
        enclosing,
    }
}

#[test]
fn the_rules_one_by_one() {
    let table: [(&str, &[StageSpan], [u64; 2]); 7] = [
        ("nothing", &[], [0, 0]),
        (
            "a retry adds",
            &[span(0, 0, 10, None), span(0, 20, 25, None)],
            [15, 0],
        ),
        (
            "overlap counts once",
            &[span(0, 0, 10, None), span(0, 5, 12, None)],
            [12, 0],
        ),
        (
            "parallel stages both count",
            &[span(0, 0, 10, None), span(1, 0, 10, None)],
            [10, 10],
        ),
        (
            "inner only",
            &[span(0, 0, 10, None), span(1, 4, 6, Some(0))],
            [8, 2],
        ),
        (
            "inner outlives outer",
            &[span(0, 0, 10, None), span(1, 8, 15, Some(0))],
            [8, 7],
        ),
        ("ends before it starts", &[span(0, 10, 5, None)], [0, 0]),
    ];
    for (what, spans, expected) in table {
        assert_eq!(stage_nanos(spans, 2), expected, "{what}");
    }
}

#[test]
fn spans_on_a_cycle_do_not_hang() {
    let spans = [
        span(0, 0, 10, Some(1)),
        span(1, 0, 10, Some(0)),
        span(0, 3, 4, Some(2)),
    ];
    assert_eq!(stage_nanos(&spans, 2).len(), 2);
}

#[test]
fn remainders_go_to_the_largest_then_to_the_earlier() {
    let second = NANOS_PER_SECOND;
    assert_eq!(
        apportion(2, &[second * 6 / 10, second * 6 / 10, second * 6 / 10]),
        [1, 1, 0]
    );
    assert_eq!(
        apportion(1, &[second / 3, second / 2, second / 3]),
        [0, 1, 0]
    );
    assert_eq!(apportion(0, &[0, 0]), [0, 0]);
}

/// At every tick: a span is active for its own stage unless a stage span inside it is active then.
fn simulate(spans: &[StageSpan], stages: usize, ticks: u64) -> Vec<u64> {
    let inside = |inner: usize, outer: usize| {
        let mut at = spans[inner].enclosing;
        while let Some(index) = at {
            if index == outer {
                return true;
            }
            at = spans[index].enclosing;
        }
        false
    };
    let active = |at: usize, tick: u64| spans[at].start <= tick && tick < spans[at].end;
    let mut totals = vec![0; stages];
    for tick in 0..ticks {
        for (stage, total) in totals.iter_mut().enumerate() {
            let counts = (0..spans.len()).any(|at| {
                usize::from(spans[at].stage) == stage
                    && active(at, tick)
                    && !(0..spans.len()).any(|inner| inside(inner, at) && active(inner, tick))
            });
            *total += u64::from(counts);
        }
    }
    totals
}

fn forest() -> impl Strategy<Value = Vec<StageSpan>> {
    // A span may only be enclosed by an earlier one, so there is no cycle.
    let drawn = (
        0_u8..3,
        0_u64..60,
        0_u64..60,
        proptest::option::of(any::<prop::sample::Index>()),
    );
    prop::collection::vec(drawn, 0..12).prop_map(|spans| {
        let enclosed = |at: usize, index: Option<prop::sample::Index>| {
            index.filter(|_| at > 0).map(|index| index.index(at))
        };
        let spans = spans.into_iter().enumerate();
        spans
            .map(|(at, (stage, a, b, index))| span(stage, a, b, enclosed(at, index)))
            .collect()
    })
}

proptest! {
    #[test]
    fn arithmetic_equals_the_simulation(spans in forest()) {
        prop_assert_eq!(stage_nanos(&spans, 3), simulate(&spans, 3, 60));
    }

    #[test]
    fn rounded_parts_add_up(parts in prop::collection::vec(0_u64..5_000_000_000_000, 1..9)) {
        let total = round_to_seconds(parts.iter().sum());
        let seconds = apportion(total, &parts);
        prop_assert_eq!(seconds.iter().sum::<u64>(), total);
        for (second, nanos) in seconds.iter().zip(&parts) {
            prop_assert!(second.abs_diff(nanos / NANOS_PER_SECOND) <= 1);
            prop_assert!(*nanos > 0 || *second == 0, "an idle part stays 0");
        }
    }
}
