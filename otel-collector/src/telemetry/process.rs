//! Memory and CPU time of this process, where the operating system tells them as files (Linux); elsewhere nothing.

use std::fs;

/// Ticks per second of CPU times in `/proc`: the kernel reports 100 to user space on every architecture.
const TICKS_PER_SECOND: f64 = 100.0;

/// Resident memory, in bytes.
pub(super) fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0)
}

/// User and system time, in seconds.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The command name may hold spaces; the fields behind its closing bracket do not.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_process_knows_itself() {
        assert!(resident_bytes().unwrap() > 100_000.0);
        assert!(cpu_seconds().unwrap() >= 0.0);
    }
}
