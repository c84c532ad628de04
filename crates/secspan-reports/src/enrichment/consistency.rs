//! Whether priorities fit their evidence: assigned against what CVSS, EPSS and the listing as known exploited allow.
//!
//! A record is doubted only when no value of the factors that it does not have could explain its priority.

mod score;

pub use score::KevRule;

use score::{CVSS_BANDS, Evidence, KINDS};
use secspan_records::entry::EnrichmentView;
use secspan_records::terms::Priority;
use secspan_records::timestamp::Timestamp;

use super::{EXAMPLES_MAX, Options};
use crate::cells::{NOT_STATED, interval, many, share, table, text};
use crate::document::{Block, Cell, Column, Level, Note, Section, Unit};
use crate::statistics::{Merge, Ratio};

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
    examples: [Latest; 3],
}

/// The latest tickets of one kind of doubt.
#[derive(Clone, Debug)]
struct Latest {
    limit: usize,
    /// Latest first; of the same moment by ticket.
    tickets: Vec<Example>,
}

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
        let latest = Latest {
            limit,
            tickets: Vec::new(),
        };
        Self {
            rule,
            counts: Box::new([[0; 5]; KINDS]),
            doubts,
            examples: [latest.clone(), latest.clone(), latest],
        }
    }

    #[inline]
    pub(super) fn add(&mut self, view: &EnrichmentView<'_>) {
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

    fn keep(&mut self, view: &EnrichmentView<'_>, doubts: u8) {
        for (latest, (bit, _)) in self.examples.iter_mut().zip(DOUBTS) {
            if doubts & bit != 0 && latest.takes(view.completed_at) {
                latest.insert(Example {
                    at: std::cmp::Reverse(view.completed_at),
                    ticket: (&*view.ticket).into(),
                    priority: view.priority,
                    cvss_bits: view.cvss.map(f64::to_bits),
                    epss_bits: view.epss.map(f64::to_bits),
                    listed: view.known_exploited,
                });
            }
        }
    }

    pub(super) fn section(&self) -> Section {
        let mut blocks = self.doubt_blocks();
        blocks.push(Note::info(self.rule_words()).into());
        blocks.push(self.bands());
        Section {
            key: "consistency",
            title: "Priority against CVSS, EPSS and KEV".to_owned(),
            blocks,
        }
    }

    fn doubt_blocks(&self) -> Vec<Block> {
        let unchecked = self.count(|evidence, _| evidence.is_nothing());
        let mut blocks = Vec::new();
        let mut found_any = 0;
        let rows = DOUBTS.map(|(bit, name)| {
            let listing = bit == 4;
            let checked = self.count(|evidence, _| {
                !evidence.is_nothing() && (!listing || evidence.listed == Some(true))
            });
            let found =
                self.count(|evidence, priority| doubt(evidence, priority, self.rule) & bit != 0);
            found_any += found;
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
        if found_any > 0 {
            blocks.extend(self.example_blocks());
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

    fn example_blocks(&self) -> Vec<Block> {
        let rows: Vec<Vec<Cell>> = DOUBTS
            .iter()
            .zip(&self.examples)
            .flat_map(|((_, name), latest)| {
                latest
                    .tickets
                    .iter()
                    .map(|ticket| self.example(name, ticket))
            })
            .collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let limit = self.examples.first().map_or(0, |latest| latest.limit);
        let note = Note {
            level: Level::Warning,
            text: format!("The latest tickets in doubt, at most {limit} of each kind:"),
        };
        vec![
            note.into(),
            table("consistency_tickets", &EXAMPLE_COLUMNS, rows),
        ]
    }

    fn example(&self, doubt: &str, example: &Example) -> Vec<Cell> {
        let score = |bits: Option<u64>| Cell::number(bits.map(f64::from_bits), NOT_STATED);
        let (cvss, epss) = (example.cvss_bits, example.epss_bits);
        let evidence = Evidence::new(
            cvss.map(f64::from_bits),
            epss.map(f64::from_bits),
            example.listed,
        );
        let (urgent, relaxed) = evidence.allowed(self.rule);
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
            score(cvss),
            score(epss),
            example.listed.map_or(Cell::Missing(NOT_STATED), Cell::Flag),
        ]
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

    fn rule_words(&self) -> String {
        let raise = match self.rule {
            KevRule::P1 => "P1",
            KevRule::AtLeastP2 => "P2 at least",
        };
        format!(
            "The score has 0 to 24 points. CVSS (1 to 4), EPSS (1 to 4) and a listing as known exploited (5) are in the \
             records; criticality (1 to 4), exposure (1 to 3) and exploitability (1 to 4) are not, so they count as anything \
             from fewest to most. P1 from 20, P2 from 15, P3 from 10, P4 from 6. Known exploited means {raise}."
        )
    }
}

/// The doubts that a priority with this evidence raises, as bits.
fn doubt(evidence: Evidence, priority: Priority, rule: KevRule) -> u8 {
    let (urgent, _) = evidence.allowed(rule);
    let (_, relaxed) = evidence.by_score();
    let raised = evidence.listed != Some(true) || priority <= rule.floor();
    u8::from(priority < urgent) | u8::from(priority > relaxed) << 1 | u8::from(!raised) << 2
}

impl Latest {
    /// Whether a ticket of that time may be among the latest.
    fn takes(&self, at: Timestamp) -> bool {
        self.tickets.len() < self.limit || self.tickets.last().is_some_and(|last| at >= last.at.0)
    }

    fn insert(&mut self, example: Example) {
        let place = self.tickets.partition_point(|other| *other <= example);
        self.tickets.insert(place, example);
        self.tickets.truncate(self.limit);
    }
}

impl Merge for Consistency {
    fn merge(&mut self, other: Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(*other.counts) {
            mine.merge(theirs);
        }
        for (mine, theirs) in self.examples.iter_mut().zip(other.examples) {
            for example in theirs.tickets {
                mine.insert(example);
            }
        }
    }
}
