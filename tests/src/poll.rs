//! Waiting for something that another process does: asked again and again, until a deadline.

use std::time::{Duration, Instant};

/// Between two looks at another process.
const STEP: Duration = Duration::from_millis(50);

/// The first value that `look` finds.
///
/// # Errors
/// When it finds none in time; says what was waited for.
pub fn until<T>(
    what: &str,
    deadline: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Result<T, String> {
    #[expect(clippy::disallowed_methods, reason = "waits for real processes")]
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if start.elapsed() > deadline {
            return Err(format!(
                "waited {} s in vain for {what}",
                deadline.as_secs()
            ));
        }
        std::thread::sleep(STEP);
    }
}
