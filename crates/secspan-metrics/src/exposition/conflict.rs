//! One family for each name, one series for each label set: what readers demand, made true whatever comes in.

use std::collections::HashSet;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::family::{Family, Kind, Label, Labels, Point};
use crate::name;

/// What had to be left out of a scrape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// Families whose name was taken by one of another kind.
    pub families: u64,
    /// Series whose label set was already there.
    pub series: u64,
}

/// Puts families in order: sorted by name, merged where they share name and kind, series sorted by label set.
///
/// Of families of one name with different kinds the first one given stays; so does the first of equal series, and the
/// first help text. Names and labels that no reader takes are cleaned first.
pub fn reconcile(families: Vec<Family>) -> (Vec<Family>, Conflicts) {
    let mut conflicts = Conflicts::default();
    let mut kept: Vec<Family> = Vec::with_capacity(families.len());
    let mut by_name: HashMap<Arc<str>, usize> = HashMap::new();
    for mut family in families {
        clean(&mut family);
        match by_name.get(&family.name).and_then(|at| kept.get_mut(*at)) {
            None => {
                by_name.insert(Arc::clone(&family.name), kept.len());
                kept.push(family);
            }
            Some(first) if first.kind == family.kind => first.points.append(&mut family.points),
            Some(_) => conflicts.families += 1,
        }
    }
    drop_shadowed(&mut kept, &mut conflicts);
    for family in &mut kept {
        let before = family.points.len();
        let by_labels = |a: &Point, b: &Point| given(&a.labels).cmp(given(&b.labels));
        family.points.sort_by(by_labels);
        family
            .points
            .dedup_by(|later, first| by_labels(later, first).is_eq());
        conflicts.series += (before - family.points.len()) as u64;
    }
    kept.retain(|family| !family.points.is_empty());
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    (kept, conflicts)
}

/// Drops families named like a sample of a histogram, `x_count` beside a histogram `x`.
fn drop_shadowed(kept: &mut Vec<Family>, conflicts: &mut Conflicts) {
    let taken: HashSet<String> = kept
        .iter()
        .filter(|family| family.kind == Kind::Histogram)
        .flat_map(|family| {
            ["_bucket", "_count", "_sum"].map(|suffix| format!("{}{suffix}", family.name))
        })
        .collect();
    let before = kept.len();
    kept.retain(|family| !taken.contains(&*family.name));
    conflicts.families += (before - kept.len()) as u64;
}

fn clean(family: &mut Family) {
    if !name::is_metric_name(&family.name) {
        family.name = name::metric_name(&family.name).into();
    }
    let reserved = if family.kind == Kind::Histogram {
        "le"
    } else {
        ""
    };
    for point in &mut family.points {
        let fine = |label: &Label| name::is_label_name(&label.name) && *label.name != *reserved;
        if !point.labels.iter().all(fine) || repeats(&point.labels) {
            point.labels = cleaned(point, reserved);
        }
    }
}

/// The labels that have a value: to Prometheus an empty one is absent.
fn given(labels: &Labels) -> impl Iterator<Item = &Label> {
    labels.iter().filter(|label| !label.value.is_empty())
}

fn repeats(labels: &Labels) -> bool {
    labels.iter().enumerate().any(|(at, label)| {
        labels
            .iter()
            .take(at)
            .any(|before| before.name == label.name)
    })
}

/// Valid, distinct names; values of labels that fall together are joined, as the OpenTelemetry specification asks.
fn cleaned(point: &Point, reserved: &str) -> Labels {
    let mut labels: Vec<Label> = Vec::with_capacity(point.labels.len());
    for label in point.labels.iter() {
        let name = match name::label_name(&label.name) {
            name if name == reserved => Arc::from(format!("key_{name}")),
            name => Arc::from(name),
        };
        match labels.iter_mut().find(|known| known.name == name) {
            Some(known) => known.value = format!("{};{}", known.value, label.value).into(),
            None => labels.push(Label {
                name,
                value: Arc::clone(&label.value),
            }),
        }
    }
    labels.into()
}
