//! Reads one section of the configuration into a component's own configuration type.
//!
//! A getter never stops: it reports what is wrong into the shared [`Report`] and hands back a
//! value, so that one run names every problem. Keys that nobody asked for are problems too, and
//! nobody can forget that check, because a [`Section`] only exists inside a closure that ends
//! with it.
//!
//! ```
//! use std::time::Duration;
//! use secspan_collector::config::{ByteSize, Complaint, Section, Secret};
//!
//! #[derive(Clone, Copy, Debug, PartialEq)]
//! enum Compression { None, Gzip }
//!
//! #[derive(Debug)]
//! struct Config {
//!     endpoint: String,
//!     timeout: Duration,
//!     compression: Compression,
//!     queue: ByteSize,
//!     buckets: Vec<Duration>,
//!     token: Option<Secret>,
//!     insecure: bool,
//! }
//!
//! fn read(section: &mut Section<'_>) -> Config {
//!     let config = Config {
//!         endpoint: section.string("endpoint").required(),
//!         timeout: section.duration("timeout").within(Duration::ZERO..=Duration::from_secs(60))
//!             .or(Duration::from_secs(5)),
//!         compression: section
//!             .choice("compression", &[("gzip", Compression::Gzip), ("none", Compression::None)])
//!             .or(Compression::Gzip),
//!         queue: section.byte_size("queue_size").or(ByteSize::mib(64)),
//!         buckets: section.list("buckets").or(vec![Duration::from_secs(1)]),
//!         token: section.secret("token").optional(),
//!         insecure: section.section("tls", |tls| tls.bool("insecure").or(false)),
//!     };
//!     if !config.buckets.is_sorted() {
//!         section.reject("buckets", Complaint::new("bucket bounds must rise"));
//!     }
//!     config
//! }
//! let (config, problems) = secspan_collector::config::read_text(
//!     "endpoint: tempo:4317\ntimeuot: 3s\nqueue_size: 4MiB\n",
//!     read,
//! );
//! assert_eq!(config.queue, ByteSize::mib(4));
//! assert_eq!(problems.len(), 1, "timeuot is not a key");
//! ```

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::location::{KeyPath, Location};
use super::nearest::did_you_mean;
use super::problem::{Complaint, Listening, Mention, Report};
use super::setting::{ByteSize, Endpoint, Mebibytes, Secret, Setting, misfit, wrong_kind};
use super::tree::{Entry, Map, Node, Value};

mod field;

pub use field::{Choice, Field};

/// A map of the configuration that is being read. See the module's example.
#[derive(Debug)]
pub struct Section<'a> {
    map: Option<&'a Map>,
    location: Option<&'a Location>,
    path: KeyPath,
    report: &'a Report,
    /// Not a map at all, which has been reported: what is missing inside is not said again.
    misshapen: bool,
    known: Vec<&'static str>,
    /// Known only to be refused or warned about: not among what is allowed.
    unlisted: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// Reads the section at `node` with `read`, then reports the keys that were not asked for.
    ///
    /// A section that is absent or empty reads as one without keys, so that defaults apply.
    pub fn read<T>(
        node: Option<&'a Node>,
        path: KeyPath,
        report: &'a Report,
        read: impl FnOnce(&mut Section<'a>) -> T,
    ) -> T {
        Self::read_at(node, node.map(|node| &node.location), path, report, read)
    }

    fn read_at<T>(
        node: Option<&'a Node>,
        location: Option<&'a Location>,
        path: KeyPath,
        report: &'a Report,
        read: impl FnOnce(&mut Section<'a>) -> T,
    ) -> T {
        let map = node.and_then(Node::as_map);
        let misshapen = node.filter(|node| map.is_none() && !node.is_null());
        if let Some(node) = misshapen {
            misfit(
                node,
                &path,
                report,
                wrong_kind(node, "a map of keys to values"),
            );
        }
        let misshapen = misshapen.is_some();
        let mut section = Section {
            map,
            location,
            path,
            report,
            misshapen,
            known: Vec::new(),
            unlisted: Vec::new(),
        };
        let value = read(&mut section);
        section.finish();
        value
    }

    /// The key path of this section.
    pub fn path(&self) -> &KeyPath {
        &self.path
    }

    /// Where this section stands; where it would stand, if it is absent.
    pub fn location(&self) -> Option<&'a Location> {
        self.location
    }

    /// Whether `key` was written, even with nothing behind it.
    pub fn has(&self, key: &str) -> bool {
        self.map.is_some_and(|map| map.get(key).is_some())
    }

    /// The keys that were written, for maps whose keys are names chosen by the user.
    pub fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let entries = self.map.map_or(&[][..], Map::entries);
        entries.iter().map(|entry| entry.key.as_str())
    }

    /// A value of any [`Setting`] type.
    pub fn get<T: Setting>(&mut self, key: &'static str) -> Field<'a, T> {
        let entry = self.entry(key);
        Field::read(self.place(key, entry), entry.map(|entry| &entry.value))
    }

    /// A text.
    pub fn string(&mut self, key: &'static str) -> Field<'a, String> {
        self.get(key)
    }

    /// A path.
    pub fn path_buf(&mut self, key: &'static str) -> Field<'a, PathBuf> {
        self.get(key)
    }

    /// `true` or `false`.
    pub fn bool(&mut self, key: &'static str) -> Field<'a, bool> {
        self.get(key)
    }

    /// A whole number; bound it with [`Field::within`].
    pub fn u64(&mut self, key: &'static str) -> Field<'a, u64> {
        self.get(key)
    }

    /// A finite number; bound it with [`Field::within`].
    pub fn f64(&mut self, key: &'static str) -> Field<'a, f64> {
        self.get(key)
    }

    /// A duration such as `5s` or `1h30m`.
    pub fn duration(&mut self, key: &'static str) -> Field<'a, Duration> {
        self.get(key)
    }

    /// A size such as `4MiB`.
    pub fn byte_size(&mut self, key: &'static str) -> Field<'a, ByteSize> {
        self.get(key)
    }

    /// A whole number of MiB, for upstream's options that end in `_mib`.
    pub fn mib(&mut self, key: &'static str) -> Field<'a, Mebibytes> {
        self.get(key)
    }

    /// An address to listen on: `127.0.0.1:4317`, `localhost:4317`, `[::1]:4317`, `:4317`.
    pub fn socket_addr(&mut self, key: &'static str) -> Field<'a, SocketAddr> {
        self.get(key)
    }

    /// Says that the part will listen on `address`, which was read from `key` or is its default.
    pub fn listens(&self, key: &str, address: SocketAddr) {
        let entry = self.map.and_then(|map| map.get(key));
        let location = entry.map(|entry| &entry.value.location).or(self.location);
        self.report.note_listening(Listening {
            address,
            location: location.cloned(),
            path: self.path.key(key),
        });
    }

    /// A destination to connect to: `host:port` or a URL.
    pub fn endpoint(&mut self, key: &'static str) -> Field<'a, Endpoint> {
        self.get(key)
    }

    /// A text that is never printed.
    pub fn secret(&mut self, key: &'static str) -> Field<'a, Secret> {
        self.get(key)
    }

    /// The name of an extension that the service must have enabled, as in `authenticator`.
    pub fn extension(&mut self, key: &'static str) -> Field<'a, String> {
        if let Some(node) = self.entry(key).map(|entry| &entry.value)
            && let Value::Scalar(scalar) = &node.value
        {
            let (name, location) = (scalar.text.clone(), node.location.clone());
            self.report.note_mention(Mention {
                name,
                location,
                path: self.path.key(key),
            });
        }
        self.get(key)
    }

    /// A list of values of one type: `section.list::<Duration>("buckets")`.
    pub fn list<T: Setting>(&mut self, key: &'static str) -> Field<'a, Vec<T>> {
        self.get(key)
    }

    /// A map from names the user chooses to values of one type, as in `headers`.
    pub fn map<T: Setting>(&mut self, key: &'static str) -> Field<'a, BTreeMap<String, T>> {
        self.get(key)
    }

    /// One of a few names; the table gives each name its value.
    pub fn choice<'t, T: Copy + PartialEq>(
        &mut self,
        key: &'static str,
        table: &'t [(&'static str, T)],
    ) -> Choice<'a, 't, T> {
        let entry = self.entry(key);
        Choice::read(
            self.place(key, entry),
            entry.map(|entry| &entry.value),
            table,
        )
    }

    /// A nested section; absent reads as empty, so that its defaults apply.
    pub fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'a>) -> T) -> T {
        let entry = self.entry(key);
        let location = entry.map(|entry| &entry.location).or(self.location);
        let node = entry.map(|entry| &entry.value);
        Self::read_at(node, location, self.path.key(key), self.report, read)
    }

    /// A nested section that switches something on: `None` if its key is absent, defaults if it
    /// is there with nothing behind it (upstream's meaning of `grpc:`).
    pub fn optional_section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'a>) -> T,
    ) -> Option<T> {
        if self.has(key) {
            return Some(self.section(key, read));
        }
        self.entry(key);
        None
    }

    /// A list of sections, as in `dimensions: [{name: a}, {name: b}]`; absent reads as empty.
    pub fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'a>) -> T,
    ) -> Vec<T> {
        let path = self.path.key(key);
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        match &entry.value.value {
            Value::Null => Vec::new(),
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    Self::read(Some(item), path.index(index), self.report, &mut read)
                })
                .collect(),
            _ => {
                misfit(
                    &entry.value,
                    &path,
                    self.report,
                    wrong_kind(&entry.value, "a list of maps"),
                );
                Vec::new()
            }
        }
    }

    /// A map of sections under names that the user chooses, in the order written.
    pub fn named_sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&'a str, &mut Section<'a>) -> T,
    ) -> Vec<T> {
        let path = self.path.key(key);
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        match &entry.value.value {
            Value::Null => Vec::new(),
            Value::Map(map) => map
                .entries()
                .iter()
                .map(|own| {
                    let place = Some(&own.location);
                    let path = path.key(&own.key);
                    Self::read_at(Some(&own.value), place, path, self.report, |section| {
                        read(&own.key, section)
                    })
                })
                .collect(),
            _ => {
                misfit(
                    &entry.value,
                    &path,
                    self.report,
                    wrong_kind(&entry.value, "a map of names to sections"),
                );
                Vec::new()
            }
        }
    }

    /// The raw node of a key, for a value whose shape is decided by its content.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Reports a problem with a value of this section, at its place if it was written.
    ///
    /// `key` may lead further down, as in `histogram.explicit.buckets` or `rules[2].name`. A value
    /// about which something was said already is left alone: the second problem would mostly be a
    /// consequence of the first.
    pub fn reject(&self, key: &str, complaint: Complaint) {
        let (path, location) = self.locate(key);
        let depth = self.path.segments().len();
        if !self.misshapen && !self.report.has_error_about(&path, depth) {
            self.report.error(location, &path, complaint);
        }
    }

    /// Reports a problem with the section as a whole, such as two keys that exclude each other,
    /// unless one of its values was refused already.
    pub fn reject_all(&self, complaint: Complaint) {
        let depth = self.path.segments().len();
        if !self.misshapen && !self.report.has_error_about(&self.path, depth) {
            self.report.error(self.location, &self.path, complaint);
        }
    }

    /// Accepts a key of upstream's that has no effect here, with a warning that says why.
    pub fn without_effect(&mut self, key: &'static str, why: &str) {
        if let Some(entry) = self.unlisted(key) {
            let complaint = Complaint::new("has no effect here").hint(why);
            self.report
                .warning(Some(&entry.location), &self.path.key(key), complaint);
        }
    }

    /// Refuses a key of upstream's that would change behaviour but is not there, saying what to do.
    pub fn unsupported(&mut self, key: &'static str, hint: &str) {
        if let Some(entry) = self.unlisted(key) {
            let complaint = Complaint::new("is not supported").hint(hint);
            self.report
                .error(Some(&entry.location), &self.path.key(key), complaint);
        }
    }

    /// Where everything that reads this configuration reports to.
    pub fn report(&self) -> &'a Report {
        self.report
    }

    /// Finds a key and remembers that it is known.
    fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.map.and_then(|map| map.get(key))
    }

    /// The path that `key` leads to, and the place of the deepest value on it that was written.
    fn locate(&self, key: &str) -> (KeyPath, Option<&'a Location>) {
        let mut at = self
            .map
            .and_then(|map| map.get(key))
            .map(|entry| &entry.value);
        if let Some(node) = at {
            return (self.path.key(key), Some(&node.location));
        }
        let (mut path, mut location) = (self.path.clone(), self.location);
        let mut map = self.map;
        for step in key.split(['.', '[']) {
            let index = step.strip_suffix(']').and_then(|index| index.parse().ok());
            path = index.map_or_else(|| path.key(step), |index| path.index(index));
            at = match (index, at.map(|node| &node.value)) {
                (Some(index), Some(Value::List(items))) => items.get(index),
                (None, _) => map.and_then(|map| map.get(step)).map(|entry| &entry.value),
                _ => None,
            };
            map = at.and_then(Node::as_map);
            location = at.map(|node| &node.location).or(location);
        }
        (path, location)
    }

    fn unlisted(&mut self, key: &'static str) -> Option<&'a Entry> {
        self.unlisted.push(key);
        self.map.and_then(|map| map.get(key))
    }

    fn place(&self, key: &str, entry: Option<&'a Entry>) -> Place<'a> {
        Place {
            report: self.report,
            path: self.path.key(key),
            location: entry.map(|entry| &entry.value.location).or(self.location),
            misshapen: self.misshapen,
        }
    }

    /// Reports every key that nobody asked for.
    fn finish(mut self) {
        self.known.sort_unstable();
        for entry in self.map.map_or(&[][..], Map::entries) {
            let key = entry.key.as_str();
            if self.known.contains(&key) || self.unlisted.contains(&key) {
                continue;
            }
            let allowed = if self.known.is_empty() {
                "no keys".to_owned()
            } else {
                self.known.join(", ")
            };
            let complaint = Complaint::new("unknown key")
                .given(&entry.key)
                .allowed(allowed)
                .maybe_hint(did_you_mean(&entry.key, self.known.iter().copied()));
            self.report
                .error(Some(&entry.location), &self.path.key(&entry.key), complaint);
        }
    }
}

/// Where a field stands and whom it reports to.
#[derive(Debug)]
struct Place<'a> {
    report: &'a Report,
    path: KeyPath,
    location: Option<&'a Location>,
    /// The section is no map at all, which has been reported.
    misshapen: bool,
}

impl Place<'_> {
    fn error(&self, complaint: Complaint) {
        self.report.error(self.location, &self.path, complaint);
    }

    fn missing(&self, expected: &str) {
        if !self.misshapen {
            self.error(Complaint::new("is missing").allowed(expected));
        }
    }
}

#[cfg(test)]
mod tests;
