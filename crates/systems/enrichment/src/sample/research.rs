//! How Perplexity is asked: `reason` first, then by CVSS, with fall-backs when a call fails.

use crate::terms::PerplexityKind;

use secspan_sample::random::{Random, whole};

/// Attempts at the second question before the analyst goes on by hand.
const ATTEMPTS_MAX: usize = 3;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) kind: PerplexityKind,
    /// Why it failed; `None` when it brought an answer.
    pub(super) error: Option<CallError>,
    pub(super) millis: u64,
    pub(super) citations: u32,
    pub(super) input_tokens: u32,
    pub(super) output_tokens: u32,
}

/// How a call can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallError {
    Timeout,
    RateLimited,
    Unavailable,
}

/// The calls of an enrichment, in order. `cvss` is the base score, if there is one.
pub(super) fn calls(cvss: Option<f64>, random: &mut Random) -> Vec<Call> {
    if random.chance(0.02) {
        return Vec::new();
    }
    let mut calls = vec![Call::new(PerplexityKind::Reason, random)];
    if random.chance(0.15) {
        return calls;
    }
    let mut kind = second(cvss);
    for _ in 0..ATTEMPTS_MAX {
        let call = Call::new(kind, random);
        let failed = call.error.is_some();
        calls.push(call);
        match shallower(kind) {
            Some(next) if failed => kind = next,
            _ => break,
        }
    }
    calls
}

/// The tool for the second question, by severity.
fn second(cvss: Option<f64>) -> PerplexityKind {
    match cvss {
        Some(score) if score >= 9.0 => PerplexityKind::DeepResearch,
        Some(score) if score < 7.0 => PerplexityKind::Search,
        _ => PerplexityKind::Reason,
    }
}

fn shallower(kind: PerplexityKind) -> Option<PerplexityKind> {
    match kind {
        PerplexityKind::DeepResearch => Some(PerplexityKind::Reason),
        PerplexityKind::Reason => Some(PerplexityKind::Search),
        PerplexityKind::Search => None,
    }
}

impl Call {
    fn new(kind: PerplexityKind, random: &mut Random) -> Self {
        let (failing, median_millis, limit_millis, citations) = match kind {
            PerplexityKind::Search => (0.025, 3_500.0, 60_000, (2, 6)),
            PerplexityKind::Reason => (0.04, 16_000.0, 120_000, (3, 8)),
            PerplexityKind::DeepResearch => (0.09, 75_000.0, 240_000, (6, 18)),
        };
        let millis = whole(median_millis * random.log_normal(0.45)).clamp(300, limit_millis);
        let error = random.chance(failing).then(|| match random.below(10) {
            0..5 => CallError::Timeout,
            5..8 => CallError::RateLimited,
            _ => CallError::Unavailable,
        });
        let (low, high) = citations;
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let answered = error.is_none();
        Self {
            kind,
            millis: match error {
                Some(CallError::Timeout) => limit_millis,
                Some(_) => 300 + millis / 50,
                None => millis,
            },
            error,
            citations: if answered {
                small(random.between(low, high))
            } else {
                0
            },
            input_tokens: small(random.between(250, 1_400)),
            output_tokens: if answered {
                small(random.between(200, 700) * high)
            } else {
                0
            },
        }
    }
}

impl CallError {
    /// The word of `error.type`.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::RateLimited => "429",
            Self::Unavailable => "503",
        }
    }

    /// The HTTP status, where there was an answer.
    pub(super) fn status(self) -> Option<i64> {
        match self {
            Self::Timeout => None,
            Self::RateLimited => Some(429),
            Self::Unavailable => Some(503),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::purpose;
    use super::*;

    #[test]
    fn the_first_call_reasons_and_the_second_follows_the_severity() {
        for (cvss, wanted) in [
            (Some(9.0), PerplexityKind::DeepResearch),
            (Some(8.9), PerplexityKind::Reason),
            (Some(6.9), PerplexityKind::Search),
            (None, PerplexityKind::Reason),
        ] {
            let (mut fallbacks, mut failures) = (0, 0);
            for number in 0..2_000 {
                let mut random = Random::new(1, purpose::RESEARCH, number);
                let calls = calls(cvss, &mut random);
                assert!(calls.len() <= 1 + ATTEMPTS_MAX);
                assert!(
                    calls
                        .first()
                        .is_none_or(|call| call.kind == PerplexityKind::Reason)
                );
                assert!(calls.get(1).is_none_or(|call| call.kind == wanted));
                fallbacks += usize::from(calls.len() > 2);
                failures += calls.iter().filter(|call| call.error.is_some()).count();
            }
            assert!(failures > 0, "{cvss:?}");
            assert_eq!(fallbacks > 0, wanted != PerplexityKind::Search, "{cvss:?}");
        }
    }
}
