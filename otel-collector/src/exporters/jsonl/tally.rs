//! `secops_records_total`: what became of records, by kind and result, each once; beside it the attempts that failed.

use secspan_jsonl::writer::Counts;
use secspan_metrics::store::{Instrument, Store};
use secspan_records::kind::Kind;
use secspan_semconv::metric;

/// Counts records by kind and result.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    store: Store,
}

impl Tally {
    /// A tally whose results exist from the start for these kinds, so that a first failure is a rise from 0.
    pub(super) fn new(store: Store, kinds: impl IntoIterator<Item = &'static Kind>) -> Self {
        let tally = Self { store };
        for kind in kinds {
            tally.add(kind, Counts::default());
        }
        tally
    }

    pub(super) fn add(&self, kind: &Kind, counts: Counts) {
        let name = metric::SECOPS_RECORDS_TOTAL;
        let results = [
            ("written", counts.written),
            ("amended", counts.amended),
            ("duplicate", counts.duplicate),
            ("rejected", counts.rejected),
        ];
        let (failures, kind_alone) = (
            metric::SECOPS_RECORD_WRITE_FAILURES_TOTAL,
            [("kind", kind.name)],
        );
        self.store
            .counter(&Instrument::new(failures, help(failures)), &kind_alone)
            .add(counts.failed);
        // A kind that is switched off has this series alone, once there is something to count.
        let left_out = Some(("left_out", counts.left_out)).filter(|(_, count)| *count > 0);
        let written = left_out.is_none().then_some(results);
        for (result, count) in written.into_iter().flatten().chain(left_out) {
            let labels = [("kind", kind.name), ("result", result)];
            self.store
                .counter(&Instrument::new(name, help(name)), &labels)
                .add(count);
        }
    }
}

fn help(name: &str) -> &'static str {
    secspan_semconv::find_metric(name).map_or("", |known| known.brief)
}
