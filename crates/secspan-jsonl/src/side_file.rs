//! Lines of the `.rejected` side file: what was not written, when, and why.

use std::path::{Path, PathBuf};

use secspan_records::timestamp::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

/// Why a line without its end is here.
pub(crate) const TORN: &str = "the line was torn: its writer stopped in the middle of it";

/// Why there is a line about a file that began with a byte order mark.
pub(crate) const MARK: &str = "the file began with a byte order mark, at which strict readers stop: it was overwritten with blanks";

#[derive(Serialize)]
struct Line<'a> {
    rejected_at: String,
    reasons: &'a [String],
    record: &'a RawValue,
}

/// The side file of a file.
pub(crate) fn path_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".rejected");
    PathBuf::from(name)
}

/// A line, its line feed included. A record that is not JSON is kept as a text.
pub(crate) fn line(rejected_at: Timestamp, reasons: &[String], record: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(record);
    let json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
    // Raw JSON may span lines; as a text it cannot.
    let one_line = json && !text.contains(['\n', '\r']);
    let raw = if one_line {
        text.into_owned()
    } else {
        quoted(&text)
    };
    let raw = RawValue::from_string(raw).unwrap_or_default();
    let line = Line {
        rejected_at: rejected_at.to_string(),
        reasons,
        record: &raw,
    };
    let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(record: &[u8]) -> String {
        let at = Timestamp::from_unix_seconds(0);
        String::from_utf8(line(at, &["why \"so\"".to_owned()], record)).unwrap()
    }

    #[test]
    fn records_stay_objects_and_torn_lines_become_texts() {
        assert_eq!(
            text(br#"{"b":1,"a":null}"#),
            "{\"rejected_at\":\"1970-01-01T00:00:00Z\",\"reasons\":[\"why \\\"so\\\"\"],\"record\":{\"b\":1,\"a\":null}}\n"
        );
        for (record, kept) in [
            (&b"{\"b\":"[..], "{\"b\":"),
            (b"\xff\n", "\u{fffd}\n"),
            (b"{\n}", "{\n}"),
        ] {
            let line = text(record);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let read: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(read["record"], kept);
        }
    }
}
