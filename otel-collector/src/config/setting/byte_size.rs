//! Byte sizes: `4MiB`, `64 KiB`, `1GB`, or a plain number of bytes.

use std::fmt;

use super::{ScalarSetting, Shown};

/// The units with their size in bytes, binary ones first because they are shown.
const UNITS: [(&str, u64); 10] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("KB", 1_000),
    ("B", 1),
];

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

impl ByteSize {
    /// That many bytes.
    pub const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// That many KiB.
    pub const fn kib(kib: u64) -> Self {
        Self(kib.saturating_mul(1 << 10))
    }

    /// That many MiB.
    pub const fn mib(mib: u64) -> Self {
        Self(mib.saturating_mul(1 << 20))
    }

    /// That many GiB.
    pub const fn gib(gib: u64) -> Self {
        Self(gib.saturating_mul(1 << 30))
    }

    /// The bytes.
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// The bytes as an index size, capped at what the machine can address.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS.iter().filter(|(unit, _)| unit.ends_with("iB"));
        match exact
            .into_iter()
            .find(|(_, size)| self.0 != 0 && self.0.is_multiple_of(*size))
        {
            Some((unit, size)) => write!(f, "{}{unit}", self.0 / size),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl ScalarSetting for ByteSize {
    const EXPECTED: &'static str = "a size in bytes, such as 64KiB, 4MiB or 1GiB";

    fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
        let count: u64 = number.parse().map_err(|_| String::new())?;
        let unit = unit.trim();
        if unit.is_empty() {
            return Ok(Self(count));
        }
        let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let known = UNITS.iter().find(|(name, _)| {
                name.eq_ignore_ascii_case(unit)
                    || name.to_lowercase().starts_with(&unit.to_lowercase())
            });
            return Err(known.map_or_else(
                || "units are B, KiB, MiB, GiB and TiB".to_owned(),
                |(name, _)| format!("write `{number}{name}`"),
            ));
        };
        count
            .checked_mul(*size)
            .map(Self)
            .ok_or_else(|| "the size is too large".to_owned())
    }

    fn placeholder() -> Self {
        Self(0)
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.to_string())
    }
}

/// A whole number of MiB, for the upstream options whose names end in `_mib`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mebibytes(u64);

impl Mebibytes {
    /// That many MiB.
    pub const fn new(mib: u64) -> Self {
        Self(mib)
    }

    /// As a byte size.
    pub const fn size(self) -> ByteSize {
        ByteSize::mib(self.0)
    }
}

impl ScalarSetting for Mebibytes {
    const EXPECTED: &'static str = "a whole number of MiB, such as 4";

    fn parse(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(mib) => Ok(Self(mib)),
            Err(_) => Err(match ByteSize::parse(text) {
                Ok(size) if size.0 > 0 && size.0.is_multiple_of(1 << 20) => {
                    format!("the unit is in the name: write {}", size.0 >> 20)
                }
                _ => String::new(),
            }),
        }
    }

    fn placeholder() -> Self {
        Self(0)
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.0.to_string())
    }
}
