//! Ends of files as crashed, careless and foreign writers leave them.

use std::io::Write;

use super::*;

fn end(layout: Layout, content: &[u8]) -> End {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    end_of(layout, &file, content.len() as u64).unwrap()
}

fn torn(start: u64, bytes: &[u8]) -> End {
    End::Torn {
        start,
        bytes: bytes.to_vec(),
    }
}

#[test]
fn ends_of_json_are_told_apart() {
    for (content, expected) in [
        (&b""[..], End::Clean),
        (b"{}\n", End::Clean),
        (b"{}\r\n", End::Clean),
        (b"{}\n{\"a\":1}", End::Unterminated),
        (b"{}\n{\"a\":1}  ", End::Unterminated),
        (b"\xef\xbb\xbf{}", End::Unterminated),
        (b"{}\n{\"a\":", torn(3, b"{\"a\":")),
        (b"{\"a", torn(0, b"{\"a")),
        (b"{}\n7", torn(3, b"7")),
        (b"{}\n\0\0", torn(3, b"\0\0")),
        (b"\n", End::Blank { start: 0 }),
        (b" \n \n", End::Blank { start: 0 }),
        (b"{}\n\n\n", End::Blank { start: 3 }),
        (b"{}\n   ", End::Blank { start: 3 }),
        (b"{}\r\n\r\n", End::Blank { start: 4 }),
    ] {
        assert_eq!(end(Layout::Json, content), expected, "{content:?}");
    }
}

#[test]
fn ends_of_tables_are_told_apart() {
    let layout = Layout::Csv { header: "a,b,c" };
    for (content, expected) in [
        (&b"a,b,c"[..], End::Unterminated),
        (b"a,b,c\n", End::Clean),
        (b"a,b,c\n1,2,", End::Unterminated),
        (b"a,b,c\n1,2", torn(6, b"1,2")),
        (b"a,b,c\n1,\"2\n", torn(6, b"1,\"2\n")),
        (b"a,b,c\n1,\"2\nx\",3\n", End::Clean),
        (b"a,b,c\n1,\"2\nx\",3", End::Unterminated),
    ] {
        assert_eq!(end(layout, content), expected, "{content:?}");
    }
}

#[test]
fn an_open_quote_far_back_hides_rows_that_are_not_taken_away() {
    let rows = "1,2,3\n".repeat(20_000);
    let content = format!("a,b,c\n1,\"2,3\n{rows}1");
    let layout = Layout::Csv { header: "a,b,c" };
    assert_eq!(end(layout, content.as_bytes()), End::Hidden { start: 6 });
}

#[test]
fn ends_of_pipe_logs_are_told_apart() {
    let layout = Layout::Pipe { fields: 3 };
    for (content, expected) in [
        (&b"a|b|c\n"[..], End::Clean),
        (b"a|b|c\na|b|c|d", End::Unterminated),
        (b"a|b|c\na|b", torn(6, b"a|b")),
    ] {
        assert_eq!(end(layout, content), expected, "{content:?}");
    }
}

#[test]
fn a_torn_line_may_be_longer_than_a_step() {
    let long = vec![b'x'; 200_000];
    let content = [b"{}\n", &long[..]].concat();
    assert_eq!(end(Layout::Json, &content), torn(3, &long));
}
