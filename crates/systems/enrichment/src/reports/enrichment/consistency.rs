//! Whether priorities fit their evidence: assigned against what CVSS, EPSS and the listing as known exploited allow.
//!
//! A record is doubted only when no value of the factors that it does not have could explain its priority.

mod score;

pub(super) use score::KevRule;

use crate::enrichment::Enrichment;
use crate::terms::Priority;
use score::{CVSS_BANDS, Evidence, KINDS};
use secspan_records::timestamp::Timestamp;

use super::{EXAMPLES_MAX, Options};
use secspan_reports::cells::{NOT_STATED, interval, many, share, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::foremost::Foremost;
use secspan_reports::statistics::{Merge, Ratio};

/// The kinds of doubt, each a bit.
const DOUBTS: [(u8, &str); 3] = [
    (1, "more urgent than the score allows"),
    (2, "less urgent than the score allows"),
    (4, "known exploited, not raised"),
];

/// Counts by evidence and priority, and the latest tickets in doubt.
#[derive(Clone, Debug)]
pub(super) struct Consistency {
    rule: KevRule,
    counts: Box<[[u64; 5]; KINDS]>,
    /// Which doubts evidence and priority raise.
    doubts: Box<[[u8; 5]; KINDS]>,
    examples: [Foremost<Example>; 3],
    limit: usize,
}

/// A ticket in doubt; the latest comes first, of the same moment by ticket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Example {
    at: std::cmp::Reverse<Timestamp>,
    ticket: Box<str>,
    priority: Priority,
    cvss_bits: Option<u64>,
    epss_bits: Option<u64>,
    listed: Option<bool>,
}

const COLUMNS: [Column; 6] = [
    Column::new("doubt", "Priority", Unit::Plain),
    Column::new("checked", "Checked", Unit::Count),
    Column::new("n", "Found", Unit::Count),
    Column::new("share", "Share", Unit::Share).of("checked"),
    Column::new("share_low", "95 % from", Unit::Share),
    Column::new("share_high", "95 % to", Unit::Share),
];

const BAND_COLUMNS: [Column; 7] = [
    Column::new("cvss", "CVSS", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("p1", "P1", Unit::Count),
    Column::new("p2", "P2", Unit::Count),
    Column::new("p3", "P3", Unit::Count),
    Column::new("p4", "P4", Unit::Count),
    Column::new("p5", "P5", Unit::Count),
];

const EXAMPLE_COLUMNS: [Column; 8] = [
    Column::new("doubt", "Priority", Unit::Plain),
    Column::new("ticket", "Ticket", Unit::Plain),
    Column::new("completed", "Completed", Unit::Plain),
    Column::new("priority", "Is", Unit::Plain),
    Column::new("allowed", "Allowed", Unit::Plain),
    Column::new("cvss", "CVSS", Unit::Number),
    Column::new("epss", "EPSS", Unit::Number),
    Column::new("kev", "Known exploited", Unit::Plain),
];

impl Consistency {
    pub(super) fn new(options: &Options) -> Self {
        let rule = options.kev_rule;
        let mut doubts = Box::new([[0; 5]; KINDS]);
        for (row, evidence) in doubts.iter_mut().zip(Evidence::all()) {
            *row = Priority::ALL.map(|priority| doubt(evidence, priority, rule));
        }
        let limit = options.examples.min(EXAMPLES_MAX);
        Self {
            rule,
            counts: Box::new([[0; 5]; KINDS]),
            doubts,
            examples: DOUBTS.map(|_| Foremost::new(limit)),
            limit,
        }
    }

    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        let index = Evidence::new(view.cvss, view.epss, view.known_exploited).index();
        let priority = view.priority as usize;
        let counts = self.counts.get_mut(index);
        if let Some(count) = counts.and_then(|row| row.get_mut(priority)) {
            *count += 1;
        }
        let doubts = self.doubts.get(index).and_then(|row| row.get(priority));
        if let Some(doubts) = doubts.copied().filter(|doubts| *doubts != 0) {
            self.keep(view, doubts);
        }
    }

    fn keep(&mut self, view: &Enrichment<'_>, doubts: u8) {
        for (latest, (bit, _)) in self.examples.iter_mut().zip(DOUBTS) {
            if doubts & bit != 0 {
                latest.offer(
                    |last| view.completed_at < last.at.0,
                    || Example {
                        at: std::cmp::Reverse(view.completed_at),
                        ticket: (&*view.ticket).into(),
                        priority: view.priority,
                        cvss_bits: view.cvss.map(f64::to_bits),
                        epss_bits: view.epss.map(f64::to_bits),
                        listed: view.known_exploited,
                    },
                );
            }
        }
    }

    pub(super) fn section(self) -> Section {
        let mut blocks = self.doubt_blocks();
        let bands = self.bands();
        blocks.extend(example_blocks(self.examples, self.rule, self.limit));
        blocks.push(Note::info(rule_words(self.rule)).into());
        blocks.push(Note::info(OVERLAP).into());
        blocks.push(bands);
        Section {
            key: "consistency",
            title: "Priority against CVSS, EPSS and KEV".to_owned(),
            blocks,
        }
    }

    fn doubt_blocks(&self) -> Vec<Block> {
        let unchecked = self.count(|evidence, _| evidence.is_nothing());
        let mut blocks = Vec::new();
        let rows = DOUBTS.map(|(bit, name)| {
            let listing = bit == 4;
            let checked = self.count(|evidence, _| {
                !evidence.is_nothing() && (!listing || evidence.listed == Some(true))
            });
            let found =
                self.count(|evidence, priority| doubt(evidence, priority, self.rule) & bit != 0);
            let mut row = vec![
                text(name),
                Cell::Count(checked),
                Cell::Count(found),
                share(found, checked),
            ];
            row.extend(interval(Ratio::new(found, checked)));
            row
        });
        blocks.push(table("consistency", &COLUMNS, rows.to_vec()));
        if unchecked > 0 {
            let words = many(unchecked, "enrichment has", "enrichments have");
            let why = format!("{words} neither CVSS nor EPSS nor KEV and cannot be checked.");
            blocks.push(Note::info(why).into());
        }
        blocks
    }

    /// How many enrichments have such evidence and priority.
    fn count(&self, such: impl Fn(Evidence, Priority) -> bool) -> u64 {
        let rows = Evidence::all().zip(self.counts.iter());
        let cells = rows.flat_map(|(evidence, row)| {
            Priority::ALL
                .into_iter()
                .zip(row)
                .map(move |(priority, count)| (evidence, priority, *count))
        });
        let such = cells.filter(|(evidence, priority, _)| such(*evidence, *priority));
        such.map(|(_, _, count)| count).sum()
    }

    fn bands(&self) -> Block {
        let rows = (0..=4_u8).rev().zip(CVSS_BANDS.into_iter().rev());
        let rows = rows.map(|(points, name)| {
            let by_priority = Priority::ALL.map(|priority| {
                self.count(|evidence, other| evidence.cvss == points && other == priority)
            });
            let mut row = vec![text(name), Cell::Count(by_priority.iter().sum())];
            row.extend(by_priority.map(Cell::Count));
            row
        });
        table("consistency_cvss", &BAND_COLUMNS, rows.collect())
    }
}

fn example_blocks(examples: [Foremost<Example>; 3], rule: KevRule, limit: usize) -> Vec<Block> {
    let named = DOUBTS.iter().zip(examples);
    let rows: Vec<Vec<Cell>> = named
        .flat_map(|((_, doubt), latest)| {
            let tickets = latest.into_sorted().into_iter();
            tickets.map(|ticket| example_row(doubt, &ticket, rule))
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    vec![
        Note::warning(format!(
            "The latest tickets in doubt, at most {limit} of each kind:"
        ))
        .into(),
        table("consistency_tickets", &EXAMPLE_COLUMNS, rows),
    ]
}

fn example_row(doubt: &str, example: &Example, rule: KevRule) -> Vec<Cell> {
    let cvss = example.cvss_bits.map(f64::from_bits);
    let epss = example.epss_bits.map(f64::from_bits);
    let (urgent, relaxed) = Evidence::new(cvss, epss, example.listed).allowed(rule);
    let allowed = if urgent == relaxed {
        urgent.as_str().to_owned()
    } else {
        format!("{} to {}", urgent.as_str(), relaxed.as_str())
    };
    vec![
        text(doubt),
        text(&*example.ticket),
        text(example.at.0.to_string()),
        text(example.priority.as_str()),
        text(allowed),
        Cell::number(cvss, NOT_STATED),
        Cell::number(epss, NOT_STATED),
        example.listed.map_or(Cell::Missing(NOT_STATED), Cell::Flag),
    ]
}

/// Not a sum: why the numbers of the kinds do not add up to the tickets in doubt.
const OVERLAP: &str = "The kinds overlap: a known exploited ticket that was not raised may be less urgent than its score \
    allows as well, and counts in both.";

fn rule_words(rule: KevRule) -> String {
    let raise = match rule {
        KevRule::P1 => "P1",
        KevRule::AtLeastP2 => "P2 at least",
    };
    format!(
        "The score has 0 to 24 points. CVSS (1 to 4), EPSS (1 to 4) and a listing as known exploited (5) are in the records; \
         criticality (1 to 4), exposure (1 to 3) and exploitability (1 to 4) are not, so they count as anything from fewest \
         to most. P1 from 20, P2 from 15, P3 from 10, P4 from 6. Known exploited means {raise}."
    )
}

/// The doubts that a priority with this evidence raises, as bits.
fn doubt(evidence: Evidence, priority: Priority, rule: KevRule) -> u8 {
    let (urgent, _) = evidence.allowed(rule);
    let (_, relaxed) = evidence.by_score();
    let raised = evidence.listed != Some(true) || priority <= rule.floor();
    u8::from(priority < urgent) | u8::from(priority > relaxed) << 1 | u8::from(!raised) << 2
}

impl Merge for Consistency {
    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(*other.counts) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.examples.iter_mut().zip(other.examples) {
            mine.merge(theirs);
        }
    }
}
