//! Every draw made again: with the seed of the rule, anyone can check that nobody chose what is reviewed.

use crate::decision::Decision;
use crate::sampling::{Rates, SamplingRule};

use super::case::Case;
use super::lists::listed;
use super::{LISTED, section as named};
use secspan_reports::cells::{many, table};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};
use secspan_reports::foremost::Foremost;
use secspan_reports::people::People;
use secspan_reports::statistics::Merge;

const COLUMNS: [Column; 5] = [
    Column::new("seed", "Seed", Unit::Plain),
    Column::new("checked", "Checked", Unit::Count),
    Column::new("equal", "As the rule says", Unit::Count),
    Column::new("required_only", "Required against the rule", Unit::Count),
    Column::new("rule_only", "Left out against the rule", Unit::Count),
];

/// Decisions against the rule that is said to have made them.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    rule: SamplingRule,
    checked: u64,
    /// The rule would not have required it.
    required_only: u64,
    /// The rule would have required it.
    rule_only: u64,
    different: Foremost<Case>,
}

impl Replay {
    pub(super) fn new(seed: u64, rates: Rates) -> Self {
        Self {
            rule: SamplingRule { seed, rates },
            checked: 0,
            required_only: 0,
            rule_only: 0,
            different: Foremost::new(LISTED),
        }
    }

    pub(super) fn add(&mut self, decision: &Decision<'_>) {
        self.checked += 1;
        let required = self.rule.requires(&decision.ticket, decision.priority);
        if required == decision.required {
            return;
        }
        *(if required {
            &mut self.rule_only
        } else {
            &mut self.required_only
        }) += 1;
        self.different
            .offer(|last| decision.decided_at > last.at, || Case::of(decision));
    }
}

impl Merge for Replay {
    fn merge(&mut self, other: Self) {
        self.checked += other.checked;
        self.required_only += other.required_only;
        self.rule_only += other.rule_only;
        self.different.merge(other.different);
    }
}

pub(super) fn section(replay: Option<Replay>, people: &People) -> Section {
    let Some(replay) = replay else {
        let why = "Decisions were not drawn again: the seed of the sampling rule was not given.";
        return named("replay", vec![Note::no_data(why).into()]);
    };
    let different = replay.different.n();
    let row = vec![
        Cell::Count(replay.rule.seed),
        Cell::Count(replay.checked),
        Cell::Count(replay.checked - different),
        Cell::Count(replay.required_only),
        Cell::Count(replay.rule_only),
    ];
    let mut blocks = vec![table("replay", &COLUMNS, vec![row])];
    if different == 0 {
        blocks.push(Note::good("Every decision is what the rule draws with this seed.").into());
    } else {
        let decisions = many(different, "decision differs", "decisions differ");
        let sentence = format!("{decisions} from what the rule draws with this seed.");
        blocks.extend(listed(
            "replay_different",
            sentence,
            replay.different,
            people,
        ));
    }
    named("replay", blocks)
}
