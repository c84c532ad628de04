//! Which format a reader gets: the best of those its `Accept` header names.

/// An exposition format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Prometheus text 0.0.4: what everything reads.
    Text,
    /// OpenMetrics 1.0 text: with exemplars.
    OpenMetrics,
    /// Length-delimited `io.prometheus.client.MetricFamily`: with native histograms.
    Protobuf,
}

impl Format {
    /// The `Content-Type` of the answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Protobuf => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        }
    }
}

/// The format of highest quality in an `Accept` header; the text format when none is known.
///
/// Of equal qualities the one named first wins.
pub fn negotiate(accept: &str) -> Format {
    let mut best: Option<(f32, Format)> = None;
    for range in accept.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let parameters: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
        let parameter = |name: &str| {
            let found = parameters
                .iter()
                .find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim().trim_matches('"'))
        };
        let Some(format) = format_of(&media, &parameter) else {
            continue;
        };
        let quality: f32 = parameter("q")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1.0);
        if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
            best = Some((quality, format));
        }
    }
    best.map_or(Format::Text, |(_, format)| format)
}

fn format_of<'a>(media: &str, parameter: &impl Fn(&str) -> Option<&'a str>) -> Option<Format> {
    match media {
        "application/vnd.google.protobuf" => {
            let proto =
                parameter("proto")?.eq_ignore_ascii_case("io.prometheus.client.MetricFamily");
            let delimited = parameter("encoding")?.eq_ignore_ascii_case("delimited");
            (proto && delimited).then_some(Format::Protobuf)
        }
        "application/openmetrics-text" => parameter("version")
            .is_none_or(|version| matches!(version, "1.0.0" | "0.0.1"))
            .then_some(Format::OpenMetrics),
        "text/plain" => parameter("version")
            .is_none_or(|version| version == "0.0.4")
            .then_some(Format::Text),
        "text/*" | "*/*" => Some(Format::Text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_format_wins() {
        let protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
        for (accept, expected) in [
            ("", Format::Text),
            ("text/html,application/xhtml+xml,*/*;q=0.8", Format::Text),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                Format::OpenMetrics,
            ),
            (
                &format!(
                    "{protobuf};q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1"
                ),
                Format::Protobuf,
            ),
            (
                &format!("{protobuf};q=0.2,application/openmetrics-text;q=0.9"),
                Format::OpenMetrics,
            ),
            (&format!("{protobuf};q=0"), Format::Text),
            (
                "application/vnd.google.protobuf;proto=other;encoding=delimited,text/plain;version=0.0.4;q=0.1",
                Format::Text,
            ),
            (
                "application/openmetrics-text;version=2.0.0,text/plain;q=0.1",
                Format::Text,
            ),
            (
                "APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"",
                Format::OpenMetrics,
            ),
            ("text/plain;version=1.0.0;q=0.9", Format::Text),
            (";;q=x,=,/", Format::Text),
        ] {
            assert_eq!(negotiate(accept), expected, "{accept}");
        }
    }
}
