//! How much is recorded beside the host app's own fields.

/// How much is recorded beside the host app's own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// Only what the host app says: its fields and events. The cheapest.
    Lean,
    /// Also where in the code a span was opened (`code.file.path`, `code.line.number`) and its
    /// `tracing` target. Read from the callsite on the export thread: free for the host app.
    #[default]
    Default,
    /// Also thread, level, time busy and idle of each span, and the code location of each event.
    /// For investigations; costs the host app about half as much again per span.
    Forensic,
}
