//! What is open and since when, whatever the order; bounds; what a change of configuration keeps.

use proptest::prelude::*;
use secspan_otlp::keys::Keys;

use super::*;
use crate::rules::{Field, RuleFile, RuleSet, Rules};

/// A record of a ticket, an enrichment when it has no closing.
#[derive(Clone, Debug)]
struct Fact {
    ticket: String,
    priority: &'static str,
    opened: Option<i64>,
    closed: Option<i64>,
}

impl Fields for Fact {
    fn get(&self, name: &str) -> Option<Field<'_>> {
        match name {
            "ticket_id" => Some(Field::Text(&self.ticket)),
            "priority" => Some(Field::Text(self.priority)),
            "opened" => self.opened.map(Field::Int),
            "closed" => self.closed.map(Field::Int),
            _ => None,
        }
    }

    fn each(&self, _: &str, _: &mut dyn FnMut(&dyn Fields)) {}
}

fn opening(ticket: &str, priority: &'static str, at: i64) -> Fact {
    Fact {
        ticket: ticket.to_owned(),
        priority,
        opened: Some(at),
        closed: None,
    }
}

fn closing(ticket: &str, at: i64) -> Fact {
    Fact {
        ticket: ticket.to_owned(),
        priority: "P1",
        opened: None,
        closed: Some(at),
    }
}

fn rules_with(labels: &str, items_max: usize) -> Rules {
    let file = RuleFile::parse(&format!(
        "open:
  - name: tickets
    key: ticket_id
    opened_by: [{{ field: opened, exists: true }}]
    opened_at: opened
    closed_by: [{{ field: closed, exists: true }}]
    closed_at: closed
    labels: {{ {labels} }}
    items_max: {items_max}
    count: {{ name: tickets_open, help: Open. }}
    oldest: {{ name: oldest_timestamp_seconds, help: Oldest. }}
"
    ));
    Rules::new(&RuleSet::new(vec![file.unwrap()]), &mut Keys::new()).unwrap()
}

fn rules(items_max: usize) -> Rules {
    rules_with("priority: { from: priority, allowed: [P1, P2] }", items_max)
}

fn after<'f>(rules: &Rules, facts: impl IntoIterator<Item = &'f Fact>) -> String {
    for fact in facts {
        rules.record(fact, None, UnixNanos(99_000_000_000));
    }
    shown(rules)
}

/// Every sample that is not 0, in one line.
fn shown(rules: &Rules) -> String {
    let mut families = Vec::new();
    rules.collect(UnixNanos(1), &mut families);
    let mut lines = Vec::new();
    for family in &families {
        for point in &family.points {
            let value = match point.value {
                PointValue::Gauge(value) | PointValue::Counter { value, .. } => value,
                PointValue::Histogram(_) => panic!("no histogram here"),
            };
            if value != 0.0 {
                let labels: Vec<&str> = point.labels.iter().map(|label| &*label.value).collect();
                lines.push(format!("{}[{}] {value}", family.name, labels.join(",")));
            }
        }
    }
    lines.join("; ")
}

#[test]
fn opened_again_is_open_since_then_opened_twice_since_the_first_time() {
    for (facts, expected) in [
        (
            vec![opening("a", "P1", 10)],
            "tickets_open[P1] 1; oldest_timestamp_seconds[P1] 10",
        ),
        (vec![opening("a", "P1", 10), closing("a", 10)], ""),
        (
            vec![opening("a", "P2", 20), opening("a", "P1", 10)],
            "tickets_open[P2] 1; oldest_timestamp_seconds[P2] 10",
        ),
        (
            vec![
                opening("a", "P1", 10),
                closing("a", 20),
                opening("a", "P2", 30),
            ],
            "tickets_open[P2] 1; oldest_timestamp_seconds[P2] 30",
        ),
        (vec![closing("never opened", 20)], ""),
        (
            vec![opening("a", "P9", 10)],
            "tickets_open[other] 1; oldest_timestamp_seconds[other] 10",
        ),
    ] {
        assert_eq!(after(&rules(9), &facts), expected, "{facts:?}");
    }
}

#[test]
fn what_has_no_name_is_not_open() {
    assert_eq!(after(&rules(9), &[opening("", "P1", 10)]), "");
    // An empty label is an absent one.
    let labels = "priority: { from: priority, default: none }";
    let shown = after(&rules_with(labels, 9), &[opening("a", "", 10)]);
    assert_eq!(
        shown,
        "tickets_open[none] 1; oldest_timestamp_seconds[none] 10"
    );
}

#[test]
fn without_a_time_an_item_is_open_since_it_arrived() {
    let file = RuleFile::parse(
        "open: [{ name: t, key: ticket_id, opened_by: [], closed_by: [{ field: closed, exists: true }],
           oldest: { name: t_timestamp_seconds, help: T. } }]",
    );
    let rules = Rules::new(&RuleSet::new(vec![file.unwrap()]), &mut Keys::new()).unwrap();
    assert!(rules.has_record_rules());
    assert_eq!(
        after(&rules, &[opening("a", "P1", 10)]),
        "t_timestamp_seconds[] 99"
    );
    assert_eq!(
        after(&rules, &[closing("a", 1)]),
        "",
        "opened and closed at 99"
    );
}

#[test]
fn beyond_its_limit_a_rule_keeps_the_old_and_counts_the_new() {
    let rules = rules(2);
    let long = "x".repeat(KEY_BYTES_MAX + 1);
    let facts = ["a", "b", "c", &long].map(|ticket| opening(ticket, "P1", 10));
    let full =
        "tickets_open[P1] 2; oldest_timestamp_seconds[P1] 10; secops_open_dropped_total[tickets] 2";
    assert_eq!(after(&rules, &facts), full);
    assert_eq!(after(&rules, &facts[..2]), full, "known ones are not lost");
    assert_eq!(
        after(&rules, &[closing("a", 20), opening("d", "P2", 30)]),
        "tickets_open[P1] 1; tickets_open[P2] 1; oldest_timestamp_seconds[P1] 10; \
         oldest_timestamp_seconds[P2] 30; secops_open_dropped_total[tickets] 2"
    );
}

#[test]
fn the_oldest_closing_is_forgotten_first() {
    let rules = rules(2);
    let closings = ["a", "b", "c"].map(|ticket| closing(ticket, 20));
    after(&rules, &closings);
    let late = ["a", "b", "c"].map(|ticket| opening(ticket, "P1", 10));
    assert_eq!(
        after(&rules, &late),
        "tickets_open[P1] 1; oldest_timestamp_seconds[P1] 10"
    );
}

#[test]
fn labels_of_any_value_are_bounded() {
    let rules = rules_with("ticket: { from: ticket_id }", 2_000);
    let facts: Vec<Fact> = (0..GROUPS_MAX + 3)
        .map(|number| opening(&number.to_string(), "P1", 10))
        .collect();
    let text = after(&rules, &facts);
    assert!(text.contains("tickets_open[__overflow__] 3"), "{text}");
    assert!(!text.contains("tickets_open[500]"), "{text}");
}

#[test]
fn a_change_of_configuration_keeps_what_is_open_and_what_was_closed() {
    let before = rules(2);
    let facts = [
        opening("a", "P1", 10),
        opening("b", "P2", 20),
        opening("c", "P2", 20),
        closing("z", 50),
    ];
    let shown_before = after(&before, &facts);
    let saved = before.save();
    let same = rules(2);
    assert_eq!(same.restore(&saved), Ok(2));
    assert_eq!(shown(&same), shown_before);
    assert_eq!(after(&same, &[opening("z", "P1", 40)]), shown_before);

    let other_labels = rules_with("", 2);
    assert_eq!(other_labels.restore(&saved), Ok(0));
    for length in 0..saved.len() {
        let cut = rules(2).restore(&saved[..length]);
        assert!(cut.is_err() || length == 8, "{length} of {}", saved.len());
    }
}

#[test]
fn two_rules_for_one_gauge_are_refused() {
    let text = "metrics: [{ name: m, type: gauge, help: M., on: span }]
open:
  - { name: a, key: k, opened_by: [], closed_by: [], count: { name: m, help: M. } }
  - { name: b, key: k, opened_by: [], closed_by: [], count: { name: n, help: N. } }
  - { name: b, key: $name, opened_by: [], closed_by: [], count: { name: n, help: N. } }
";
    let set = RuleSet::new(vec![RuleFile::parse(text).unwrap().with_source("file")]);
    let problems = Rules::new(&set, &mut Keys::new()).unwrap_err();
    let found: Vec<String> = problems
        .iter()
        .map(|problem| {
            format!(
                "{} {}: {} ({})",
                problem.line, problem.path, problem.message, problem.given
            )
        })
        .collect();
    insta::assert_snapshot!(found.join("\n"), @"
    3 open[0]: this metric is defined before (m)
    5 open[2]: these items are defined before (b)
    5 open[2]: this metric is defined before (n)
    5 open[2]: not something a rule can look at ($name)
    ");
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        facts in prop::collection::vec(("[ab]", any::<bool>(), 0i64..50), 0..6),
        seed in any::<u64>(),
    ) {
        // One opening for each time: with two at once, which one came last would decide the label. At most two openings of an item:
        // of those in between, only the first and the last are remembered.
        let mut openings = std::collections::HashMap::new();
        let facts: Vec<Fact> = facts
            .iter()
            .filter(|(ticket, opens, _)| {
                let count: &mut i32 = openings.entry(ticket).or_default();
                *count += i32::from(*opens);
                !*opens || *count <= 2
            })
            .map(|(ticket, opens, at)| if *opens {
                opening(ticket, if at % 2 == 0 { "P1" } else { "P2" }, *at)
            } else {
                closing(ticket, *at)
            })
            .collect();
        let mut shuffled = facts.clone();
        let mut state = seed;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        prop_assert_eq!(after(&rules(99), &facts), after(&rules(99), &shuffled));
    }
}
