//! Tests of the value types: what is accepted, what is refused, with which hint.

use std::net::SocketAddr;
use std::time::Duration;

use proptest::prelude::*;

use super::{
    ByteSize, Endpoint, Mebibytes, ScalarSetting, Secret, Shown, parse_duration, show_duration,
};

fn read<T: ScalarSetting>(text: &str) -> String {
    match T::parse(text) {
        Ok(value) => match value.show() {
            Shown::Scalar(shown) => shown,
            other => format!("{other:?}"),
        },
        Err(hint) => format!("refused: {hint}"),
    }
}

#[test]
fn durations() {
    for (text, expected) in [
        ("5s", "5s"),
        ("1h30m", "1h30m"),
        ("90m", "1h30m"),
        ("200ms", "200ms"),
        ("1.5s", "1s500ms"),
        (".5s", "500ms"),
        ("0", "0s"),
        ("0s", "0s"),
        ("365d", "365d"),
        ("10µs", "10us"),
        ("1s 500ms", "1s500ms"),
        ("5", "refused: add a unit: `5s` or `5ms`"),
        ("-5s", "refused: a duration cannot be negative"),
        (
            "5 minutes",
            "refused: units are ns, us, ms, s, m, h and d, not `minutes`",
        ),
        ("1h30", "refused: add a unit after 30: ms, s, m, h or d"),
        ("1.2.3s", "refused: `1.2.3` is not a number"),
        ("999999d", "refused: at most 100 years"),
        ("99999999999999999999s", "refused: "),
        ("soon", "refused: "),
        (".s", "0s"),
        ("", "refused: "),
    ] {
        assert_eq!(read::<Duration>(text), expected, "{text:?}");
    }
}

#[test]
fn byte_sizes() {
    for (text, expected) in [
        ("4MiB", "4MiB"),
        ("64 KiB", "64KiB"),
        ("1024", "1KiB"),
        ("1000", "1000B"),
        ("0", "0B"),
        ("1GB", "1000000000B"),
        ("1TiB", "1TiB"),
        ("4mib", "refused: write `4MiB`"),
        ("4M", "refused: write `4MiB`"),
        ("4 parsec", "refused: units are B, KiB, MiB, GiB and TiB"),
        ("99999999999TiB", "refused: the size is too large"),
        ("1.5MiB", "refused: units are B, KiB, MiB, GiB and TiB"),
        ("MiB", "refused: "),
        ("", "refused: "),
    ] {
        assert_eq!(read::<ByteSize>(text), expected, "{text:?}");
    }
    assert_eq!(read::<Mebibytes>("4"), "4");
    assert_eq!(
        read::<Mebibytes>("4MiB"),
        "refused: the unit is in the name: write 4"
    );
}

#[test]
fn listen_addresses() {
    for (text, expected) in [
        ("127.0.0.1:4317", "127.0.0.1:4317"),
        ("localhost:4317", "127.0.0.1:4317"),
        (":4317", "0.0.0.0:4317"),
        ("[::1]:4317", "[::1]:4317"),
        ("127.0.0.1", "refused: add a port"),
        (
            "127.0.0.1:99999",
            "refused: the port must be a number from 0 to 65535",
        ),
        (
            "tempo:4317",
            "refused: use an IP address; IPv6 in brackets, as in [::1]:4317",
        ),
    ] {
        assert_eq!(read::<SocketAddr>(text), expected, "{text:?}");
    }
}

#[test]
fn endpoints_of_destinations() {
    for (text, expected) in [
        ("tempo:4317", "tempo:4317"),
        ("http://tempo:4318/", "http://tempo:4318"),
        (
            "https://tempo.example.org/otlp",
            "https://tempo.example.org/otlp",
        ),
        ("http://[::1]:4317", "http://[::1]:4317"),
        ("tempo", "refused: add a port"),
        (
            "tempo:0",
            "refused: the port must be a number from 1 to 65535",
        ),
        (
            "ftp://tempo:1",
            "refused: schemes are http and https, not `ftp`",
        ),
        (
            "https://user:pass@tempo:1",
            "refused: put credentials into `headers` or an authenticator",
        ),
        (
            "http://[x]:1",
            "refused: only an IPv6 address goes into brackets",
        ),
        (
            "te mpo:1",
            "refused: the host name is missing or has characters that no host name has",
        ),
        (
            ":4317",
            "refused: the host name is missing or has characters that no host name has",
        ),
    ] {
        assert_eq!(read::<Endpoint>(text), expected, "{text:?}");
    }
    let endpoint = Endpoint::parse("https://[::1]/x").expect("a URL");
    assert_eq!(endpoint.authority(443), "[::1]:443");
}

#[test]
fn truth_and_numbers() {
    for (text, expected) in [
        ("true", "true"),
        ("False", "false"),
        ("yes", "refused: write `true`"),
        ("2", "refused: "),
    ] {
        assert_eq!(read::<bool>(text), expected, "{text:?}");
    }
    for (text, expected) in [
        ("1_000", "1000"),
        ("-1", "refused: "),
        ("1.5", "refused: "),
        ("99999999999999999999", "refused: the number is too large"),
        ("", "refused: "),
        ("+5", "refused: "),
    ] {
        assert_eq!(read::<u64>(text), expected, "{text:?}");
    }
    assert_eq!(read::<f64>("0.5"), "0.5");
    assert_eq!(read::<f64>("inf"), "refused: the number must be finite");
}

#[test]
fn a_secret_shows_as_a_mask() {
    let secret = Secret::new("hunter2");
    assert_eq!(format!("{secret} {secret:?}"), "**** ****");
    assert_eq!(secret.reveal(), "hunter2");
    assert_eq!(secret.show(), Shown::Secret);
}

fn read_as_everything(text: &str) {
    for read in [
        read::<Duration>,
        read::<ByteSize>,
        read::<Endpoint>,
        read::<SocketAddr>,
        read::<u64>,
    ] {
        read(text);
    }
}

proptest! {
    #[test]
    fn a_duration_reads_back_as_shown(nanos in 0u64..=u64::MAX / 8) {
        let duration = Duration::from_nanos(nanos);
        prop_assert_eq!(parse_duration(&show_duration(duration)), Ok(duration));
    }

    #[test]
    fn a_byte_size_reads_back_as_shown(bytes: u64) {
        let size = ByteSize::bytes(bytes);
        prop_assert_eq!(ByteSize::parse(&size.to_string()), Ok(size));
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC*") {
        read_as_everything(&text);
    }

    #[test]
    fn near_misses_do_not_make_a_reader_panic(text in "[0-9.a-zµ:/\\[\\]@?# -]{0,24}") {
        read_as_everything(&text);
    }
}
