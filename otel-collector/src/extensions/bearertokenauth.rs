//! `bearertokenauth`: requests pass when they carry one of the configured tokens.
//!
//! # Purpose
//! Keeps strangers from writing into the security team's data. Receivers name it as `auth: { authenticator: … }`.
//!
//! # Configuration
//! `scheme` (default `Bearer`); one of `token`, `tokens`, or `filename` (one token per line, read again when it changes).
//!
//! # Telemetry
//! Refused requests are counted by the receiver, as `unauthenticated`.
//!
//! # Limits
//! A file is looked at once a second at most; tokens are compared in constant time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use subtle::{Choice, ConstantTimeEq};

use crate::component::{BoxFuture, ExtensionConfig, Running, StartError};
use crate::config::{Complaint, Secret, Section};
use crate::context::{Authenticator, Context};

/// How often the token file is looked at, at most.
const FILE_CHECK_INTERVAL: Duration = Duration::from_secs(1);
/// Largest token file that is read; more is no list of tokens.
const FILE_MAX_BYTES: u64 = 1 << 20;

/// Where tokens come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tokens {
    /// The configuration.
    Given(Vec<Secret>),
    /// A file with one token per line.
    File(PathBuf),
}

/// The extension's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerTokenAuthConfig {
    /// The word before the token.
    pub scheme: String,
    /// The tokens that pass.
    pub tokens: Tokens,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExtensionConfig> {
    section.unsupported("header", "tokens are read from the authorization header");
    let scheme = section.string("scheme").or("Bearer".to_owned());
    let token = section.secret("token").optional();
    let tokens = section.list::<Secret>("tokens").optional();
    let filename = section.path_buf("filename").optional();
    let sources = [token.is_some(), tokens.is_some(), filename.is_some()];
    if sources.iter().filter(|given| **given).count() != 1 {
        let complaint = Complaint::new("needs one source of tokens")
            .allowed("one of token, tokens, filename")
            .hint("token: ${env:SECSPAN_TOKEN}");
        section.reject_all(complaint);
    }
    let tokens = match (filename, tokens, token) {
        (Some(path), _, _) => Tokens::File(path),
        (None, Some(tokens), _) => Tokens::Given(tokens),
        (None, None, token) => Tokens::Given(token.into_iter().collect()),
    };
    Box::new(BearerTokenAuthConfig { scheme, tokens })
}

impl ExtensionConfig for BearerTokenAuthConfig {
    fn start(
        self: Box<Self>,
        id: &str,
        context: &Context,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>> {
        let started = BearerTokenAuth::new(*self, id, crate::clock::instant())
            .map(|authenticator| context.offer_authenticator(id, Arc::new(authenticator)))
            .map(|()| Box::new(Passive) as Box<dyn Running>)
            .map_err(|reason| StartError {
                component: id.to_owned(),
                reason,
            });
        Box::pin(async move { started })
    }
}

/// Nothing runs, so nothing has to be stopped.
#[derive(Debug)]
struct Passive;

impl Running for Passive {
    fn stop(self: Box<Self>, _deadline: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

/// Compares tokens.
#[derive(Debug)]
pub struct BearerTokenAuth {
    id: String,
    scheme: String,
    file: Option<PathBuf>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: Arc<[Secret]>,
    modified: Option<SystemTime>,
    checked_at: Instant,
}

impl BearerTokenAuth {
    /// Reads the tokens.
    ///
    /// # Errors
    /// The file cannot be read or has no token; the text says which.
    pub fn new(config: BearerTokenAuthConfig, id: &str, now: Instant) -> Result<Self, String> {
        let (tokens, file, modified) = match config.tokens {
            Tokens::Given(tokens) => (tokens, None, None),
            Tokens::File(path) => (read_tokens(&path)?, Some(path.clone()), modified(&path)),
        };
        let state = State {
            tokens: tokens.into(),
            modified,
            checked_at: now,
        };
        let state = Mutex::new(state);
        Ok(Self {
            id: id.to_owned(),
            scheme: config.scheme,
            file,
            state,
        })
    }

    /// The tokens as of `now`. A file that became unreadable leaves the old tokens in force.
    fn tokens(&self, now: Instant) -> Arc<[Secret]> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = &self.file
            && now.saturating_duration_since(state.checked_at) >= FILE_CHECK_INTERVAL
        {
            state.checked_at = now;
            let modified = modified(path);
            if modified != state.modified {
                state.modified = modified;
                match read_tokens(path) {
                    Ok(tokens) => state.tokens = tokens.into(),
                    Err(reason) => {
                        tracing::error!(component = %self.id, "still using the old tokens: {reason}");
                    }
                }
            }
        }
        Arc::clone(&state.tokens)
    }

    fn check_at(&self, authorization: Option<&[u8]>, now: Instant) -> Result<(), &'static str> {
        let Some(value) = authorization else {
            return Err("missing authorization header");
        };
        let (scheme, token) = value
            .split_at_checked(self.scheme.len())
            .unwrap_or((value, b""));
        let token = match token.strip_prefix(b" ") {
            Some(token) if scheme.eq_ignore_ascii_case(self.scheme.as_bytes()) => token,
            _ => return Err("the authorization header has the wrong scheme"),
        };
        // Every token is compared, so that the time does not tell which one came close.
        let known = self.tokens(now).iter().fold(Choice::from(0), |known, own| {
            known | own.reveal().as_bytes().ct_eq(token)
        });
        if bool::from(known) {
            Ok(())
        } else {
            Err("the token is not accepted")
        }
    }
}

impl Authenticator for BearerTokenAuth {
    fn check(&self, authorization: Option<&[u8]>) -> Result<(), &'static str> {
        self.check_at(authorization, crate::clock::instant())
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

fn read_tokens(path: &Path) -> Result<Vec<Secret>, String> {
    let shown = path.display();
    let unreadable = |error| format!("cannot read the token file {shown}: {error}");
    if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_MAX_BYTES {
        return Err(format!(
            "the token file {shown} is larger than {FILE_MAX_BYTES} bytes"
        ));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let tokens: Vec<Secret> = lines.map(Secret::new).collect();
    if tokens.is_empty() {
        Err(format!("the token file {shown} has no token"))
    } else {
        Ok(tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(tokens: Tokens, now: Instant) -> Result<BearerTokenAuth, String> {
        let config = BearerTokenAuthConfig {
            scheme: "Bearer".to_owned(),
            tokens,
        };
        BearerTokenAuth::new(config, "bearertokenauth", now)
    }

    #[test]
    fn only_known_tokens_pass() {
        let now = crate::clock::instant();
        let given = Tokens::Given(vec![Secret::new("one"), Secret::new("two")]);
        let auth = auth(given, now).unwrap();
        for good in ["Bearer one", "bearer two"] {
            assert_eq!(auth.check_at(Some(good.as_bytes()), now), Ok(()), "{good}");
        }
        let bad = [
            "",
            "one",
            "Bearer",
            "Bearer ",
            "Bearer on",
            "Bearer onee",
            "Basic one",
            "Bearer  one",
        ];
        for bad in bad {
            assert!(auth.check_at(Some(bad.as_bytes()), now).is_err(), "{bad}");
        }
        assert_eq!(
            auth.check_at(None, now),
            Err("missing authorization header")
        );
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        let start = crate::clock::instant();
        assert!(
            auth(Tokens::File(path.clone()), start)
                .unwrap_err()
                .contains("cannot read")
        );
        std::fs::write(&path, " \n").unwrap();
        assert!(
            auth(Tokens::File(path.clone()), start)
                .unwrap_err()
                .contains("no token")
        );
        let write = |text: &str, time: u64| {
            std::fs::write(&path, text).unwrap();
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(time);
            std::fs::File::options()
                .write(true)
                .open(&path)
                .unwrap()
                .set_modified(time)
                .unwrap();
        };
        write("first\nsecond\n", 1);
        let auth = auth(Tokens::File(path.clone()), start).unwrap();
        assert_eq!(auth.check_at(Some(b"Bearer second"), start), Ok(()));
        write("third\n", 2);
        assert_eq!(
            auth.check_at(Some(b"Bearer second"), start),
            Ok(()),
            "not looked at yet"
        );
        let later = start + FILE_CHECK_INTERVAL;
        assert!(auth.check_at(Some(b"Bearer second"), later).is_err());
        assert_eq!(auth.check_at(Some(b"Bearer third"), later), Ok(()));
        write("", 3);
        let later = later + FILE_CHECK_INTERVAL;
        assert_eq!(
            auth.check_at(Some(b"Bearer third"), later),
            Ok(()),
            "the old tokens stay"
        );
    }
}
