//! Loads of spans as services of security teams send them: two mixes, each in requests of any size.
//!
//! *Mission*: every span belongs to a workflow of ten spans of about 600 bytes, and one span in ten ends one. *Mixed*: plain
//! service spans, one in twenty or so belongs to a workflow.
//!
//! Requests are encoded once. Ids and tickets are all that differs from one sending to the next: their places in the encoded
//! request are known, so a fresh request costs a copy and a few stores, and every trace, span and workflow in it is new.

use std::io::Write as _;

use bytes::Bytes;
use prost::Message as _;

mod spans;

use spans::Numbers;

/// What a load is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Every span belongs to a workflow.
    Mission,
    /// 4.5 % of the spans do.
    Mixed,
}

/// Spans of a workflow in the mixed load: itself and its eight stages.
const MIXED_WORKFLOW_SPANS: usize = 9;

/// Spans of a workflow in the mission load: one more below a stage.
const MISSION_WORKFLOW_SPANS: usize = 10;

/// One workflow for so many spans of the mixed load.
const SPANS_PER_WORKFLOW: usize = 200;

/// One request, and where its ids and tickets are.
#[derive(Clone, Debug)]
pub struct Template {
    bytes: Vec<u8>,
    traces: Vec<usize>,
    spans_at: Vec<usize>,
    tickets_at: Vec<usize>,
    /// Spans in it.
    pub spans: usize,
    /// Workflows that end in it.
    pub workflows: usize,
}

impl Template {
    /// A request of `spans` spans that end at `now_nanos`; `seed` varies the content.
    pub fn new(mix: Mix, spans: usize, now_nanos: u64, seed: u64) -> Self {
        let mut numbers = Numbers::new(seed);
        let (list, workflows) = match mix {
            Mix::Mission => mission(spans, now_nanos, &mut numbers),
            Mix::Mixed => mixed(spans, now_nanos, seed, &mut numbers),
        };
        let bytes = spans::request(list).encode_to_vec();
        Self {
            traces: find(&bytes, &TRACE_MARK),
            spans_at: find(&bytes, &SPAN_MARK),
            tickets_at: find(&bytes, TICKET_MARK.as_bytes()),
            bytes,
            spans,
            workflows,
        }
    }

    /// Size of the encoded request, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The request with traces, spans and tickets that no other `nonce` has.
    pub fn fresh(&self, nonce: u32) -> Bytes {
        let mut bytes = self.bytes.clone();
        let mut write = |places: &[usize], what: &[u8]| {
            for at in places {
                if let Some(place) = bytes.get_mut(*at..*at + what.len()) {
                    place.copy_from_slice(what);
                }
            }
        };
        // Spread over all 64 bits, as random ids are.
        let trace = u64::from(nonce).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        write(&self.traces, &trace.to_be_bytes());
        write(&self.spans_at, &nonce.to_be_bytes());
        write(&self.tickets_at, format!("{nonce:08x}").as_bytes());
        bytes.into()
    }

    /// The tickets of the workflows in [`Self::fresh`] of the same `nonce`.
    pub fn tickets(&self, nonce: u32) -> impl Iterator<Item = String> {
        (0..self.workflows).map(move |number| ticket(&format!("{nonce:08x}"), number))
    }
}

fn mission(spans: usize, now: u64, numbers: &mut Numbers) -> (Vec<spans::Span>, usize) {
    let mut list = Vec::with_capacity(spans);
    let workflows = spans / MISSION_WORKFLOW_SPANS;
    for number in 0..workflows {
        spans::whole_workflow(&mut list, number, now, numbers);
    }
    (list, workflows)
}

fn mixed(spans: usize, now: u64, seed: u64, numbers: &mut Numbers) -> (Vec<spans::Span>, usize) {
    let mut list = Vec::with_capacity(spans);
    let mut workflows = 0;
    // Small requests hold a workflow only now and then, so that the share stays the same.
    let small = SPANS_PER_WORKFLOW.div_ceil(spans.max(1)) as u64;
    if spans >= MIXED_WORKFLOW_SPANS && seed.is_multiple_of(small) {
        workflows = spans.div_ceil(SPANS_PER_WORKFLOW);
        for number in 0..workflows {
            spans::workflow(&mut list, number, now, numbers);
        }
    }
    while list.len() < spans {
        let id = list.len();
        list.push(spans::plain(id, now, numbers));
    }
    (list, workflows)
}

/// The bytes as gzip, at the level that SDKs use.
pub fn gzip(bytes: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory cannot fail.
    drop(encoder.write_all(bytes));
    encoder.finish().unwrap_or_default().into()
}

/// Trace ids, span ids and tickets start with these until a nonce replaces them. The first two are no text, so they occur
/// nowhere else in a request.
const TRACE_MARK: [u8; 8] = [0xA7, 0x5C, 0x1D, 0xE3, 0x90, 0x4B, 0xF6, 0x28];
const SPAN_MARK: [u8; 4] = [0xB5, 0xF1, 0x8E, 0xC3];
const TICKET_MARK: &str = "~~~~~~~~";

fn find(bytes: &[u8], mark: &[u8]) -> Vec<usize> {
    let windows = bytes.windows(mark.len()).enumerate();
    windows
        .filter_map(|(at, window)| (window == mark).then_some(at))
        .collect()
}

fn trace_id(number: usize) -> Vec<u8> {
    [TRACE_MARK, (number as u64).to_be_bytes()].concat()
}

fn span_id(number: usize) -> Vec<u8> {
    let number = u32::try_from(number).unwrap_or(u32::MAX);
    [SPAN_MARK, number.to_be_bytes()].concat()
}

fn ticket(mark: &str, number: usize) -> String {
    format!("OPS-{mark}-{number}")
}
