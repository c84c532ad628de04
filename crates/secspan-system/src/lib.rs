//! What a system is: the shape in which a domain brings its record kinds, rules, reports and sample.
//!
//! Engines know no domain; a system knows one, and engines learn of it through a value of [`System`]. Every system is one
//! crate below `crates/systems/`, all of the same shape, and stands in one line of the inventory (`secspan-systems`).

use secspan_records::kind::Kind;
use secspan_reports::report::ReportDef;
use secspan_sample::sample::SampleDef;

/// One domain, as the collector and the command line see it.
#[derive(Clone, Copy, Debug)]
pub struct System {
    /// Name: that of its folder, and of its page.
    pub name: &'static str,
    /// What it observes, in one sentence.
    pub about: &'static str,
    /// Its record kinds, in the order in which people read of them.
    pub kinds: &'static [&'static Kind],
    /// Its reports, in the order in which help lists them.
    pub reports: &'static [&'static ReportDef],
    /// Its sample, where there is one.
    pub sample: Option<&'static SampleDef>,
}
