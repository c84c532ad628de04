//! Any bytes as a line: both ways to read it agree, whatever the kind and the unit of EPSS, and neither panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use secspan_enrichment::kinds::KINDS;
use secspan_records::csv;
use secspan_records::origin::Reading;
use secspan_records::record::Record;
use secspan_records::value::ShareUnit;

fuzz_target!(|bytes: &[u8]| {
    let Ok(line) = str::from_utf8(bytes) else {
        return;
    };
    for share_unit in [ShareUnit::Guess, ShareUnit::Share, ShareUnit::Percent] {
        let reading = Reading {
            share_unit,
            strict: false,
        };
        for kind in KINDS {
            let general = Record::from_line(kind, line, reading);
            assert_eq!(Record::read(&KINDS, Some(kind), line, reading), general);
        }
        if let Ok(record) = Record::read(&KINDS, None, line, reading) {
            assert_eq!(
                Record::read(&KINDS, Some(record.kind()), line, reading),
                Ok(record)
            );
        }
    }
    assert!(csv::rows(line).count() <= line.len());
});
