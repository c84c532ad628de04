//! The configuration that runs when none is given.

use super::expand::Environment;
use super::layers::Layer;
use super::setting::{Endpoint, ScalarSetting, Scheme};

/// Names the place that traces are forwarded to; empty or absent means nowhere.
///
/// `host:port` and `http://…` are reached in the clear, `https://…` over TLS. Port 4318 or the
/// path `/v1/traces` mean OTLP/HTTP, everything else OTLP/gRPC.
pub const TEMPO_ENDPOINT: &str = "SECSPAN_TEMPO_ENDPOINT";

/// The port that says OTLP/HTTP.
const OTLP_HTTP_PORT: u16 = 4318;
/// The path that says OTLP/HTTP, and that the endpoint is the whole URL.
const OTLP_HTTP_PATH: &str = "/v1/traces";

const DEFAULT: &str = include_str!("default.yaml");
const TEMPO_GRPC: &str = include_str!("tempo.yaml");
const TEMPO_HTTP: &str = include_str!("tempo-http.yaml");

/// The layers of the embedded default, with forwarding to Tempo where it is asked for.
pub fn layers(environment: Environment<'_>) -> Vec<Layer> {
    let mut layers = vec![text("embedded default", DEFAULT)];
    let Some(tempo) = environment(TEMPO_ENDPOINT).filter(|endpoint| !endpoint.is_empty()) else {
        return layers;
    };
    // What cannot be read goes to the gRPC exporter, which says what is wrong with it.
    let endpoint = Endpoint::parse(&tempo).ok();
    let scheme = endpoint.as_ref().and_then(|endpoint| endpoint.scheme);
    let whole_url = endpoint
        .as_ref()
        .is_some_and(|endpoint| endpoint.path == OTLP_HTTP_PATH);
    let is_http_port = endpoint.as_ref().and_then(|endpoint| endpoint.port) == Some(OTLP_HTTP_PORT);
    if !whole_url && !is_http_port {
        layers.push(text("embedded tempo.yaml", TEMPO_GRPC));
        if scheme == Some(Scheme::Https) {
            layers.push(Layer::Set(
                "exporters.otlp/tempo.tls.insecure=false".to_owned(),
            ));
        }
        return layers;
    }
    layers.push(text("embedded tempo-http.yaml", TEMPO_HTTP));
    let key = if whole_url {
        "traces_endpoint"
    } else {
        "endpoint"
    };
    let prefix = if scheme.is_none() { "http://" } else { "" };
    if whole_url || scheme.is_none() {
        layers.push(Layer::Set(format!(
            "exporters.otlphttp/tempo.{key}=\"{prefix}${{env:{TEMPO_ENDPOINT}}}\""
        )));
    }
    layers
}

fn text(name: &str, text: &str) -> Layer {
    Layer::Text {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{TEMPO_ENDPOINT, layers};
    use crate::config::inventory::sample::inventory;
    use crate::config::{Loaded, Report, load, print};

    fn default(tempo: Option<&str>) -> (Loaded, Report) {
        let environment = |name: &str| tempo.filter(|_| name == TEMPO_ENDPOINT).map(str::to_owned);
        let report = Report::new();
        let loaded = load(&layers(&environment), &environment, &inventory(), &report);
        (loaded.expect("YAML"), report)
    }

    /// Where traces go, in the order of the pipeline.
    fn exporters(loaded: &Loaded) -> Vec<String> {
        let pipelines = &loaded.document.service.pipelines;
        let traces = pipelines.iter().find(|pipeline| pipeline.id() == "traces");
        traces
            .expect("traces")
            .exporters
            .iter()
            .map(|own| own.id.to_string())
            .collect()
    }

    #[test]
    fn traces_go_to_tempo_only_when_asked() {
        let plain = exporters(&default(None).0);
        assert_eq!(exporters(&default(Some("")).0), plain);
        for (endpoint, exporter, expected) in [
            (
                "t:4317",
                "otlp/tempo",
                "endpoint: t:4317\n    tls:\n      insecure: true",
            ),
            (
                "http://t:1",
                "otlp/tempo",
                "endpoint: http://t:1\n    tls:\n      insecure: true",
            ),
            (
                "https://t:1",
                "otlp/tempo",
                "endpoint: https://t:1\n    tls:\n      insecure: false",
            ),
            ("t:4318", "otlphttp/tempo", "endpoint: http://t:4318\n"),
            (
                "https://t:4318",
                "otlphttp/tempo",
                "endpoint: https://t:4318\n",
            ),
            (
                "http://t/v1/traces",
                "otlphttp/tempo",
                "traces_endpoint: http://t/v1/traces\n",
            ),
            (
                "https://t/other",
                "otlp/tempo",
                "endpoint: https://t/other\n",
            ),
        ] {
            let (loaded, report) = default(Some(endpoint));
            let problems = report.problems();
            assert!(problems.is_empty(), "{endpoint}: {problems:?}");
            let with_tempo = [plain.clone(), vec![exporter.to_owned()]].concat();
            assert_eq!(exporters(&loaded), with_tempo, "{endpoint}");
            let shown = print::written(&loaded.expanded, &report);
            assert!(shown.contains(expected), "{endpoint}:\n{shown}");
        }
    }
}
