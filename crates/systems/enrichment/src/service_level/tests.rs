//! Targets and states by table; business hours against a count of single minutes, and as laws.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn business() -> Hours {
    Hours::Business(BusinessHours::default())
}

/// Long after everything.
const NEVER: &str = "9999-01-01T00:00:00Z";

/// Priority, closing, moment of asking, state; all were enriched at the beginning of December.
const STANDINGS: [(Priority, Option<&str>, &str, State); 16] = [
    (
        Priority::P1,
        Some("2025-12-02T00:00:00Z"),
        NEVER,
        State::Met,
    ),
    (
        Priority::P1,
        Some("2025-12-02T00:00:01Z"),
        NEVER,
        State::Missed,
    ),
    (
        Priority::P1,
        None,
        "2025-12-01T17:59:59Z",
        State::OpenWithin,
    ),
    (
        Priority::P1,
        None,
        "2025-12-01T18:00:00Z",
        State::OpenWarning,
    ),
    (
        Priority::P1,
        None,
        "2025-12-02T00:00:00Z",
        State::OpenWarning,
    ),
    (
        Priority::P1,
        None,
        "2025-12-02T00:00:01Z",
        State::OpenOverdue,
    ),
    (
        Priority::P2,
        None,
        "2025-12-05T23:59:59Z",
        State::OpenWithin,
    ),
    (
        Priority::P2,
        None,
        "2025-12-06T00:00:00Z",
        State::OpenWarning,
    ),
    (
        Priority::P2,
        Some("2025-12-08T00:00:00Z"),
        NEVER,
        State::Met,
    ),
    (
        Priority::P3,
        None,
        "2025-12-25T00:00:00Z",
        State::OpenWarning,
    ),
    (
        Priority::P3,
        Some("2025-12-31T00:00:01Z"),
        NEVER,
        State::Missed,
    ),
    (
        Priority::P4,
        None,
        "2026-02-10T23:59:59Z",
        State::OpenWithin,
    ),
    (
        Priority::P4,
        None,
        "2026-02-11T00:00:00Z",
        State::OpenWarning,
    ),
    (
        Priority::P5,
        Some("2030-01-01T00:00:00Z"),
        NEVER,
        State::NoTarget,
    ),
    (
        Priority::P1,
        Some("2025-12-02T00:00:00Z"),
        "2025-12-01T10:00:00Z",
        State::OpenWithin,
    ),
    (
        Priority::P1,
        Some("2025-11-30T00:00:00Z"),
        NEVER,
        State::Met,
    ),
];

#[test]
fn a_ticket_stands_where_the_handbook_says() {
    let levels = ServiceLevels::default();
    let enriched = "2025-12-01T00:00:00Z";
    for (priority, closed, as_of, state) in STANDINGS {
        let standing = levels.standing(priority, at(enriched), closed.map(at), at(as_of));
        assert_eq!(standing.state, state, "{priority:?} {closed:?} {as_of}");
        assert_eq!(standing.due.is_none(), state == State::NoTarget);
    }
}

#[test]
fn business_hours_stand_still_at_night_and_on_weekends() {
    let levels = ServiceLevels::default().counted_in(business(), &[Priority::P1]);
    let friday = at("2025-12-05T16:00:00Z");
    let standing = levels.standing(Priority::P1, friday, None, at("2025-12-08T10:00:00Z"));
    assert_eq!(standing.elapsed_seconds, 2 * 3_600);
    assert_eq!(standing.due, Some(at("2025-12-10T16:00:00Z")));
    assert_eq!(
        levels.target(Priority::P2).map(|target| target.hours),
        Some(Hours::Calendar)
    );
    let month = ServiceLevels::default().counted_in(business(), &Priority::ALL);
    let due = month
        .standing(Priority::P3, at("2025-12-01T09:00:00Z"), None, friday)
        .due;
    assert_eq!(
        due,
        Some(at("2026-04-03T17:00:00Z")),
        "720 hours are ninety working days"
    );
}

#[test]
fn a_ticket_closed_while_the_clock_stands_still_is_in_time() {
    let levels = ServiceLevels::default().counted_in(business(), &[Priority::P1]);
    let enriched = at("2025-12-02T17:00:00Z");
    let saturday = at("2025-12-06T12:00:00Z");
    let standing = levels.standing(Priority::P1, enriched, Some(saturday), saturday);
    assert_eq!(standing.due, Some(at("2025-12-05T17:00:00Z")));
    assert_eq!(standing.state, State::Met);
}

#[test]
fn hours_may_be_elsewhere() {
    let hours = BusinessHours::new(8 * 60 + 30, 18 * 60, 120).unwrap();
    let (from, to) = (at("2025-12-05T15:00:00Z"), at("2025-12-08T06:31:00Z"));
    assert_eq!(
        hours.between(from, to),
        3_600 + 60,
        "17:00 on Friday to 8:31 on Monday"
    );
    assert_eq!(hours.after(from, 3_600), at("2025-12-05T16:00:00Z"));
    assert_eq!(hours.after(from, 3_601), at("2025-12-08T06:30:01Z"));
}

#[test]
fn what_is_no_working_day_is_refused() {
    for (from, to, offset) in [
        (600, 600, 0),
        (600, 540, 0),
        (0, 1_441, 0),
        (540, 1_020, 841),
        (540, 1_020, i16::MIN + 1),
    ] {
        assert!(
            BusinessHours::new(from, to, offset).is_err(),
            "{from} {to} {offset}"
        );
    }
    assert!(BusinessHours::new(0, 1_440, -840).is_ok());
}

fn hours() -> impl Strategy<Value = BusinessHours> {
    (0_u16..1_439, 1_u16..1_440, -840_i16..=840).prop_map(|(from, length, offset)| {
        BusinessHours::new(from, (from + length).min(1_440), offset).unwrap()
    })
}

/// A time of the years that tickets have, on a second.
fn time() -> impl Strategy<Value = Timestamp> {
    (1_600_000_000_i64..1_900_000_000).prop_map(Timestamp::from_unix_seconds)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn business_time_is_counted_minute_by_minute(hours in hours(), from in 26_000_000_i64..32_000_000, minutes in 0_i64..12_000) {
        let minute = |n: i64| Timestamp::from_unix_seconds((from + n) * 60);
        let counted = (0..minutes).filter(|n| hours.between(minute(*n), minute(n + 1)) == 60).count();
        let sum = hours.between(minute(0), minute(minutes));
        prop_assert_eq!(sum, counted as u64 * 60);
    }
}

proptest! {
    #[test]
    fn business_time_adds_up_and_never_runs_backwards(hours in hours(), mut times in prop::array::uniform3(time())) {
        times.sort();
        let [a, b, c] = times;
        prop_assert_eq!(hours.between(a, b) + hours.between(b, c), hours.between(a, c));
        prop_assert_eq!(hours.between(c, a), 0);
        prop_assert!(hours.between(a, c) <= Hours::Calendar.between(a, c));
    }

    #[test]
    fn a_week_has_five_working_days(hours in hours(), from in time()) {
        let day = hours.between(from, from.plus_seconds(7 * 86_400)) / 5;
        prop_assert_eq!(day * 5, hours.between(from, from.plus_seconds(7 * 86_400)));
        prop_assert!(day > 0 && day % 60 == 0);
    }

    #[test]
    fn the_due_time_is_the_first_at_which_the_limit_is_used_up(
        hours in prop_oneof![Just(Hours::Calendar), hours().prop_map(Hours::Business)],
        from in time(),
        seconds in 0_u64..10_000_000,
    ) {
        let due = hours.after(from, seconds);
        prop_assert!(due >= from);
        prop_assert_eq!(hours.between(from, due), seconds);
        if seconds > 0 {
            prop_assert_eq!(hours.between(from, due.plus_seconds(-1)), seconds - 1);
        }
    }

    #[test]
    fn later_is_never_better(priority in 0_usize..5, business in any::<bool>(), enriched in time(), ages in prop::array::uniform2(0_i64..20_000_000)) {
        let counted = if business { &Priority::ALL[..] } else { &[] };
        let levels = ServiceLevels::default().counted_in(Hours::Business(BusinessHours::default()), counted);
        let [sooner, later] = if ages[0] <= ages[1] { ages } else { [ages[1], ages[0]] };
        let priority = Priority::ALL[priority];
        let open = |age| levels.standing(priority, enriched, None, enriched.plus_seconds(age));
        let closed = |age| levels.standing(priority, enriched, Some(enriched.plus_seconds(age)), Timestamp::from_unix_seconds(i64::MAX));
        prop_assert!(open(sooner).state <= open(later).state);
        prop_assert!(closed(sooner).state <= closed(later).state);
        prop_assert!(open(sooner).elapsed_seconds <= open(later).elapsed_seconds);
        prop_assert_eq!(open(later).state == State::OpenOverdue, closed(later).state == State::Missed);
    }
}

#[test]
fn very_far_targets_do_not_overflow() {
    let far = business().after(at("2025-12-05T16:00:00Z"), u64::MAX);
    assert_eq!(far.to_string(), "9999-12-30T22:00:00Z");
    let far = business().after(at("2025-12-05T16:00:00Z"), i64::MAX as u64);
    assert_eq!(far.to_string(), "9999-12-30T22:00:00Z");
}
