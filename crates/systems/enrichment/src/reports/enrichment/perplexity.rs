//! Use of Perplexity: how deep it went, how often it was asked, and what came out of it.

use crate::enrichment::Enrichment;
use crate::terms::PerplexityKind;

use secspan_reports::cells::{NO_DATA, SPREAD_COLUMNS, many, share, spread, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::statistics::{Counts, Distribution, Merge};

/// From here on, numbers of queries share one row.
const MANY_QUERIES: u64 = 5;

/// How Perplexity was used.
#[derive(Clone, Debug, Default)]
pub(super) struct Perplexity {
    /// Durations by deepest kind: none, then shallow to deep.
    by_deepest: [Counts; 4],
    /// Queries by deepest kind.
    queries_by_deepest: [u64; 4],
    queries: Counts,
    /// Calls by kind, shallow to deep, and how many records and queries state it.
    by_kind: [u64; 3],
    stating_kinds: u64,
    queries_of_stating: u64,
    /// Enrichments with queries of which none succeeded.
    in_vain: u64,
    sources: Counts,
    techniques: Counts,
}

const DEEPEST_COLUMNS: [Column; 4] = [
    Column::new("deepest", "Deepest call", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("share", "Share", Unit::Share),
    Column::new("mean_queries", "Queries", Unit::Number).of("n"),
];

const QUERY_COLUMNS: [Column; 3] = [
    Column::new("queries", "Queries", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("share", "Share", Unit::Share),
];

const CALL_COLUMNS: [Column; 3] = [
    Column::new("kind", "Kind of call", Unit::Plain),
    Column::new("calls", "Calls", Unit::Count),
    Column::new("share", "Share", Unit::Share),
];

const YIELD_COLUMNS: [Column; 7] = [
    Column::new("what", "By enrichment", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("sum", "In all", Unit::Count),
    Column::new("mean", "Mean", Unit::Number).of("n"),
    Column::new("median", "Median", Unit::Number).of("n"),
    Column::new("p90", "90th percentile", Unit::Number).of("n"),
    Column::new("max", "Most", Unit::Count),
];

impl Perplexity {
    #[inline]
    pub(super) fn add(&mut self, view: &Enrichment<'_>) {
        let place = view.deepest.map_or(0, |kind| kind as usize + 1);
        if let Some(counts) = self.by_deepest.get_mut(place) {
            counts.add(view.total_seconds);
        }
        if let Some(queries) = self.queries_by_deepest.get_mut(place) {
            *queries += view.queries;
        }
        self.queries.add(view.queries);
        self.in_vain += u64::from(view.queries > 0 && view.deepest.is_none());
        if let Some(by_kind) = view.queries_by_kind {
            self.by_kind.merge(by_kind);
            self.stating_kinds += 1;
            self.queries_of_stating += view.queries;
        }
        if let Some(sources) = view.sources_cited {
            self.sources.add(sources);
        }
        if let Some(techniques) = view.techniques_mapped {
            self.techniques.add(techniques);
        }
    }

    pub(super) fn section(&self) -> Section {
        let mut blocks = vec![self.deepest()];
        if self.in_vain > 0 {
            let words = many(self.in_vain, "enrichment has", "enrichments have");
            blocks.push(
                Note::warning(format!(
                    "{words} queries of which none succeeded, or of unknown kind."
                ))
                .into(),
            );
        }
        blocks.push(self.query_table());
        blocks.extend(self.calls());
        blocks.push(self.yields());
        Section {
            key: "perplexity",
            title: "Use of Perplexity".to_owned(),
            blocks,
        }
    }

    fn deepest(&self) -> Block {
        let names = std::iter::once("none").chain(PerplexityKind::ALL.map(PerplexityKind::as_str));
        let values: Vec<Distribution> = self.by_deepest.iter().map(Counts::distribution).collect();
        let all: u64 = values.iter().map(Distribution::n).sum();
        let rows = names.zip(&values).zip(self.queries_by_deepest);
        let rows = rows.map(|((name, values), queries)| {
            let n = values.n();
            let mean = (n > 0).then(|| queries as f64 / n as f64);
            let mut row = vec![
                text(name),
                Cell::Count(n),
                share(n, all),
                Cell::number(mean, NO_DATA),
            ];
            row.extend(spread(values));
            row
        });
        let columns: Vec<Column> = DEEPEST_COLUMNS.into_iter().chain(SPREAD_COLUMNS).collect();
        table("perplexity_deepest", &columns, rows.collect())
    }

    fn query_table(&self) -> Block {
        let queries = self.queries.distribution();
        let occurrences = |number: u64| {
            let found = queries.values().iter().find(|(value, _)| *value == number);
            found.map_or(0, |(_, times)| *times)
        };
        let row = |name: String, n: u64| vec![text(name), Cell::Count(n), share(n, queries.n())];
        let mut rows: Vec<Vec<Cell>> = (0..MANY_QUERIES)
            .map(|number| row(number.to_string(), occurrences(number)))
            .collect();
        rows.push(row(
            format!("{MANY_QUERIES} or more"),
            queries.above(MANY_QUERIES - 1),
        ));
        table("perplexity_queries", &QUERY_COLUMNS, rows)
    }

    fn calls(&self) -> Vec<Block> {
        if self.stating_kinds == 0 {
            let why = "No record states its calls by kind (perplexity_tool_counts).";
            return vec![Note::no_data(why).into()];
        }
        let stated: u64 = self.by_kind.iter().sum();
        let unknown = self.queries_of_stating.saturating_sub(stated);
        let all = stated + unknown;
        let named = PerplexityKind::ALL.iter().zip(self.by_kind);
        let rows = named
            .map(|(kind, calls)| (kind.as_str(), calls))
            .chain([("of unknown kind", unknown)])
            .map(|(name, calls)| vec![text(name), Cell::Count(calls), share(calls, all)]);
        let stating = many(
            self.stating_kinds,
            "record that states",
            "records that state",
        );
        vec![
            table("perplexity_calls", &CALL_COLUMNS, rows.collect()),
            Note::info(format!(
                "Calls by kind are those of {stating} them; failed calls count."
            ))
            .into(),
        ]
    }

    fn yields(&self) -> Block {
        let rows = [
            ("queries", &self.queries),
            ("sources cited", &self.sources),
            ("techniques mapped", &self.techniques),
        ];
        let rows = rows.map(|(name, counts)| {
            let values = counts.distribution();
            let sum = u64::try_from(values.sum()).unwrap_or(u64::MAX);
            let mut row = vec![text(name), Cell::Count(values.n()), Cell::Count(sum)];
            row.extend(spread(&values));
            row.push(values.max().map_or(Cell::Missing(NO_DATA), Cell::Count));
            row
        });
        table("perplexity_yield", &YIELD_COLUMNS, rows.to_vec())
    }
}

impl Merge for Perplexity {
    fn merge(&mut self, other: Self) {
        self.by_deepest.merge(other.by_deepest);
        self.queries_by_deepest.merge(other.queries_by_deepest);
        self.queries.merge(&other.queries);
        self.by_kind.merge(other.by_kind);
        self.stating_kinds += other.stating_kinds;
        self.queries_of_stating += other.queries_of_stating;
        self.in_vain += other.in_vain;
        self.sources.merge(&other.sources);
        self.techniques.merge(&other.techniques);
    }
}
