//! How often facts are verified, and how many of them were right.

use super::tally::Tally;
use secspan_reports::cells::{NO_DATA, interval, share, table};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};

/// The accuracy that a review is to exceed, in percent.
const ACCURACY_TARGET: u64 = 95;

const COLUMNS: [Column; 9] = [
    Column::new("n", "Reviews", Unit::Count),
    Column::new("verified_share", "Facts verified", Unit::Share).of("n"),
    Column::new("share_low", "95 % from", Unit::Share),
    Column::new("share_high", "95 % to", Unit::Share),
    Column::new("accuracy_n", "With accuracy", Unit::Count),
    Column::new("mean_accuracy", "Mean accuracy", Unit::Score).of("accuracy_n"),
    Column::new("median_accuracy", "Median", Unit::Score).of("accuracy_n"),
    Column::new("min_accuracy", "Lowest", Unit::Score),
    Column::new("above_target_share", "Above 95 %", Unit::Share).of("accuracy_n"),
];

pub(super) fn section(total: &Tally) -> Section {
    let verified = total.verified_rate();
    let accuracy = total.accuracy.distribution();
    let mut row = vec![Cell::Count(total.n), share(verified.part, verified.whole)];
    row.extend(interval(verified));
    row.extend([
        Cell::Count(accuracy.n()),
        Cell::number(accuracy.mean(), NO_DATA),
        Cell::number(accuracy.median(), NO_DATA),
        accuracy.min().map_or(Cell::Missing(NO_DATA), Cell::Count),
        share(accuracy.above(ACCURACY_TARGET), accuracy.n()),
    ]);
    Section {
        key: "verification",
        title: "Verification of facts".to_owned(),
        blocks: vec![
            table("verification", &COLUMNS, vec![row]),
            Note::info("Accuracy is the share of verified facts that were right, in percent, where a review states it.").into(),
        ],
    }
}
