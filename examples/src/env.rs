//! The environment of the enrichment example; the `OTEL_*` variables are the SDK's business.

use crate::perplexity::Key;

/// The key of the real Perplexity API.
pub const PERPLEXITY_API_KEY: &str = "PERPLEXITY_API_KEY";

/// The key of the real Perplexity API, when one is set and not empty.
#[expect(clippy::disallowed_methods, reason = "this is the file that reads it")]
pub fn perplexity_key() -> Option<Key> {
    let key = std::env::var(PERPLEXITY_API_KEY).ok()?;
    let key = key.trim();
    (!key.is_empty()).then(|| Key::new(key))
}
