//! What does it cost to take a record into account, and how much memory does a million of them take?
//!
//! Prints nanoseconds per enrichment for each report, the best of several rounds over records in the order of time and in
//! no order, the time that the report takes at the end, and the memory that the process gained.

#![expect(
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench measures time, prints it, and stops at what it does not expect"
)]

use std::borrow::Cow;
use std::hint::black_box;
use std::time::Instant;

use secspan_enrichment::enrichment::Enrichment;
use secspan_enrichment::terms::{PerplexityKind, Priority};
use secspan_records::origin::Origin;
use secspan_records::record::Record;
use secspan_records::timestamp::Timestamp;
use secspan_reports::choices::Choices;
use secspan_reports::document::Source;
use secspan_reports::report::{Accumulator, ReportDef};

const RECORDS: usize = 65_536;
const REPEATS: usize = 16;
const ROUNDS: usize = 5;
const ANALYSTS: [&str; 8] = [
    "Mira",
    "Jonas",
    "Ada",
    "Noa",
    "Pia",
    "Tom",
    "Riley",
    "Uli (Security Analyst)",
];

/// A simple generator: numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    /// About normal, around `mean`.
    fn around(&mut self, mean: u64) -> u64 {
        (0..4).map(|_| self.below(mean)).sum::<u64>() / 2
    }
}

fn entries(tickets: &[String]) -> Vec<Record<'_>> {
    let mut numbers = Numbers(88_172_645_463_325_252);
    let entry = |(at, ticket): (usize, &'_ String)| entry(&mut numbers, at, ticket.clone());
    tickets.iter().enumerate().map(entry).collect()
}

fn entry(numbers: &mut Numbers, at: usize, ticket: String) -> Record<'static> {
    let detail = [60, 260, 60, 70, 110, 130, 40, 70].map(|mean| numbers.around(mean));
    let durations = Enrichment::durations(detail.map(|seconds| Some(seconds * 1_000_000_000)));
    let total: u64 = detail.iter().sum();
    // A year of records.
    let seconds = 1_735_689_600 + i64::try_from(at * 31_536_000 / RECORDS).unwrap_or(0);
    Enrichment {
        workflow: Cow::Borrowed("security-alert-enrichment-v1"),
        ticket: Cow::Owned(ticket),
        cve: Some(Cow::Borrowed("CVE-2025-40112")),
        analyst: Cow::Borrowed(ANALYSTS[numbers.below(8) as usize]),
        completed_at: Timestamp::from_unix_seconds(seconds),
        total_seconds: total,
        legacy_seconds: [0; 6],
        detail_seconds: None,
        priority: Priority::ALL[numbers.below(5) as usize],
        cvss: Some(numbers.below(100) as f64 / 10.0),
        epss: Some(numbers.below(10_000) as f64 / 10_000.0),
        known_exploited: Some(numbers.below(20) == 0),
        queries: numbers.below(6),
        deepest: PerplexityKind::ALL.get(numbers.below(4) as usize).copied(),
        queries_by_kind: Some([1, 1, 0]),
        sources_cited: Some(numbers.below(12)),
        techniques_mapped: Some(numbers.below(5)),
        origin: Origin {
            elapsed_seconds: Some(total + numbers.below(900)),
            ..Origin::default()
        },
    }
    .into_record(&durations)
}

/// Memory of this process that is in use, in MiB; 0 where the system does not say.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0 / 1_048_576.0
}

/// Prints what one report costs over these entries.
fn measure(report: &'static ReportDef, order: &str, entries: &[Record<'_>]) {
    let (mut best, mut ending, mut gained) = (f64::MAX, f64::MAX, 0.0_f64);
    for _ in 0..ROUNDS {
        let before = resident();
        let mut accumulator = Accumulator::new(report, &Choices::default()).unwrap();
        let start = Instant::now();
        for _ in 0..REPEATS {
            for entry in entries {
                accumulator.add(entry);
            }
        }
        let added = start.elapsed();
        gained = gained.max(resident() - before);
        let start = Instant::now();
        black_box(accumulator.finish(Source::default()));
        ending = ending.min(start.elapsed().as_secs_f64() * 1e3);
        best = best.min(added.as_nanos() as f64 / (RECORDS * REPEATS) as f64);
    }
    let name = format!("{}, {order}", report.name);
    println!(
        "{name:<34} {best:>6.0} ns per record, {ending:>6.1} ms at the end, {gained:>5.1} MiB"
    );
}

fn main() {
    let tickets: Vec<String> = (0..RECORDS).map(|number| format!("OPS-{number}")).collect();
    let in_order = entries(&tickets);
    let mut shuffled = in_order.clone();
    let mut numbers = Numbers(7);
    for at in (1..shuffled.len()).rev() {
        shuffled.swap(at, numbers.below(at as u64 + 1) as usize);
    }
    println!(
        "{} records in {REPEATS} rounds of {RECORDS}",
        RECORDS * REPEATS
    );
    for (order, entries) in [("in order", &in_order), ("shuffled", &shuffled)] {
        for report in secspan_enrichment::SYSTEM.reports {
            measure(report, order, entries);
        }
    }
}
