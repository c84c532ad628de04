//! The `open` section of a rule file: items that one record opens and another closes.

use super::{Condition, LabelRule, On, read_conditions, read_labels, read_name};
use crate::problem::Problem;
use crate::rules::tree::{Place, Section};

/// The most open items of one rule, unless it says otherwise.
const ITEMS_MAX_DEFAULT: usize = 10_000;

/// The most open items that a rule may ask for: every scrape looks at each.
const ITEMS_MAX_CEILING: usize = 1_000_000;

/// What the name of an `oldest` metric ends in: it is a point in time, not an age.
const OLDEST_SUFFIX: &str = "_timestamp_seconds";

/// Items that are open from one record to another.
#[derive(Clone, Debug)]
pub(in crate::rules) struct OpenRule {
    /// Where it stands, for problems that only the compiler finds.
    pub(in crate::rules) path: String,
    pub(in crate::rules) line: u32,
    /// What the items are called.
    pub(in crate::rules) name: String,
    pub(in crate::rules) key: Vec<String>,
    pub(in crate::rules) opened_by: Vec<Condition>,
    pub(in crate::rules) opened_at: Vec<String>,
    pub(in crate::rules) closed_by: Vec<Condition>,
    pub(in crate::rules) closed_at: Vec<String>,
    pub(in crate::rules) labels: Vec<LabelRule>,
    pub(in crate::rules) items_max: usize,
    pub(in crate::rules) count: Option<OpenMetric>,
    pub(in crate::rules) oldest: Option<OpenMetric>,
}

/// A gauge over the open items.
#[derive(Clone, Debug)]
pub(in crate::rules) struct OpenMetric {
    pub(in crate::rules) name: String,
    pub(in crate::rules) help: String,
}

impl OpenRule {
    /// The gauges that it makes.
    pub(in crate::rules) fn metrics(&self) -> impl Iterator<Item = &OpenMetric> {
        self.count.iter().chain(&self.oldest)
    }
}

const KEYS: [&str; 10] = [
    "name",
    "key",
    "opened_by",
    "opened_at",
    "closed_by",
    "closed_at",
    "labels",
    "items_max",
    "count",
    "oldest",
];

pub(super) fn read(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<OpenRule> {
    let section = place.section(&KEYS, problems);
    let name = section
        .required("name", problems)
        .and_then(|place| place.text(problems));
    let key = section
        .required("key", problems)
        .map(|place| place.texts(problems));
    let mut conditions = |key| {
        section
            .required(key, problems)
            .map(|place| read_conditions(place, Some(On::Record), problems))
    };
    let (opened_by, closed_by) = (conditions("opened_by"), conditions("closed_by"));
    let (opened_at, closed_at) = (
        section.texts("opened_at", problems),
        section.texts("closed_at", problems),
    );
    let labels = read_labels(&section, problems);
    let items_max = section.get("items_max").map_or(ITEMS_MAX_DEFAULT, |place| {
        place
            .count(ITEMS_MAX_CEILING, problems)
            .unwrap_or(ITEMS_MAX_DEFAULT)
    });
    let (count, oldest) = read_metrics(&section, problems);
    Some(OpenRule {
        path: place.path.clone(),
        line: place.node.line,
        name: name?,
        key: key?,
        opened_by: opened_by?,
        opened_at,
        closed_by: closed_by?,
        closed_at,
        labels,
        items_max,
        count,
        oldest,
    })
}

fn read_metrics(
    section: &Section<'_>,
    problems: &mut Vec<Problem>,
) -> (Option<OpenMetric>, Option<OpenMetric>) {
    if section.get("count").is_none() && section.get("oldest").is_none() {
        let problem = Problem::new(&section.whole.path, "nothing is shown of these items");
        let problem = problem.line(section.whole.node.line);
        problems.push(problem.hint("name the metric of their count, of the oldest, or both"));
    }
    let count = section
        .get("count")
        .and_then(|place| read_metric(place, problems));
    let oldest = section
        .get("oldest")
        .and_then(|place| read_metric(place, problems));
    if let (Some(metric), Some(place)) = (&oldest, section.get("oldest"))
        && !metric.name.ends_with(OLDEST_SUFFIX)
    {
        let problem = Problem::new(
            format!("{}.name", place.path),
            "not the name of a point in time",
        );
        let problem = problem.line(place.node.line).given(&metric.name);
        let hint = "an age would be wrong a second after the scrape; queries take time() - it";
        let allowed = format!("names that end in {OLDEST_SUFFIX}");
        problems.push(problem.allowed(allowed).hint(hint));
    }
    (count, oldest)
}

fn read_metric(place: &Place<'_>, problems: &mut Vec<Problem>) -> Option<OpenMetric> {
    let section = place.section(&["name", "help"], problems);
    let name = section
        .required("name", problems)
        .and_then(|place| read_name(place, problems));
    let help = section
        .required("help", problems)
        .and_then(|place| place.text(problems));
    Some(OpenMetric {
        name: name?,
        help: help?,
    })
}
