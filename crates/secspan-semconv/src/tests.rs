//! The tables are sorted, complete and say what the contracts say.

use super::*;

fn find_attribute(name: &str) -> Option<&'static AttributeDef> {
    find(attribute::TABLE, name, |def| def.name)
}

fn assert_sorted(names: &[&str]) {
    for pair in names.windows(2) {
        assert!(pair[0] < pair[1], "{} must come after {}", pair[0], pair[1]);
    }
}

#[test]
fn tables_are_sorted_by_name() {
    assert_sorted(
        &attribute::TABLE
            .iter()
            .map(|def| def.name)
            .collect::<Vec<_>>(),
    );
    assert_sorted(&event::TABLE.iter().map(|def| def.name).collect::<Vec<_>>());
    assert_sorted(&metric::TABLE.iter().map(|def| def.name).collect::<Vec<_>>());
}

#[test]
fn every_row_is_found_by_its_name() {
    for def in attribute::TABLE {
        assert_eq!(find_attribute(def.name), Some(def));
    }
    for def in metric::TABLE {
        assert_eq!(find_metric(def.name), Some(def));
    }
    for def in event::TABLE {
        assert_eq!(find(event::TABLE, def.name, |def| def.name), Some(def));
    }
    assert_eq!(find_attribute("secops.nothing"), None);
}

#[test]
fn attributes_are_ours_exactly_when_they_carry_our_prefix() {
    for def in attribute::TABLE {
        assert_eq!(def.ours, def.name.starts_with("secops."), "{}", def.name);
    }
}

#[test]
fn events_name_only_known_attributes() {
    for def in event::TABLE {
        for name in def.required.iter().chain(def.recommended) {
            assert!(find_attribute(name).is_some(), "{}: {name}", def.name);
        }
    }
}

#[test]
fn counters_have_no_buckets_and_bounds_rise() {
    for def in metric::TABLE {
        assert!(
            def.instrument == Instrument::Histogram || def.buckets.is_empty(),
            "{}",
            def.name
        );
        assert!(
            def.buckets.windows(2).all(|pair| pair[0] < pair[1]),
            "{}",
            def.name
        );
    }
}

#[test]
fn a_name_that_ends_in_a_unit_has_that_unit() {
    let suffixes = [
        ("_seconds", "s"),
        ("_milliseconds", "ms"),
        ("_bytes", "By"),
        ("_hours", "h"),
        ("_ratio", "1"),
    ];
    for def in metric::TABLE {
        let name = def.name.trim_end_matches("_total");
        let found = suffixes.iter().find(|(suffix, _)| name.ends_with(suffix));
        if let Some((_, unit)) = found {
            assert_eq!(def.unit, *unit, "{}", def.name);
        }
        let brief = def.brief.to_lowercase();
        if ["bytes ", "size in bytes"]
            .iter()
            .any(|word| brief.starts_with(word))
        {
            assert_eq!(def.unit, "By", "{}", def.name);
        }
    }
}

#[test]
fn enrichment_has_eight_stages_and_six_older_keys() {
    let definition = span::WORKFLOWS
        .iter()
        .find(|def| def.name == span::workflow::SECURITY_ALERT_ENRICHMENT_V1);
    let stages = definition.map_or(&[][..], |found| found.stages);
    let mut keys: Vec<_> = stages.iter().map(|stage| stage.legacy_key).collect();
    keys.dedup();
    assert_eq!((stages.len(), keys.len()), (8, 6));
    assert_eq!(stages[1].budget_seconds, Some(300));
}

#[test]
fn readers_take_what_common_bridges_write() {
    let kev = find_attribute(attribute::SECOPS_VULNERABILITY_KNOWN_EXPLOITED);
    let count = find_attribute(attribute::SECOPS_PERPLEXITY_CITATION_COUNT);
    assert!(kev.is_some_and(|def| def.takes(AttributeKind::String)));
    assert!(count.is_some_and(|def| def.takes(AttributeKind::String)));
    assert!(count.is_some_and(|def| !def.takes(AttributeKind::Bool)));
}
