//! OTLP/HTTP: `POST /v1/traces`, `/v1/metrics` and `/v1/logs`, protobuf or JSON, with answers in the request's own form.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use secspan_otlp::{encode, json};

use super::body::{Plain, check, collect, drain};
use super::config::HttpConfig;
use super::cors::Cors;
use super::inflate::Encoding;
use super::intake::Intake;
use super::over_grpc;
use super::rejection::{ENCODINGS, Rejection};
use crate::batch::Signal;
use crate::component::Accepted;
use crate::http::Answer;
use crate::rpc::{Status, code};

/// The service behind the HTTP listener.
#[derive(Clone, Debug)]
pub(super) struct HttpService {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    intake: Intake,
    paths: [(String, Signal); 3],
    cors: Option<Cors>,
}

impl HttpService {
    /// A service in front of `intake`, under the configured paths.
    pub(super) fn new(intake: Intake, config: &HttpConfig) -> Self {
        let paths = [
            (config.traces_path.clone(), Signal::Traces),
            (config.metrics_path.clone(), Signal::Metrics),
            (config.logs_path.clone(), Signal::Logs),
        ];
        Self {
            shared: Arc::new(Shared {
                intake,
                paths,
                cors: config.cors.clone(),
            }),
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for HttpService {
    type Response = Response<Answer>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move { Ok(respond(&shared, request).await) })
    }
}

/// The form of a request, and so of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Protobuf,
    Json,
}

impl Form {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let media_type = content_type.split(';').next()?.trim();
        if media_type.eq_ignore_ascii_case("application/x-protobuf") {
            Some(Self::Protobuf)
        } else if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        })
    }
}

async fn respond(shared: &Shared, request: Request<Incoming>) -> Response<Answer> {
    let (head, mut body) = request.into_parts();
    let preflight = shared.cors.as_ref();
    let preflight = preflight.and_then(|cors| cors.preflight(&head.method, &head.headers));
    let mut response = match preflight {
        Some(response) => return response,
        None => answer(shared, &head, &mut body).await,
    };
    if let Some(cors) = &shared.cors {
        cors.allow(&head.headers, &mut response);
    }
    if head.version < Version::HTTP_2 && !body.is_end_stream() {
        tokio::spawn(drain(body, shared.intake.limits));
    }
    response
}

async fn answer(shared: &Shared, head: &Parts, body: &mut Incoming) -> Response<Answer> {
    let form = Form::of(&head.headers);
    let path = head.uri.path();
    let signal = shared
        .paths
        .iter()
        .find(|(own, _)| own == path)
        .map(|(_, signal)| *signal);
    let (Some(signal), Some(form), &Method::POST) = (signal, form, &head.method) else {
        return misdirected(shared, head, signal, form);
    };
    let outcome = export(&shared.intake, signal, form, head, body).await;
    shared.intake.count(signal, &outcome);
    match outcome {
        Ok(accepted) => success(form, signal, &accepted),
        Err(rejection) => failure(form, &rejection),
    }
}

/// Answers a request that is no OTLP export: says what would be one.
fn misdirected(
    shared: &Shared,
    head: &Parts,
    signal: Option<Signal>,
    form: Option<Form>,
) -> Response<Answer> {
    if over_grpc::is_grpc(&head.headers) {
        let message = "this port speaks OTLP/HTTP; OTLP/gRPC has a port of its own, usually 4317";
        return over_grpc::failure(&Status::new(code::UNIMPLEMENTED, message));
    }
    let paths = || {
        shared
            .paths
            .each_ref()
            .map(|(path, _)| path.as_str())
            .join(", ")
    };
    let answer = |status, code, message: String| {
        status_answer(
            form.unwrap_or(Form::Json),
            status,
            &Status::new(code, message),
        )
    };
    if signal.is_none() {
        let message = format!(
            "nothing at {}; OTLP is taken by POST at {}",
            head.uri.path(),
            paths(),
        );
        return answer(StatusCode::NOT_FOUND, code::UNIMPLEMENTED, message);
    }
    if head.method != Method::POST {
        let message = format!("method {} is not allowed here; use POST", head.method);
        let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, code::UNIMPLEMENTED, message);
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let message = "content-type must be application/x-protobuf or application/json".to_owned();
    answer(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        code::INVALID_ARGUMENT,
        message,
    )
}

async fn export(
    intake: &Intake,
    signal: Signal,
    form: Form,
    head: &Parts,
    body: &mut Incoming,
) -> Result<Accepted, Rejection> {
    intake.authenticate(&head.headers)?;
    let encoding = Encoding::parse(head.headers.get(CONTENT_ENCODING))?;
    let announced = head
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    check(announced, 0, intake.limits, &intake.budget)?;
    let (body, mut reservation) =
        collect(body, intake.limits, &intake.budget, Plain(announced)).await?;
    let body = intake.inflate(encoding, body, &mut reservation)?;
    let (payload, remark) = match form {
        Form::Protobuf => (body, String::new()),
        Form::Json => {
            let limit = intake.limits.bytes;
            let wire = super::json::to_wire(signal, &body, limit, &mut reservation)?;
            (wire.bytes.into(), wire.remark)
        }
    };
    let accepted = intake.take(signal, payload).await;
    drop(reservation);
    accepted.map(|accepted| accepted.with_remark(&remark))
}

fn success(form: Form, signal: Signal, accepted: &Accepted) -> Response<Answer> {
    let (rejected, message) = (accepted.rejected, accepted.message.as_str());
    let data: Bytes = match form {
        Form::Protobuf => encode::export_response(rejected, message).into(),
        Form::Json => json::export_response(signal.on_the_wire(), rejected, message).into(),
    };
    let mut response = Response::new(Answer::new(data));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, form.content_type());
    response
}

fn failure(form: Form, rejection: &Rejection) -> Response<Answer> {
    let mut response = status_answer(form, rejection.http_status(), &rejection.status());
    let headers = response.headers_mut();
    if let Some(delay) = rejection.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(delay)));
    }
    match rejection {
        Rejection::Unauthenticated(_) => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Rejection::Encoding(_) => {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
        }
        _ => {}
    }
    response
}

/// `Retry-After` has whole seconds; a fraction is rounded up, since earlier is too early.
fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

fn status_answer(form: Form, http: StatusCode, status: &Status) -> Response<Answer> {
    let data: Bytes = match form {
        Form::Protobuf => status.encode().into(),
        Form::Json => json::status(status.code, &status.message).into(),
    };
    let mut response = Response::new(Answer::new(data));
    *response.status_mut() = http;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, form.content_type());
    response
}
