//! Draws that other languages get too, rates that hold, and the texts that legacy scripts look for.

use proptest::prelude::*;

use super::*;
use std::borrow::Cow;

use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::timestamp::MicroTimestamp;

use crate::decision::Decision;
use crate::kinds::DECISION;

/// From Python: `int.from_bytes(hmac.new(str(seed).encode(), ticket.encode(), "sha256").digest()[:8], "big")`.
const DRAWS: [(u64, &str, u64); 4] = [
    (0, "OPS-1", 4_689_898_664_834_745_140),
    (42, "OPS-802", 8_751_318_792_065_754_081),
    (42, "OPS-803", 17_795_618_262_269_050_408),
    (u64::MAX, "Ünïcode-7", 11_526_365_122_538_857_448),
];

#[test]
fn draws_are_those_of_the_formula() {
    for (seed, ticket, draw) in DRAWS {
        assert_eq!(
            SamplingRule::with_seed(seed).draw(ticket),
            draw,
            "{seed} {ticket}"
        );
    }
    let rule = SamplingRule::with_seed(7);
    let required = (0..10_000).filter(|n| rule.requires(&format!("OPS-{n}"), Priority::P3));
    assert_eq!(required.count(), 2_404, "as the formula in Python counts");
}

#[test]
fn the_three_reasons_are_those_of_the_legacy_writer() {
    let rule = SamplingRule::default();
    for (priority, required, reason) in [
        (Priority::P1, true, "Mandatory review for P1 priority"),
        (Priority::P2, true, "Mandatory review for P2 priority"),
        (
            Priority::P3,
            true,
            "Randomly selected for review (25% sampling)",
        ),
        (
            Priority::P3,
            false,
            "Not selected for review (25% sampling)",
        ),
        (
            Priority::P4,
            false,
            "Not selected for review (10% sampling)",
        ),
        (
            Priority::P5,
            true,
            "Randomly selected for review (5% sampling)",
        ),
    ] {
        assert_eq!(rule.reason(priority, required), reason);
    }
}

#[test]
fn rates_are_bounded_and_print_as_percent() {
    for (percent, text) in [
        (0.0, "0%"),
        (12.5, "12.5%"),
        (0.014, "0.01%"),
        (100.0, "100%"),
    ] {
        assert_eq!(Rate::from_percent(percent).unwrap().to_string(), text);
    }
    for percent in [-0.1, 100.1, f64::NAN] {
        assert!(Rate::from_percent(percent).is_err(), "{percent}");
    }
}

#[test]
fn every_ticket_and_no_ticket_are_rates_too() {
    let none = Rate::from_percent(0.0).unwrap();
    assert!(!none.includes(0) && Rate::ALL.includes(u64::MAX));
    let half = Rate::from_percent(50.0).unwrap();
    assert!(half.includes(u64::MAX / 2) && !half.includes(u64::MAX / 2 + 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn the_share_of_reviews_is_the_rate(seed in any::<u64>(), priority in 0_usize..5) {
        let (rule, priority) = (SamplingRule::with_seed(seed), Priority::ALL[priority]);
        let tickets = 4_000_u32;
        let required = (0..tickets).filter(|n| rule.requires(&format!("SEC-{n}"), priority)).count();
        let share = required as f64 / f64::from(tickets);
        let rate = rule.rates.of(priority).percent() / 100.0;
        // Six standard deviations: once in a billion runs by chance.
        let allowed = 6.0 * (rate * (1.0 - rate) / f64::from(tickets)).sqrt();
        prop_assert!((share - rate).abs() <= allowed, "{share} is not {rate}");
    }
}

proptest! {
    #[test]
    fn a_decision_is_replayed_and_grows_with_the_priority(
        seed in any::<u64>(),
        ticket in "[A-Z]{2,5}-[0-9]{1,6}",
        micros in 0_i64..4_000_000_000_000_000,
    ) {
        let rule = SamplingRule::with_seed(seed);
        let decide = |priority, at| Decision::by(&rule, Cow::Borrowed(&*ticket), priority, at);
        let at = MicroTimestamp::from_unix_micros(micros);
        let mut before = true;
        for priority in Priority::ALL {
            let decision = decide(priority, at);
            prop_assert_eq!(&decision, &decide(priority, at));
            prop_assert!(before || !decision.required, "a lower priority has no review that a higher one lacks");
            before = decision.required;
            let mandatory = rule.rates.of(priority) == Rate::ALL;
            prop_assert_eq!(decision.is_mandatory(), mandatory);
            let strict = Reading { strict: true, ..Reading::default() };
            let record = decision.into_record();
            let read = Record::from_line(&DECISION, &record.to_line(), strict);
            prop_assert_eq!(read, Ok(record));
        }
    }
}
