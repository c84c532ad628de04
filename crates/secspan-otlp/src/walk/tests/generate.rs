//! Requests as no SDK sends them, and worse: generated from the schema, then damaged.
//!
//! Fields come in any order and number, messages are split, lengths and tags are longer than they
//! need to be, unknown fields and groups stand in between. A generated request is valid Protobuf; a
//! damaged one may be anything.

#![expect(
    clippy::cast_possible_truncation,
    reason = "any bits will do as test data"
)]

use crate::encode::Writer;
use crate::schema::{Field, Kind, Message};
use crate::wire::LEN;

/// A small generator of pseudo-random numbers (splitmix64): the seed tells everything.
#[derive(Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// How deep generated values nest below the request.
const DEPTH: usize = 14;

/// A valid message. `usual` keeps to the shape that SDKs send.
pub(crate) fn message(random: &mut Random, schema: &Message, usual: bool) -> Vec<u8> {
    fill(random, schema, usual, DEPTH)
}

fn fill(random: &mut Random, schema: &Message, usual: bool, depth: usize) -> Vec<u8> {
    let mut pieces = Vec::new();
    let chosen = schema
        .oneof
        .get(random.below(schema.oneof.len().max(1)))
        .copied();
    for field in schema.fields {
        let excluded = schema.oneof.contains(&field.number) && Some(field.number) != chosen;
        if excluded && (usual || !random.one_in(12)) {
            continue;
        }
        for _ in 0..occurrences(random, field, usual, depth) {
            pieces.push(piece(random, field, usual, depth));
        }
    }
    if !usual {
        while random.one_in(4) {
            pieces.push(unknown(random));
        }
        if random.one_in(2) {
            shuffle(random, &mut pieces);
        }
    }
    pieces.concat()
}

fn occurrences(random: &mut Random, field: &Field, usual: bool, depth: usize) -> usize {
    if depth == 0 && matches!(field.kind, Kind::Message(_)) {
        return 0;
    }
    match (field.repeated, usual) {
        (true, _) => random.below(4),
        (false, true) => 1,
        (false, false) => random.pick(&[0, 1, 1, 1, 1, 2, 3]),
    }
}

fn piece(random: &mut Random, field: &Field, usual: bool, depth: usize) -> Vec<u8> {
    let mut writer = Writer::default();
    let number = field.number;
    match field.kind {
        Kind::Message(inner) => {
            let body = fill(random, inner, usual, depth - 1);
            if !usual && random.one_in(30) {
                return overlong(number, &body);
            }
            writer.bytes(number, &body);
        }
        Kind::Text => writer.bytes(number, text(random).as_bytes()),
        Kind::Bytes | Kind::Id => {
            let len = random.pick(&[0, 7, 8, 16, 16, 16, 300]);
            let bytes: Vec<u8> = (0..len).map(|_| random.byte()).collect();
            writer.bytes(number, &bytes);
        }
        Kind::Double => writer.fixed64(number, double(random).to_bits()),
        Kind::Fixed64 | Kind::Sfixed64 => writer.fixed64(number, integer(random)),
        Kind::Fixed32 => writer.fixed32(number, integer(random) as u32),
        Kind::Bool => writer.varint(number, random.below(3) as u64),
        Kind::Enum(_) => writer.varint(number, random.below(7) as u64),
        _ => writer.varint(number, integer(random)),
    }
    writer.finish()
}

fn integer(random: &mut Random) -> u64 {
    random.next() >> random.pick(&[0, 1, 32, 33, 50, 57, 62, 63])
}

fn double(random: &mut Random) -> f64 {
    random.pick(&[
        0.0,
        -0.0,
        1.5,
        f64::NAN,
        f64::INFINITY,
        f64::MIN_POSITIVE,
        -273.15,
    ])
}

fn text(random: &mut Random) -> String {
    let long = random.pick(&[100, 126, 127, 128, 129, 1000]);
    match random.below(16) {
        0 => String::new(),
        1 => "x".repeat(long),
        2 => "gr\u{fc}n \u{1f600}".to_owned(),
        3 => "\u{7ff}\u{800}\u{ffff}\u{10ffff}".to_owned(),
        4..8 => random
            .pick(&["a", "service.name", "event", "span"])
            .to_owned(),
        8 => "http.response.status_code".to_owned(),
        _ => "some.attribute.key"
            .chars()
            .take(1 + random.below(18))
            .collect(),
    }
}

/// A field with more bytes for tag and length than needed.
fn overlong(number: u32, body: &[u8]) -> Vec<u8> {
    let tag = number << 3 | LEN;
    let mut bytes = vec![tag as u8 | 0x80, 0x80, 0x00];
    if tag >= 0x80 {
        bytes = vec![tag as u8 | 0x80, (tag >> 7) as u8 | 0x80, 0x00];
    }
    let mut len = body.len();
    for _ in 0..4 {
        bytes.push(len as u8 | 0x80);
        len >>= 7;
    }
    bytes.push(len as u8);
    bytes.extend_from_slice(body);
    bytes
}

/// A field that no schema knows, of any wire type.
fn unknown(random: &mut Random) -> Vec<u8> {
    let mut writer = Writer::default();
    let number = random.pick(&[17, 18, 31, 32, 1000, 70_000, (1 << 29) - 1]);
    match random.below(5) {
        0 => writer.varint(number, integer(random)),
        1 => writer.fixed64(number, 1),
        2 => writer.fixed32(number, 2),
        3 => writer.bytes(number, b"\xff\xfe not text"),
        _ => return group(random, number, 3),
    }
    writer.finish()
}

fn group(random: &mut Random, number: u32, depth: usize) -> Vec<u8> {
    let tag = |wire_type: u32| {
        let mut writer = Writer::default();
        writer.varint(number, 0);
        // The tag of a number with another wire type in its low bits; the value is cut off.
        let mut bytes = writer.finish();
        bytes.pop();
        bytes[0] |= wire_type as u8;
        bytes
    };
    let mut bytes = tag(3);
    for _ in 0..random.below(3) {
        let inner = if depth > 0 && random.one_in(2) {
            group(random, 9, depth - 1)
        } else {
            vec![0x08, 0x01]
        };
        bytes.extend(inner);
    }
    bytes.extend(tag(4));
    bytes
}

fn shuffle<T>(random: &mut Random, items: &mut [T]) {
    for end in (1..items.len()).rev() {
        items.swap(end, random.below(end + 1));
    }
}

/// Bytes with one to four kinds of damage.
pub(crate) fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(9) {
            0 => bytes.truncate(at),
            1 | 2 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.below(8);
                }
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.byte();
                }
            }
            4 => bytes.insert(at.min(bytes.len()), random.byte()),
            5 => {
                let end = (at + random.below(12)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            6 => {
                let end = (at + random.below(40)).min(bytes.len());
                let copy = bytes.get(at..end).unwrap_or_default().to_vec();
                let target = random.below(bytes.len() + 1);
                bytes.splice(target..target, copy);
            }
            7 => {
                let bomb = vec![0xff; 1 + random.below(11)];
                bytes.splice(at..at, bomb);
            }
            _ => {
                let tag = random.pick(&[0x0b, 0x0c, 0x13, 0x14, 0x06, 0x07, 0x00, 0x2a, 0x32]);
                bytes.insert(at.min(bytes.len()), tag);
            }
        }
    }
}
