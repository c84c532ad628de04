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
