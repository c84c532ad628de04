//! Any bytes as a line: both ways to read it agree, whatever the kind and the unit of EPSS, and neither panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use secspan_records::csv;
use secspan_records::definition::RecordKind;
use secspan_records::entry::Entry;
use secspan_records::record::{Reading, Record};
use secspan_records::score::EpssUnit;

fuzz_target!(|bytes: &[u8]| {
    let Ok(line) = str::from_utf8(bytes) else {
        return;
    };
    for epss_unit in [EpssUnit::Guess, EpssUnit::Probability, EpssUnit::Percent] {
        let reading = Reading {
            epss_unit,
            strict: false,
        };
        for kind in RecordKind::ALL {
            let general = Record::from_line(kind, line, reading).map(Entry::from);
            assert_eq!(Entry::from_line(Some(kind), line, reading), general);
        }
        if let Ok(entry) = Entry::from_line(None, line, reading) {
            assert_eq!(
                Entry::from_line(Some(entry.kind()), line, reading),
                Ok(entry)
            );
        }
    }
    assert!(csv::rows(line).count() <= line.len());
});
