//! Endpoints of destinations: `host:port`, `http://host:port/path` or `https://…`.

use std::fmt;

use super::{ScalarSetting, Shown};

/// Whether a destination is reached in the clear or over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http://`: in the clear.
    Http,
    /// `https://`: over TLS.
    Https,
}

impl Scheme {
    /// The scheme's name, without `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// Where a client connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The scheme, where one was written; without it `tls.insecure` decides.
    pub scheme: Option<Scheme>,
    /// Host name or address; IPv6 without its brackets.
    pub host: String,
    /// The port, where one was written.
    pub port: Option<u16>,
    /// The path with its leading slash, or empty.
    pub path: String,
}

impl Endpoint {
    /// `host:port` as it goes into a URL, with `default_port` where none was written.
    pub fn authority(&self, default_port: u16) -> String {
        let port = self.port.unwrap_or(default_port);
        if self.host.contains(':') {
            format!("[{}]:{port}", self.host)
        } else {
            format!("{}:{port}", self.host)
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(scheme) = self.scheme {
            write!(f, "{}://", scheme.as_str())?;
        }
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)
    }
}

impl ScalarSetting for Endpoint {
    const EXPECTED: &'static str = "host:port or a URL, such as tempo:4317 or https://tempo:4317";

    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = match text.split_once("://") {
            None => (None, text),
            Some(("http", rest)) => (Some(Scheme::Http), rest),
            Some(("https", rest)) => (Some(Scheme::Https), rest),
            Some((other, _)) => {
                return Err(format!("schemes are http and https, not `{other}`"));
            }
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err("put credentials into `headers` or an authenticator".to_owned());
        }
        let (host, port) = host_and_port(authority)?;
        if port.is_none() && scheme.is_none() {
            return Err("add a port".to_owned());
        }
        let path = if path == "/" {
            String::new()
        } else {
            path.to_owned()
        };
        Ok(Self {
            scheme,
            host,
            port,
            path,
        })
    }

    fn placeholder() -> Self {
        Self {
            scheme: None,
            host: String::new(),
            port: None,
            path: String::new(),
        }
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest
                .split_once(']')
                .ok_or("close the bracket of the address")?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err("only an IPv6 address goes into brackets".to_owned());
            }
            (host, after.strip_prefix(':'))
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    if host.is_empty() || !host.chars().all(legal) {
        return Err("the host name is missing or has characters that no host name has".to_owned());
    }
    let port = match port {
        None => None,
        Some(port) => match port.parse::<u16>() {
            Ok(number) if number > 0 => Some(number),
            _ => return Err("the port must be a number from 1 to 65535".to_owned()),
        },
    };
    Ok((host.to_owned(), port))
}
