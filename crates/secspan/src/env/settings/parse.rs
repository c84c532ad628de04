//! Readers of single values: `Err` carries what would be allowed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{
    Compression, Endpoint, Exporters, HeaderMap, HeaderName, HeaderValue, KeyValue, Preset,
    Propagators, Protocol,
};

/// What would have been accepted.
pub(crate) type Allowed = String;

const GRPC_PORT: u16 = 4317;
const HTTP_PORT: u16 = 4318;
const TRACES_PATH: &str = "/v1/traces";

pub(super) fn flag(text: &str) -> Result<bool, Allowed> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("true or false".to_owned()),
    }
}

pub(super) fn whole<T>(least: T, most: T) -> impl Fn(&str) -> Result<T, Allowed>
where
    T: FromStr + PartialOrd + fmt::Display + Copy,
{
    move |text| {
        let number = text
            .parse()
            .ok()
            .filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("a whole number from {least} to {most}"))
    }
}

pub(super) fn millis(text: &str) -> Result<Duration, Allowed> {
    /// A day: beyond it a number is more likely a mistake of the unit.
    const MOST_MS: u64 = 86_400_000;

    let number =
        whole(1, MOST_MS)(text).map_err(|allowed| format!("{allowed}, in milliseconds"))?;
    Ok(Duration::from_millis(number))
}

pub(super) fn ratio(text: &str) -> Result<f64, Allowed> {
    let number = text
        .parse()
        .ok()
        .filter(|ratio| (0.0..=1.0).contains(ratio));
    number.ok_or_else(|| "a number from 0.0 to 1.0".to_owned())
}

pub(super) fn preset(text: &str) -> Result<Preset, Allowed> {
    match text {
        "lean" => Ok(Preset::Lean),
        "default" => Ok(Preset::Default),
        "forensic" => Ok(Preset::Forensic),
        _ => Err("lean, default or forensic".to_owned()),
    }
}

pub(super) fn protocol(text: &str) -> Result<Protocol, Allowed> {
    match text {
        "grpc" if cfg!(feature = "grpc") => Ok(Protocol::Grpc),
        "http/protobuf" if cfg!(feature = "http") => Ok(Protocol::HttpProtobuf),
        _ => Err(built_in(&[
            ("grpc", cfg!(feature = "grpc"), "grpc"),
            ("http/protobuf", cfg!(feature = "http"), "http"),
        ])),
    }
}

pub(super) fn compression(text: &str) -> Result<Compression, Allowed> {
    match text {
        "none" => Ok(Compression::None),
        "gzip" if cfg!(feature = "gzip") => Ok(Compression::Gzip),
        _ => Err(built_in(&[
            ("none", true, ""),
            ("gzip", cfg!(feature = "gzip"), "gzip"),
        ])),
    }
}

/// Values that depend on features: those built in, and how to get the others.
fn built_in(values: &[(&str, bool, &str)]) -> Allowed {
    let words = values.iter().map(|(value, built, feature)| {
        if *built {
            (*value).to_owned()
        } else {
            format!("{value} (needs the cargo feature `{feature}`)")
        }
    });
    words.collect::<Vec<_>>().join(" or ")
}

pub(super) fn exporters(text: &str) -> Result<Exporters, Allowed> {
    let mut chosen = Exporters::default();
    for word in text.split(',').map(str::trim) {
        match word {
            "otlp" => chosen.otlp = true,
            "console" => chosen.console = true,
            "none" => {}
            _ => return Err("otlp, console, none, or a list of them".to_owned()),
        }
    }
    Ok(chosen)
}

pub(super) fn propagators(text: &str) -> Result<Propagators, Allowed> {
    let mut chosen = Propagators {
        trace_context: false,
        baggage: false,
    };
    for word in text.split(',').map(str::trim) {
        match word {
            "tracecontext" => chosen.trace_context = true,
            "baggage" => chosen.baggage = true,
            "none" => {}
            _ => return Err("tracecontext, baggage, none, or a list of them".to_owned()),
        }
    }
    Ok(chosen)
}

/// How an endpoint is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndpointRules {
    pub(super) protocol: Protocol,
    /// A signal's own endpoint is used as it is; the general one gets the signal's path.
    pub(super) append_path: bool,
    /// Without a scheme: http instead of https.
    pub(super) insecure: bool,
}

pub(super) fn endpoint(text: &str, rules: EndpointRules) -> Result<Endpoint, Allowed> {
    let allowed = || "http://host:port or https://host:port".to_owned();
    let (tls, rest) = if let Some(rest) = text.strip_prefix("http://") {
        (false, rest)
    } else if let Some(rest) = text.strip_prefix("https://") {
        (true, rest)
    } else if text.contains("://") {
        return Err(allowed());
    } else {
        (!rules.insecure, text)
    };
    if tls && !cfg!(feature = "tls") {
        return Err("an http:// endpoint; https needs the cargo feature `tls`".to_owned());
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let authority: http::uri::Authority = authority.parse().map_err(|_| allowed())?;
    let (host, after_host) = (authority.host(), authority.as_str().len());
    if host.is_empty() || authority.as_str().contains('@') {
        return Err(allowed());
    }
    // Something stands after the host, and it is not a port.
    if after_host > host.len() && authority.port_u16().is_none() {
        return Err(allowed());
    }
    let default_port = match (rules.protocol, text.contains("://"), tls) {
        // A scheme without a port means the scheme's port, as everywhere on the web.
        (Protocol::HttpProtobuf, true, true) => 443,
        (Protocol::HttpProtobuf, true, false) => 80,
        (Protocol::HttpProtobuf, false, _) => HTTP_PORT,
        (Protocol::Grpc, _, _) => GRPC_PORT,
    };
    let path = if rules.protocol == Protocol::Grpc {
        String::new()
    } else if rules.append_path {
        format!("{}{TRACES_PATH}", path.trim_end_matches('/'))
    } else if path.is_empty() {
        "/".to_owned()
    } else {
        path.to_owned()
    };
    let port = authority.port_u16().unwrap_or(default_port);
    Ok(Endpoint {
        tls,
        host: host.to_owned(),
        port,
        path,
    })
}

pub(super) fn default_endpoint(protocol: Protocol) -> Endpoint {
    let (port, path) = match protocol {
        Protocol::Grpc => (GRPC_PORT, ""),
        Protocol::HttpProtobuf => (HTTP_PORT, TRACES_PATH),
    };
    Endpoint {
        tls: false,
        host: "localhost".to_owned(),
        port,
        path: path.to_owned(),
    }
}

pub(super) fn headers(text: &str) -> Result<HeaderMap, Allowed> {
    let allowed = || "name=value pairs separated by commas".to_owned();
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text).ok_or_else(allowed)? {
        let (name, value) = header(&name, &value).ok_or_else(allowed)?;
        headers.append(name, value);
    }
    Ok(headers)
}

pub(super) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

pub(super) fn resource(text: &str) -> Result<Vec<KeyValue>, Allowed> {
    let pairs = pairs(text).ok_or_else(|| "key=value pairs separated by commas".to_owned())?;
    Ok(pairs
        .into_iter()
        .map(|(key, value)| KeyValue::new(key, value))
        .collect())
}

/// `a=1,b=two%20words`: keys and values, percent-decoded, blanks around them removed.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    for pair in text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair.split_once('=')?;
        let (key, value) = (percent_decoded(key.trim())?, percent_decoded(value.trim())?);
        if key.is_empty() {
            return None;
        }
        found.push((key, value));
    }
    Some(found)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (hex, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(hex, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}
