//! What is inflated, what is refused, and what it may cost.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::super::admission::InFlight;
use super::*;

const LIMIT: usize = 1 << 20;
const BUDGET: usize = 4 << 20;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(data, 3).unwrap()
}

/// A frame that does not say how long its content is, as streaming encoders write it.
fn zstd_streamed(data: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(data, 3).unwrap()
}

type Compress = fn(&[u8]) -> Vec<u8>;

const CODECS: [(&str, Encoding, Compress); 4] = [
    ("gzip", Encoding::Gzip, gzip),
    ("zlib", Encoding::Zlib, zlib),
    ("zstd", Encoding::Zstd, zstd),
    ("zstd streamed", Encoding::Zstd, zstd_streamed),
];

/// Inflates within the usual limits and checks that what is held afterwards is what was produced.
fn run(encoding: Encoding, input: Vec<u8>, limit: usize) -> Result<Bytes, Rejection> {
    let budget = InFlight::new(BUDGET);
    let mut reservation = budget.reserve();
    let result = inflate(encoding, input.into(), limit, &mut reservation);
    if let Ok(output) = &result {
        assert_eq!(reservation.bytes(), output.len());
    }
    drop(reservation);
    assert_eq!(budget.used(), 0);
    result
}

fn telemetry(bytes: usize) -> Vec<u8> {
    b"span of a workflow "
        .iter()
        .copied()
        .cycle()
        .take(bytes)
        .collect()
}

#[test]
fn content_up_to_the_limit_passes_and_one_byte_more_does_not() {
    for (name, encoding, compress) in CODECS {
        for size in [0, 1, 4_095, 4_096, 4_097, LIMIT - 1, LIMIT] {
            let data = telemetry(size);
            let output = run(encoding, compress(&data), LIMIT).unwrap();
            assert!(output == data, "{name} {size}");
        }
        let over = run(encoding, compress(&telemetry(LIMIT + 1)), LIMIT);
        let expected = Rejection::TooLarge {
            limit: LIMIT,
            place: "after decompression",
        };
        assert_eq!(over, Err(expected), "{name}");
    }
}

#[test]
fn a_bomb_is_stopped_at_the_limit_whatever_it_says_about_its_size() {
    let zeros = vec![0; 4 << 20];
    let limit = 64 << 10;
    for (name, encoding, compress) in CODECS {
        let bomb = compress(&zeros);
        assert!(bomb.len() < limit, "{name} is a bomb");
        assert!(
            matches!(run(encoding, bomb, limit), Err(Rejection::TooLarge { .. })),
            "{name}"
        );
    }
    let mut liar = gzip(&zeros);
    let trailer = liar.len() - 4;
    liar[trailer..].copy_from_slice(&10_u32.to_le_bytes());
    assert!(matches!(
        run(Encoding::Gzip, liar, limit),
        Err(Rejection::TooLarge { .. })
    ));
}

#[test]
fn output_that_the_budget_has_no_room_for_is_refused_for_now() {
    for (name, encoding, compress) in CODECS {
        let budget = InFlight::new(8_192);
        let mut reservation = budget.reserve();
        let input = compress(&telemetry(LIMIT)).into();
        let refused = inflate(encoding, input, LIMIT, &mut reservation);
        assert_eq!(refused, Err(Rejection::NoRoom), "{name}");
        assert!(budget.used() <= 8_192);
    }
}

#[test]
fn truncated_streams_and_streams_with_a_tail_are_refused() {
    let data = telemetry(10_000);
    for (name, encoding, compress) in CODECS {
        let whole = compress(&data);
        for cut in [0, 1, 5, whole.len() / 2, whole.len() - 1] {
            let result = run(encoding, whole[..cut].to_vec(), LIMIT);
            assert!(
                matches!(result, Err(Rejection::Undecodable(_))),
                "{name} cut at {cut}: {result:?}"
            );
        }
        let mut tail = whole.clone();
        tail.extend_from_slice(b"tail");
        assert!(
            matches!(run(encoding, tail, LIMIT), Err(Rejection::Undecodable(_))),
            "{name} with a tail"
        );
    }
}

#[test]
fn concatenated_members_are_one_body() {
    let (first, second) = (telemetry(5_000), telemetry(70));
    let both = [first.as_slice(), second.as_slice()].concat();
    for (name, encoding, compress) in [CODECS[0], CODECS[2], CODECS[3]] {
        let input = [compress(&first), compress(&second)].concat();
        assert!(run(encoding, input, LIMIT).unwrap() == both, "{name}");
    }
}

#[test]
fn a_window_beyond_what_the_format_recommends_is_refused() {
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(24).unwrap();
    encoder.write_all(&telemetry(1_000)).unwrap();
    let input = encoder.finish().unwrap();
    let Err(Rejection::Undecodable(why)) = run(Encoding::Zstd, input, LIMIT) else {
        panic!()
    };
    assert!(why.contains("memory"), "{why}");
    assert!(
        run(Encoding::Zstd, zstd(b"next"), LIMIT).is_ok(),
        "the decoder is usable afterwards"
    );
}

#[test]
fn names_of_encodings() {
    let parse = |text: &'static str| Encoding::parse(Some(&http::HeaderValue::from_static(text)));
    assert_eq!(Encoding::parse(None), Ok(Encoding::Identity));
    for (text, encoding) in [
        ("gzip", Encoding::Gzip),
        ("GZIP", Encoding::Gzip),
        ("deflate", Encoding::Zlib),
        ("zstd", Encoding::Zstd),
        ("identity", Encoding::Identity),
    ] {
        assert_eq!(parse(text), Ok(encoding), "{text}");
    }
    for text in ["br", "snappy", "gzip, gzip"] {
        assert_eq!(parse(text), Err(Rejection::Encoding(text.to_owned())));
    }
}

proptest! {
    #[test]
    fn any_content_survives(data in prop::collection::vec(any::<u8>(), 0..20_000), codec in 0..4_usize) {
        let (_, encoding, compress) = CODECS[codec];
        prop_assert!(run(encoding, compress(&data), LIMIT).unwrap() == data);
    }

    #[test]
    fn any_bytes_are_refused_or_inflated_within_the_limit(
        data in prop::collection::vec(any::<u8>(), 0..2_000),
        codec in 0..4_usize,
        flip in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let (_, encoding, compress) = CODECS[codec];
        let mut input = compress(&data);
        let at = flip.index(input.len());
        input[at] ^= 1 << bit;
        if let Ok(output) = run(encoding, input, 4_096) {
            prop_assert!(output.len() <= 4_096);
        }
        if let Ok(output) = run(encoding, data, 4_096) {
            prop_assert!(output.len() <= 4_096);
        }
    }
}
