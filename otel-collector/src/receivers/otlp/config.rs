//! What a valid `otlp` receiver configuration is; keys as upstream's, plus `max_in_flight_bytes` and `max_connections`.

use std::net::SocketAddr;
use std::time::Duration;

use super::cors::Cors;
use crate::config::{ByteSize, Complaint, Mebibytes, Section};
use crate::http::{self, ServerSettings};
use crate::tls::ServerTls;

/// Largest request, on the wire and after decompression, on gRPC and HTTP alike. Upstream has 4 MiB for one and 20 MiB
/// for the other, so that a batch passes or fails by transport.
pub const MAX_REQUEST: ByteSize = ByteSize::mib(20);
/// Bytes of requests that are being received, decompressed or taken in at once, over both protocols.
pub const MAX_IN_FLIGHT: ByteSize = ByteSize::mib(24);
/// Pause that is asked of senders when [`MAX_IN_FLIGHT`] is used up: room is made within milliseconds.
pub const OVERLOAD_RETRY_AFTER: Duration = Duration::from_secs(1);
/// Longest silence in the middle of a request body.
pub const BODY_IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time that one request body may take.
pub const BODY_TIMEOUT: Duration = Duration::from_mins(2);

/// The configuration of an `otlp` receiver.
#[derive(Clone, Debug, PartialEq)]
pub struct OtlpReceiverConfig {
    /// OTLP/gRPC.
    pub grpc: Option<GrpcConfig>,
    /// OTLP/HTTP, protobuf and JSON.
    pub http: Option<HttpConfig>,
    /// See [`MAX_IN_FLIGHT`].
    pub max_in_flight: ByteSize,
}

/// What both protocols have.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerConfig {
    /// Where to listen.
    pub endpoint: SocketAddr,
    /// TLS, when set.
    pub tls: Option<ServerTls>,
    /// Id of the extension that checks the authorization of each request.
    pub authenticator: Option<String>,
    /// See [`MAX_REQUEST`].
    pub max_request: ByteSize,
    /// See [`http::MAX_CONNECTIONS`].
    pub max_connections: usize,
}

/// `protocols.grpc`.
#[derive(Clone, Debug, PartialEq)]
pub struct GrpcConfig {
    /// The listener.
    pub listener: ListenerConfig,
    /// Requests under way at once on one connection.
    pub max_concurrent_streams: u32,
    /// When connections are pinged and ended.
    pub keepalive: Keepalive,
}

/// `protocols.grpc.keepalive.server_parameters`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keepalive {
    /// Ping a silent peer after this time.
    pub time: Duration,
    /// Close when it does not answer within this time.
    pub timeout: Duration,
    /// Close a connection on which nothing moves for this long; `None`: never.
    pub max_connection_idle: Option<Duration>,
    /// Ask a connection to leave at this age; `None`: never.
    pub max_connection_age: Option<Duration>,
    /// What is left to it then.
    pub max_connection_age_grace: Duration,
}

/// `protocols.http`.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpConfig {
    /// The listener.
    pub listener: ListenerConfig,
    /// What web pages may do; `None`: nothing.
    pub cors: Option<Cors>,
    /// Path of traces.
    pub traces_path: String,
    /// Path of metrics.
    pub metrics_path: String,
    /// Path of logs.
    pub logs_path: String,
    /// Time for the head of a request.
    pub read_header_timeout: Duration,
    /// Close a connection on which nothing moves for this long.
    pub idle_timeout: Duration,
}

impl OtlpReceiverConfig {
    /// Reads the receiver's section.
    pub fn read(section: &mut Section<'_>) -> Self {
        let (grpc, http) = section.section("protocols", |protocols| {
            let grpc = protocols.optional_section("grpc", read_grpc);
            let http = protocols.optional_section("http", read_http);
            (grpc, http)
        });
        if grpc.is_none() && http.is_none() {
            let complaint = Complaint::new("no protocol is switched on")
                .allowed("grpc, http or both")
                .hint("write `protocols: { grpc: {}, http: {} }`");
            section.reject("protocols", complaint);
        }
        let max_in_flight = section.byte_size("max_in_flight_bytes").or(MAX_IN_FLIGHT);
        let largest = [
            grpc.as_ref().map(|grpc| &grpc.listener),
            http.as_ref().map(|http| &http.listener),
        ]
        .into_iter()
        .flatten()
        .map(|listener| listener.max_request)
        .max();
        if largest.is_some_and(|largest| largest > max_in_flight) {
            let complaint =
                Complaint::new("is smaller than the largest request that the protocols accept")
                    .hint("raise it, or lower max_recv_msg_size_mib and max_request_body_size");
            section.reject("max_in_flight_bytes", complaint);
        }
        Self {
            grpc,
            http,
            max_in_flight,
        }
    }
}

fn read_grpc(section: &mut Section<'_>) -> GrpcConfig {
    for key in ["read_buffer_size", "write_buffer_size"] {
        section.without_effect(key, "buffers follow the size of the frames");
    }
    section.without_effect("include_metadata", "request headers are not passed on");
    section.without_effect("transport", "the transport is tcp");
    section.unsupported(
        "middlewares",
        "remove it; limits are options of the receiver",
    );
    let max_request = section
        .mib("max_recv_msg_size_mib")
        .optional()
        .map_or(MAX_REQUEST, Mebibytes::size);
    let streams = u64::from(http::MAX_CONCURRENT_STREAMS);
    let max_concurrent_streams = section
        .u64("max_concurrent_streams")
        .within(1..=u64::from(u32::MAX))
        .or(streams);
    GrpcConfig {
        listener: read_listener(section, 4317, max_request),
        max_concurrent_streams: u32::try_from(max_concurrent_streams).unwrap_or(u32::MAX),
        keepalive: section.section("keepalive", |keepalive| {
            keepalive.without_effect(
                "enforcement_policy",
                "clients may ping as often as they like",
            );
            keepalive.section("server_parameters", read_keepalive)
        }),
    }
}

fn read_keepalive(section: &mut Section<'_>) -> Keepalive {
    let positive = Duration::from_millis(1)..=Duration::MAX;
    Keepalive {
        time: section
            .duration("time")
            .within(positive.clone())
            .or(http::KEEPALIVE_TIME),
        timeout: section
            .duration("timeout")
            .within(positive.clone())
            .or(http::KEEPALIVE_TIMEOUT),
        max_connection_idle: section
            .duration("max_connection_idle")
            .within(positive.clone())
            .optional(),
        max_connection_age: section
            .duration("max_connection_age")
            .within(positive)
            .optional(),
        max_connection_age_grace: section
            .duration("max_connection_age_grace")
            .or(ServerSettings::default().grace),
    }
}

fn read_http(section: &mut Section<'_>) -> HttpConfig {
    section.without_effect("include_metadata", "request headers are not passed on");
    section.without_effect(
        "compression_algorithms",
        "gzip, zstd, zlib and deflate are always accepted",
    );
    section.without_effect(
        "keep_alives_enabled",
        "clients decide; idle connections are closed",
    );
    section.without_effect("read_timeout", "bodies have their own limits");
    section.without_effect("write_timeout", "answers are a few bytes");
    section.unsupported("response_headers", "put a proxy in front that adds them");
    section.unsupported(
        "middlewares",
        "remove it; limits are options of the receiver",
    );
    let max_request = section.byte_size("max_request_body_size").or(MAX_REQUEST);
    HttpConfig {
        listener: read_listener(section, 4318, max_request),
        cors: section.optional_section("cors", Cors::read),
        traces_path: read_path(section, "traces_url_path", "/v1/traces"),
        metrics_path: read_path(section, "metrics_url_path", "/v1/metrics"),
        logs_path: read_path(section, "logs_url_path", "/v1/logs"),
        read_header_timeout: section
            .duration("read_header_timeout")
            .or(http::HANDSHAKE_TIMEOUT),
        idle_timeout: section.duration("idle_timeout").or(Duration::from_mins(1)),
    }
}

fn read_path(section: &mut Section<'_>, key: &'static str, default: &str) -> String {
    let slash = |path: &String| {
        if path.starts_with('/') {
            return Ok(());
        }
        let complaint = Complaint::new("is no path").given(path);
        Err(complaint.allowed("a path that starts with /"))
    };
    section.string(key).check(slash).or(default.to_owned())
}

fn read_listener(section: &mut Section<'_>, port: u16, max_request: ByteSize) -> ListenerConfig {
    let places = http::MAX_CONNECTIONS as u64;
    let max_connections = section
        .u64("max_connections")
        .within(1..=u64::from(u32::MAX))
        .or(places);
    let default = SocketAddr::from(([127, 0, 0, 1], port));
    let endpoint = section.socket_addr("endpoint").or(default);
    section.listens("endpoint", endpoint);
    ListenerConfig {
        endpoint,
        tls: section.optional_section("tls", ServerTls::read),
        authenticator: section
            .optional_section("auth", |auth| auth.string("authenticator").required()),
        max_request,
        max_connections: usize::try_from(max_connections).unwrap_or(usize::MAX),
    }
}

impl GrpcConfig {
    /// The limits of the listener's connections.
    pub fn server(&self) -> ServerSettings {
        ServerSettings {
            max_connections: self.listener.max_connections,
            idle_timeout: self.keepalive.max_connection_idle,
            max_age: self.keepalive.max_connection_age,
            grace: self.keepalive.max_connection_age_grace,
            max_concurrent_streams: self.max_concurrent_streams,
            keepalive_time: self.keepalive.time,
            keepalive_timeout: self.keepalive.timeout,
            ..ServerSettings::default()
        }
    }
}

impl HttpConfig {
    /// The limits of the listener's connections.
    pub fn server(&self) -> ServerSettings {
        ServerSettings {
            max_connections: self.listener.max_connections,
            handshake_timeout: self.read_header_timeout,
            idle_timeout: Some(self.idle_timeout),
            ..ServerSettings::default()
        }
    }
}
