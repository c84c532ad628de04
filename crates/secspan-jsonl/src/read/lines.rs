//! What a line is: a record, or malformed for a reason that a person can act on.

use secspan_records::invalid::Invalid;
use secspan_records::kind::Kind;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

use super::{LINE_BYTES_MAX, REASON_CHARS_MAX};

/// What some editors put before UTF-8 text. At the start of a file it is passed over.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Where a line is. Places of one reading compare as the lines stand, and are the same in every pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LineRef {
    /// Which source.
    pub(super) source: u32,
    /// Which block of it.
    pub(super) block: u32,
    /// Which line of the block, from 0.
    pub(super) line: u32,
}

impl LineRef {
    /// The place of the block.
    pub(super) fn block_only(self) -> Self {
        Self { line: 0, ..self }
    }
}

/// Calls `take` with each line of `block`, judged; returns how many lines there were. The file starts with the block
/// when `at_start`.
pub(super) fn each(
    block: &[u8],
    at_start: bool,
    kinds: &[&'static Kind],
    kind: Option<&'static Kind>,
    reading: Reading,
    mut take: impl FnMut(u32, Result<Record<'_>, String>),
) -> u32 {
    let mut mark = [0; BYTE_ORDER_MARK.len_utf8()];
    let mark = BYTE_ORDER_MARK.encode_utf8(&mut mark).as_bytes();
    let unmarked = block.strip_prefix(mark).filter(|_| at_start);
    let block = unmarked.unwrap_or(block);
    // One look at the whole block is much cheaper than one at each line.
    let text = str::from_utf8(block).ok();
    let mut start = 0;
    let mut number = 0;
    let ends = memchr::memchr_iter(b'\n', block).map(|end| (end, true));
    let open = block.last().is_some_and(|byte| *byte != b'\n');
    let last = open.then_some((block.len(), false));
    for (end, ended) in ends.chain(last) {
        let valid = text.and_then(|text| text.get(start..end));
        let bytes = block.get(start..end).unwrap_or_default();
        let judged = match valid.map_or_else(|| str::from_utf8(bytes), Ok) {
            Ok(line) => judge(line, ended, kinds, kind, reading),
            Err(_) if bytes.len() > LINE_BYTES_MAX => Err(too_long()),
            Err(error) => Err(format!(
                "not UTF-8 from byte {} on",
                error.valid_up_to() + 1
            )),
        };
        take(number, judged);
        number += 1;
        start = end + 1;
    }
    number
}

/// What a line is. `ended` is whether it has its line feed.
fn judge<'a>(
    line: &'a str,
    ended: bool,
    kinds: &[&'static Kind],
    kind: Option<&'static Kind>,
    reading: Reading,
) -> Result<Record<'a>, String> {
    if line.len() > LINE_BYTES_MAX {
        return Err(too_long());
    }
    let line = line.strip_suffix('\r').unwrap_or(line);
    Record::read(kinds, kind, line, reading).map_err(|invalid| {
        if line.trim().is_empty() {
            "blank".to_owned()
        } else if line.starts_with(BYTE_ORDER_MARK) {
            "a byte order mark stands before the record; only a file may begin with one".to_owned()
        } else {
            reason_of(&invalid, ended)
        }
    })
}

/// Why a line is no record. Only what is no JSON can be torn.
fn reason_of(invalid: &Invalid, ended: bool) -> String {
    let json = invalid
        .problems
        .iter()
        .all(|problem| problem.field != "line");
    let reason = invalid.to_string();
    let reason = reason.strip_prefix("line: ").unwrap_or(&reason);
    // The parser sees nothing but this line, so its number of the line is always 1.
    let reason = reason.replace(" at line 1 column ", " at byte ");
    if json || ended {
        short(&reason)
    } else {
        short(&format!("torn, its end is missing: {reason}"))
    }
}

fn too_long() -> String {
    format!("longer than {LINE_BYTES_MAX} bytes")
}

/// A reason that fits on a screen.
pub(super) fn short(reason: &str) -> String {
    match reason.char_indices().nth(REASON_CHARS_MAX) {
        None => reason.to_owned(),
        Some((end, _)) => format!("{}…", reason.get(..end).unwrap_or_default()),
    }
}
