//! OTLP/gRPC through tonic: one channel per destination, messages as bytes.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri};
use secspan_otlp::Signal;
use secspan_otlp::codec::BytesCodec;
use secspan_otlp::response;
use tonic::client::Grpc;
use tonic::metadata::MetadataMap;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, TimeoutExpired};

use self::fence::{Compressed, Fence};
use crate::answer::{self, Delivered, RETRY_AFTER_MAX, SendError};
use crate::compression::Compression;
use crate::connect::{ANSWER_MAX_BYTES, Broken, Connections, Connector, Target};
use crate::error_chain;

mod fence;

/// Credit of one answer, and of all answers of a connection: an answer is a few bytes.
const WINDOW_BYTES: u32 = 1 << 20;
/// Longest deadline that the header can say: eight digits of milliseconds.
const DEADLINE_MAX_MILLIS: u128 = 99_999_999;

/// How a destination is spoken to.
#[derive(Clone, Debug)]
pub struct GrpcSettings {
    /// Where it listens.
    pub target: Target,
    /// Host and port as requests name them.
    pub authority: String,
    /// Headers of every request.
    pub headers: HeaderMap,
    /// How messages are compressed.
    pub compression: Compression,
    /// Time for one attempt, which the destination is told as well.
    pub timeout: Duration,
    /// Pings while requests wait for an answer: after how long, and how long for the reply.
    pub keepalive: Option<(Duration, Duration)>,
}

/// Speaks OTLP/gRPC to one destination.
#[derive(Debug)]
pub struct GrpcClient {
    connector: Connector,
    endpoint: Endpoint,
    headers: HeaderMap,
    compression: Compression,
    connections: Connections<Channel>,
}

impl GrpcClient {
    /// A client for these settings. Connects when the first request comes.
    ///
    /// # Errors
    /// The authority is none.
    pub fn new(settings: GrpcSettings) -> Result<Self, http::Error> {
        let uri = |scheme| {
            Uri::builder()
                .scheme(scheme)
                .authority(settings.authority.as_str())
                .path_and_query("/")
                .build()
        };
        let secured = settings.target.tls.is_some();
        // The connector speaks TLS itself; the channel only has to name the scheme.
        let mut endpoint = Endpoint::from(uri("http")?)
            .origin(uri(if secured { "https" } else { "http" })?)
            .initial_stream_window_size(WINDOW_BYTES)
            .initial_connection_window_size(WINDOW_BYTES);
        if let Some((time, reply_within)) = settings.keepalive {
            endpoint = endpoint
                .http2_keep_alive_interval(time)
                .keep_alive_timeout(reply_within);
        }
        let mut headers = settings.headers;
        let millis = settings.timeout.as_millis().min(DEADLINE_MAX_MILLIS);
        headers.insert("grpc-timeout", HeaderValue::try_from(format!("{millis}m"))?);
        if let Some(encoding) = settings.compression.name() {
            headers.insert("grpc-encoding", HeaderValue::from_static(encoding));
        }
        Ok(Self {
            connector: Connector::new(settings.target),
            endpoint,
            headers,
            compression: settings.compression,
            connections: Connections::new(settings.timeout),
        })
    }

    /// Sends one export request.
    ///
    /// # Errors
    /// No connection, no answer in time, or a refusal.
    pub async fn send(&self, signal: Signal, message: Bytes) -> Result<Delivered, SendError> {
        let packed = self.compression.apply(message);
        let mut request = Request::new(packed.map_err(|error| SendError::compressing(&error))?);
        *request.metadata_mut() = MetadataMap::from_headers(self.headers.clone());
        if self.compression.name().is_some() {
            request.extensions_mut().insert(Compressed);
        }
        let open = || {
            let connector = self.connector.clone();
            self.endpoint.connect_with_connector_lazy(connector)
        };
        let exchange = |channel| exchange(channel, request, path_of(signal));
        match self.connections.within(open, exchange).await? {
            Ok(message) => Ok(Delivered::read(&message)),
            Err(status) => Err(refusal(&status)),
        }
    }
}

fn path_of(signal: Signal) -> PathAndQuery {
    PathAndQuery::from_static(match signal {
        Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    })
}

/// The message of the answer, or the destination's status.
async fn exchange(
    channel: Channel,
    request: Request<Bytes>,
    path: PathAndQuery,
) -> Result<Result<Bytes, Status>, Broken> {
    let mut grpc = Grpc::new(Fence(channel)).max_decoding_message_size(ANSWER_MAX_BYTES);
    if let Err(error) = grpc.ready().await {
        return Err(Broken::Failed(error_chain(error.as_ref())));
    }
    // Not `unary`: it takes a success without a message, which some servers send, for a failure.
    let answered = async {
        let mut answer = grpc.server_streaming(request, path, BytesCodec).await?;
        let message = answer.get_mut().message().await?.unwrap_or_default();
        answer.get_mut().trailers().await?;
        Ok(message)
    };
    match answered.await {
        Ok(message) => Ok(Ok(message)),
        // A status that came over the wire has no source.
        Err(status) => match Error::source(&status) {
            None => Ok(Err(status)),
            Some(source) if is_silence(source) => Err(Broken::Silent),
            Some(source) => Err(Broken::Failed(error_chain(source))),
        },
    }
}

/// The channel counts the deadline as well, and may be first.
fn is_silence(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TimeoutExpired>() {
            return true;
        }
        cause = error.source();
    }
    false
}

fn refusal(status: &Status) -> SendError {
    let after = response::retry_after(status.details()).map(|delay| delay.min(RETRY_AFTER_MAX));
    answer::of_grpc(status.code(), status.message(), after)
}
