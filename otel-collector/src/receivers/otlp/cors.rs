//! What web pages of other origins may do: the answers to their browsers, preflight requests included (CORS).

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, RETRY_AFTER, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::config::{Complaint, Section};
use crate::http::Answer;

/// Headers that are always allowed, as upstream; those of OTLP among them.
const HEADERS: &str = "accept, authorization, content-encoding, content-type, x-requested-with";

/// `protocols.http.cors`, with upstream's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cors {
    origins: Vec<Origin>,
    headers: HeaderValue,
    max_age: Option<u64>,
}

/// An origin that is allowed; `*` stands for any text, once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    before: String,
    /// What follows the `*`, if there is one.
    after: Option<String>,
}

impl Cors {
    /// Reads the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        let origins = section.list::<String>("allowed_origins").or(Vec::new());
        if origins.is_empty() {
            let complaint = Complaint::new("no origin is allowed");
            let hint = "name some, such as https://*.example.org, or remove cors";
            section.reject("allowed_origins", complaint.hint(hint));
        }
        for (at, origin) in origins.iter().enumerate() {
            if origin.matches('*').count() > 1 {
                let complaint = Complaint::new("has more than one `*`").given(origin);
                section.reject(&format!("allowed_origins[{at}]"), complaint);
            }
        }
        let mut headers = HEADERS.to_owned();
        let further = section.list::<String>("allowed_headers").or(Vec::new());
        for (at, name) in further.iter().enumerate() {
            if name != "*" && HeaderName::try_from(name.as_str()).is_err() {
                let complaint = Complaint::new("is no name of a header").given(name);
                section.reject(&format!("allowed_headers[{at}]"), complaint);
            } else {
                headers.push_str(", ");
                headers.push_str(name);
            }
        }
        section.without_effect("exposed_headers", "Retry-After is exposed");
        let standard = HeaderValue::from_static(HEADERS);
        Self {
            origins: origins.iter().map(|own| Origin::new(own)).collect(),
            headers: HeaderValue::try_from(headers).unwrap_or(standard),
            max_age: section.u64("max_age").optional(),
        }
    }

    /// The answer to a browser that asks before it sends; `None` when this is no such request.
    pub(super) fn preflight(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Option<Response<Answer>> {
        let asks = method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !asks {
            return None;
        }
        let mut response = Response::new(Answer::new(bytes::Bytes::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        if self.allow(headers, &mut response) {
            let answer = response.headers_mut();
            answer.insert(
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("POST"),
            );
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
            if let Some(seconds) = self.max_age {
                answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from(seconds));
            }
        }
        Some(response)
    }

    /// Lets the page read the answer, if its origin is allowed.
    pub(super) fn allow(&self, headers: &HeaderMap, response: &mut Response<Answer>) -> bool {
        let answer = response.headers_mut();
        answer.append(VARY, HeaderValue::from_static("origin"));
        let Some(origin) = headers.get(ORIGIN) else {
            return false;
        };
        let Some(allowed) = self.find(origin) else {
            return false;
        };
        if allowed.is_any() {
            // Every page may send, none with the rights of the person in front of it.
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        } else {
            let yes = HeaderValue::from_static("true");
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        answer.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from(RETRY_AFTER),
        );
        true
    }

    fn find(&self, origin: &HeaderValue) -> Option<&Origin> {
        let origin = origin.to_str().unwrap_or_default();
        self.origins.iter().find(|own| own.is(origin))
    }
}

impl Origin {
    fn new(text: &str) -> Self {
        match text.split_once('*') {
            Some((before, after)) => Self {
                before: before.to_owned(),
                after: Some(after.to_owned()),
            },
            None => Self {
                before: text.to_owned(),
                after: None,
            },
        }
    }

    fn is_any(&self) -> bool {
        self.before.is_empty() && self.after.as_deref() == Some("")
    }

    fn is(&self, origin: &str) -> bool {
        match &self.after {
            None => origin.eq_ignore_ascii_case(&self.before),
            Some(after) => {
                let rest = origin.strip_prefix(&self.before);
                rest.is_some_and(|rest| rest.ends_with(after.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_text;

    const YAML: &str = "{ allowed_origins: [http://localhost:3000, 'https://*.example.org'], allowed_headers: [x-tenant], max_age: 60 }";

    fn cors(yaml: &str) -> Cors {
        let (cors, problems) = read_text(yaml, Cors::read);
        assert!(problems.is_empty(), "{problems:?}");
        cors
    }

    /// The headers of the answer to a preflight request from an origin.
    fn preflight(cors: &Cors, origin: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        headers.insert(
            ACCESS_CONTROL_REQUEST_METHOD,
            HeaderValue::from_static("POST"),
        );
        let response = cors.preflight(&Method::OPTIONS, &headers).unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        response.headers().clone()
    }

    #[test]
    fn pages_of_allowed_origins_may_send() {
        let cors = cors(YAML);
        for origin in ["http://localhost:3000", "https://a.example.org"] {
            let headers = preflight(&cors, origin);
            assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], origin);
            assert_eq!(headers[ACCESS_CONTROL_ALLOW_METHODS], "POST");
            assert_eq!(headers[ACCESS_CONTROL_MAX_AGE], "60");
            let allowed = headers[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap();
            assert!(allowed.contains("content-type") && allowed.ends_with(", x-tenant"));
        }
        for origin in [
            "http://localhost:3001",
            "https://example.org",
            "https://a.example.org.evil",
        ] {
            let headers = preflight(&cors, origin);
            assert!(
                !headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN),
                "{origin}"
            );
        }
    }

    #[test]
    fn any_origin_gets_no_credentials() {
        let headers = preflight(&cors("{ allowed_origins: ['*'] }"), "https://anywhere");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }

    #[test]
    fn other_requests_are_no_preflight_and_mistakes_are_named() {
        let cors = cors(YAML);
        assert!(cors.preflight(&Method::POST, &HeaderMap::new()).is_none());
        assert!(
            cors.preflight(&Method::OPTIONS, &HeaderMap::new())
                .is_none()
        );
        let yaml = "{ allowed_origins: ['*.*'], allowed_headers: ['a b'] }";
        assert_eq!(read_text(yaml, Cors::read).1.len(), 2);
        assert_eq!(read_text("{}", Cors::read).1.len(), 1);
    }
}
