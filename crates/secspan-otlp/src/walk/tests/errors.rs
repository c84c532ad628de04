//! Each way to be malformed, with the offset; depth limits; limits of the walk.

use super::compare;
use crate::encode::{LogRequest, Scope, TraceRequest, Writer};
use crate::error::Malformed;
use crate::keys::Keys;
use crate::time::UnixNanos;
use crate::view::SpanView;
use crate::walk::{self, WalkLimits, WalkSummary};
use crate::{DecodeError, any::Fields};

fn walk(bytes: &[u8], limits: WalkLimits) -> Result<WalkSummary, DecodeError> {
    walk::traces(bytes, &Keys::new(), &limits, &mut |_: &SpanView<'_, '_>| {})
}

/// A request with one span made of these bytes. The span begins at byte 6.
fn with_span(span: &[u8]) -> Vec<u8> {
    let len = u8::try_from(span.len()).unwrap();
    let mut bytes = vec![0x0a, len + 4, 0x12, len + 2, 0x12, len];
    bytes.extend_from_slice(span);
    bytes
}

/// The content of a span, the offset in the request and the reason.
const CASES: [(&[u8], usize, &str); 18] = [
    (b"\x2a\x05ab", 7, "field runs past the end of its message"),
    (b"\x2a", 7, "field runs past the end of its message"),
    (b"\x39\x01\x02", 7, "field runs past the end of its message"),
    (
        b"\x85\x01\x02\x03",
        8,
        "field runs past the end of its message",
    ),
    (b"\x30\x80", 7, "field runs past the end of its message"),
    (
        b"\x2a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        7,
        "field runs past the end of its message",
    ),
    (
        b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
        7,
        "integer of more than 64 bits",
    ),
    (
        b"\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        7,
        "integer of more than 64 bits",
    ),
    (
        b"\x00\x00",
        6,
        "field number out of range, allowed are 1 to 536870911",
    ),
    (
        b"\xff\xff\xff\xff\x7f\x00",
        6,
        "field number out of range, allowed are 1 to 536870911",
    ),
    (
        b"\x8e\x01\x00",
        6,
        "unknown wire type 6, allowed are 0 to 5",
    ),
    (
        b"\x28\x01",
        6,
        "field 5 of Span has wire type 0, which its type does not allow",
    ),
    (
        b"\x4a\x04\x0a\x00\x10\x01",
        10,
        "field 2 of KeyValue has wire type 0, which its type does not allow",
    ),
    (b"\x2a\x02\xc3\x28", 8, "text is not valid UTF-8"),
    (
        b"\x4a\x07\x0a\x01\xff\x12\x02\x10\x01",
        10,
        "text is not valid UTF-8",
    ),
    (
        b"\x4a\x08\x0a\x01k\x12\x03\x0a\x01\xff",
        15,
        "text is not valid UTF-8",
    ),
    (b"\x8c\x01", 6, "end of a group that was not started"),
    (
        b"\x8b\x01\x94\x01",
        8,
        "end of a group that was not started",
    ),
];

#[test]
fn every_error_names_the_byte_and_the_reason() {
    for (span, offset, reason) in CASES {
        let bytes = with_span(span);
        let error = walk(&bytes, WalkLimits::DEFAULT).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{reason} at byte {offset}"),
            "{span:02x?}"
        );
        assert!(!error.is_limit());
        assert!(!compare::traces(&bytes, &Keys::new()));
    }
}

#[test]
fn a_split_map_is_joined_and_a_replaced_one_is_not() {
    // One attribute with three values: a list, text instead of it, and a list in two parts.
    let list = |number: u8| [0x2a, 0x04, 0x0a, 0x02, 0x18, number];
    let mut attribute = b"\x0a\x01a".to_vec();
    for value in [list(1).as_slice(), b"\x0a\x01x", &list(2), &list(3)] {
        attribute.extend([0x12, u8::try_from(value.len()).unwrap()]);
        attribute.extend(value);
    }
    let mut span = vec![0x4a, u8::try_from(attribute.len()).unwrap()];
    span.extend(attribute);
    let bytes = with_span(&span);
    let mut seen = Vec::new();
    let mut visitor = |span: &SpanView<'_, '_>| {
        let value = span.attributes.by_key("a").unwrap();
        seen.extend(
            value
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|item| item.as_int()),
        );
    };
    walk::traces(&bytes, &Keys::new(), &WalkLimits::DEFAULT, &mut visitor).unwrap();
    assert_eq!(seen, [2, 3]);
    assert!(compare::traces(&bytes, &compare::keys()));
}

/// A value of so many lists, one in the other, or of maps.
fn nested_value(levels: usize, map: bool) -> Vec<u8> {
    let mut value = b"\x18\x01".to_vec();
    for _ in 0..levels {
        let mut writer = Writer::default();
        if map {
            writer.message(6, |list| {
                list.message(1, |entry| entry.bytes(2, &value));
            });
        } else {
            writer.message(5, |list| list.bytes(1, &value));
        }
        value = writer.finish();
    }
    value
}

/// An unknown group in itself, so many levels deep.
fn nested_group(levels: usize) -> Vec<u8> {
    [[0xdb, 0x3e].repeat(levels), [0xdc, 0x3e].repeat(levels)].concat()
}

/// `field` path from the request to a message, and that message's content.
fn at_path(path: &[u32], content: &[u8]) -> Vec<u8> {
    path.iter().rev().fold(content.to_vec(), |content, field| {
        let mut writer = Writer::default();
        writer.bytes(*field, &content);
        writer.finish()
    })
}

#[test]
fn depth_limits_are_those_of_prost() {
    // Where attributes stand: resource, scope, span, event, link.
    let spans: [&[u32]; 5] = [
        &[1, 1, 1],
        &[1, 2, 1, 3],
        &[1, 2, 2, 9],
        &[1, 2, 2, 11, 3],
        &[1, 2, 2, 13, 4],
    ];
    let keys = Keys::new();
    for path in spans {
        for map in [false, true] {
            let value = |levels| at_path(path, &at_path(&[2], &nested_value(levels, map)));
            let accepted = |levels: &usize| compare::traces(&value(*levels), &keys);
            let deepest = (20..60).take_while(accepted).count();
            assert!(
                (1..40).contains(&deepest),
                "{path:?} {map}: the limit is not in range"
            );
        }
    }
    let places: [&[u32]; 12] = [
        &[],
        &[1],
        &[1, 1],
        &[1, 1, 3],
        &[1, 2],
        &[1, 2, 1],
        &[1, 2, 2],
        &[1, 2, 2, 9],
        &[1, 2, 2, 9, 2],
        &[1, 2, 2, 11],
        &[1, 2, 2, 13],
        &[1, 2, 2, 15],
    ];
    for path in places {
        let accepted = |levels: &usize| {
            let bytes = at_path(path, &nested_group(*levels));
            // The same paths lead to messages in all signals, but for what is inside a record.
            if path.len() < 4 {
                compare::logs(&bytes, &keys);
                compare::metrics(&bytes);
            }
            compare::traces(&bytes, &keys)
        };
        let deepest = (90..110).take_while(accepted).count();
        assert!(
            (1..20).contains(&deepest),
            "{path:?}: the limit is not in range"
        );
    }
}

#[test]
fn depth_limits_of_logs_and_metrics_are_those_of_prost() {
    let keys = Keys::new();
    // The body and an attribute of a log record.
    for path in [[1, 2, 2, 5].as_slice(), &[1, 2, 2, 6, 2]] {
        let log =
            |levels: &usize| compare::logs(&at_path(path, &nested_value(*levels, false)), &keys);
        assert!(
            (1..40).contains(&(20..60).take_while(log).count()),
            "{path:?}"
        );
    }
    // An attribute of an exemplar of a data point, and metadata.
    for path in [[1, 2, 2, 5, 1, 5, 7, 2].as_slice(), &[1, 2, 2, 12, 2]] {
        let metric =
            |levels: &usize| compare::metrics(&at_path(path, &nested_value(*levels, true)));
        assert!(
            (1..40).contains(&(10..60).take_while(metric).count()),
            "{path:?}"
        );
    }
}

#[test]
fn two_hundred_thousand_levels_are_an_error() {
    let bytes = at_path(&[1, 2, 2, 9, 2], &nested_group(200_000));
    let error = walk(&bytes, WalkLimits::DEFAULT).unwrap_err();
    assert_eq!(error.what, Malformed::TooDeep);
    let opened: Vec<u8> = b"\x2a\x80\x80\x80\x01\x0a\x80\x80\x80\x01".repeat(200_000);
    assert!(walk(&at_path(&[1, 2, 2, 9, 2], &opened), WalkLimits::DEFAULT).is_err());
}

#[test]
fn limits_end_the_walk() {
    let mut request = TraceRequest::new();
    request.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            for _ in 0..3 {
                scope.span(|span| {
                    span.attribute("a", 1).attribute("b", 2);
                    span.event("e", UnixNanos(1), |event| {
                        event.attribute("c", 3);
                    });
                });
            }
        });
    });
    let bytes = request.finish();
    let limits = |records_max, entries_max| WalkLimits {
        records_max,
        entries_max,
    };
    assert_eq!(walk(&bytes, limits(3, 2)).unwrap().spans, 3);
    let error = walk(&bytes, limits(2, 2)).unwrap_err();
    assert_eq!(
        (error.what, error.is_limit()),
        (Malformed::TooManyRecords { limit: 2 }, true)
    );
    let error = walk(&bytes, limits(3, 1)).unwrap_err();
    assert_eq!(
        (error.what, error.is_limit()),
        (Malformed::TooManyEntries { limit: 1 }, true)
    );

    let mut logs = LogRequest::new();
    logs.resource(&[], |resource| {
        resource.scope(&Scope::default(), |scope| {
            scope.log(|_| {}).log(|_| {});
        });
    });
    let ignore = &mut |_: &crate::view::LogView<'_, '_>| {};
    let error = walk::logs(&logs.finish(), &Keys::new(), &limits(1, 1), ignore).unwrap_err();
    assert_eq!(error.what, Malformed::TooManyRecords { limit: 1 });
}

#[test]
fn fields_of_one_tag_are_found_among_others() {
    let message = b"\x0a\x01a\x12\x01b\x18\x05\x0a\x01c";
    assert!(Fields::new(message, 0x0a).eq([b"a", b"c"]));
}
