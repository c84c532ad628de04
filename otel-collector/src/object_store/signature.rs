//! Signatures of requests to object stores: AWS Signature Version 4, for requests without a query.

use std::fmt::Write as _;

use hmac_sha256::{HMAC, Hash};

use crate::config::Secret;

/// The algorithm, as requests name it.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The service that is signed for.
const SERVICE: &str = "s3";

/// Who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credentials {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret,
    pub(super) session_token: Option<Secret>,
    pub(super) region: String,
}

/// What is signed.
#[derive(Debug)]
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    /// The path, percent-encoded.
    pub(super) path: &'a str,
    /// Names in lower case with their values, in the order of names.
    pub(super) headers: &'a [(&'a str, &'a str)],
    /// SHA-256 of the body, in hexadecimal digits.
    pub(super) body: &'a str,
    /// `20130524T000000Z`.
    pub(super) time: &'a str,
}

impl Credentials {
    /// The value of the header `authorization`.
    pub(super) fn authorization(&self, request: &Signed<'_>) -> String {
        let Signed {
            method,
            path,
            headers,
            body,
            time,
        } = request;
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut canonical = format!("{method}\n{path}\n\n");
        for (name, value) in *headers {
            let _infallible = writeln!(canonical, "{name}:{}", value.trim());
        }
        let _infallible = write!(canonical, "\n{names}\n{body}");
        let (date, _) = time.split_once('T').unwrap_or((time, ""));
        let scope = format!("{date}/{}/{SERVICE}/aws4_request", self.region);
        let hash = hex(&Hash::hash(canonical.as_bytes()));
        let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{hash}");
        let signature = hex(&HMAC::mac(to_sign.as_bytes(), self.key(date)));
        let id = &self.access_key_id;
        format!("{ALGORITHM} Credential={id}/{scope},SignedHeaders={names},Signature={signature}")
    }

    /// The key of a day.
    fn key(&self, date: &str) -> [u8; 32] {
        let secret = format!("AWS4{}", self.secret_access_key.reveal());
        let mut key = HMAC::mac(date.as_bytes(), secret.as_bytes());
        for part in [self.region.as_str(), SERVICE, "aws4_request"] {
            key = HMAC::mac(part.as_bytes(), key);
        }
        key
    }
}

/// Hexadecimal digits, in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn documented() -> Credentials {
        Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            session_token: None,
            region: "us-east-1".to_owned(),
        }
    }

    /// The two examples of "Signature Calculations for the Authorization Header" in the S3 API reference.
    #[test]
    fn the_documented_examples_come_out() {
        let host = ("host", "examplebucket.s3.amazonaws.com");
        let time = "20130524T000000Z";
        let stored = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        for (method, path, body, headers, signature) in [
            (
                "GET",
                "/test.txt",
                EMPTY,
                vec![
                    host,
                    ("range", "bytes=0-9"),
                    ("x-amz-content-sha256", EMPTY),
                    ("x-amz-date", time),
                ],
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ),
            (
                "PUT",
                "/test%24file.text",
                stored,
                vec![
                    ("date", "Fri, 24 May 2013 00:00:00 GMT"),
                    host,
                    ("x-amz-content-sha256", stored),
                    ("x-amz-date", time),
                    ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ],
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            ),
        ] {
            let value = documented().authorization(&Signed {
                method,
                path,
                headers: &headers,
                body,
                time,
            });
            assert!(value.ends_with(signature), "{value}");
            let start = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=";
            assert!(value.starts_with(start), "{value}");
        }
    }
}
