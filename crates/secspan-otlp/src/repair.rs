//! A request whose text is not all UTF-8, made valid: only the bytes that are no text are lost.
//!
//! Protobuf text must be UTF-8, and most decoders refuse a whole request over one byte that is not. A client that cut a
//! text in the middle of a character, or logged bytes as text, would lose every span of the batch, since what is answered
//! with an error of that kind is not sent again. So such bytes are replaced by U+FFFD, as `String::from_utf8_lossy` does,
//! and the destinations get a request that they can read.

use crate::Signal;
use crate::encode::Writer;
use crate::schema::{self, Kind, Message};
use crate::wire::{DEPTH_MAX, LEN, Reader};

/// The request with U+FFFD for every sequence of bytes that is not UTF-8 in one of its texts; everything else is as it
/// was. What is malformed in another way stays so, and a walk says what it is.
pub fn with_valid_text(bytes: &[u8], signal: Signal) -> Vec<u8> {
    let mut out = Writer::with_capacity(bytes.len());
    let request = match signal {
        Signal::Traces => &schema::TRACES,
        Signal::Logs => &schema::LOGS,
        Signal::Metrics => &schema::METRICS,
    };
    copy(bytes, request, DEPTH_MAX, &mut out);
    out.finish()
}

/// Copies the fields of a message; below `depth` levels as they are, which a walk refuses.
fn copy(bytes: &[u8], message: &Message, depth: u32, out: &mut Writer) {
    let mut reader = Reader::new(bytes);
    loop {
        let start = reader.rest();
        let Some(tag) = reader.next_tag() else {
            // The end, or where the message is malformed.
            out.raw(start);
            return;
        };
        let whole = start.get(..start.len() - reader.rest().len());
        let whole = whole.unwrap_or_default();
        let field = (tag & 7 == LEN).then(|| message.by_number(tag >> 3));
        let content = || Reader::new(whole).next_of(tag).unwrap_or_default();
        match field.flatten().map(|field| field.kind) {
            Some(Kind::Text) => match String::from_utf8_lossy(content()) {
                std::borrow::Cow::Borrowed(_) => out.raw(whole),
                std::borrow::Cow::Owned(text) => out.bytes(tag >> 3, text.as_bytes()),
            },
            Some(Kind::Message(inner)) if depth > 0 => {
                let nested = out.begin(tag >> 3);
                copy(content(), inner, depth - 1, out);
                out.end(nested);
            }
            _ => out.raw(whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Malformed;
    use crate::keys::Keys;
    use crate::view::SpanView;
    use crate::walk::tests::generate::{self, Random};
    use crate::walk::{self, WalkLimits};

    fn span_names(bytes: &[u8]) -> Result<Vec<String>, Malformed> {
        let mut names = Vec::new();
        let mut visitor = |span: &SpanView<'_, '_>| names.push(span.name.to_owned());
        walk::traces(bytes, &Keys::new(), &WalkLimits::DEFAULT, &mut visitor)
            .map_err(|error| error.what)?;
        Ok(names)
    }

    fn request(names: &[&[u8]], service: &[u8]) -> Vec<u8> {
        let mut out = Writer::default();
        out.message(1, |group| {
            group.message(1, |resource| {
                resource.message(1, |attribute| {
                    attribute.bytes(1, b"service.name");
                    attribute.message(2, |value| value.bytes(1, service));
                });
            });
            group.message(2, |scope| {
                for name in names {
                    scope.message(2, |span| span.bytes(5, name));
                }
            });
        });
        out.finish()
    }

    #[test]
    fn one_bad_text_costs_its_own_bytes_alone() {
        let bad = request(&[b"good", b"cut \xe2\x82", b"also good"], b"\xffshop");
        assert_eq!(span_names(&bad), Err(Malformed::Utf8));
        let repaired = with_valid_text(&bad, Signal::Traces);
        let expected = request(
            &[b"good", "cut \u{fffd}".as_bytes(), b"also good"],
            "\u{fffd}shop".as_bytes(),
        );
        assert_eq!(repaired, expected);
        let names = span_names(&repaired).unwrap();
        assert_eq!(names, ["good", "cut \u{fffd}", "also good"]);
    }

    #[test]
    fn valid_requests_keep_their_content_and_others_their_fault() {
        for seed in 0..200 {
            let bytes = generate::message(&mut Random(seed), &schema::TRACES, seed % 2 == 0);
            let repaired = with_valid_text(&bytes, Signal::Traces);
            assert_eq!(span_names(&repaired), span_names(&bytes), "seed {seed}");
            let mut damaged = bytes;
            generate::damage(&mut Random(!seed), &mut damaged);
            match span_names(&damaged) {
                Err(Malformed::Utf8) => {}
                judged => {
                    let repaired = with_valid_text(&damaged, Signal::Traces);
                    assert_eq!(span_names(&repaired).is_ok(), judged.is_ok(), "seed {seed}");
                }
            }
        }
    }
}
