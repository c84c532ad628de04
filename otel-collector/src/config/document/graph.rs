//! Checks that pipelines, joined by connectors, never lead back to themselves.

use super::{Definitions, Document, Pipeline};
use crate::config::problem::{Complaint, Report};

/// Reports each cycle once, at the first of its pipelines.
pub(super) fn check(document: &Document, report: &Report) {
    let pipelines = &document.service.pipelines;
    let mut walk = Walk {
        pipelines,
        connectors: &document.connectors,
        states: vec![State::New; pipelines.len()],
        trail: Vec::new(),
    };
    for start in 0..pipelines.len() {
        walk.visit(start, report);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    OnTrail,
    Done,
}

struct Walk<'a> {
    pipelines: &'a [Pipeline],
    /// Nothing else leads on: a receiver and an exporter may well have the same name.
    connectors: &'a Definitions,
    states: Vec<State>,
    /// Pipelines on the way here, each with the connector that led to the next.
    trail: Vec<(usize, String)>,
}

impl Walk<'_> {
    /// The depth is at most the number of pipelines, which the source's size limits.
    fn visit(&mut self, at: usize, report: &Report) {
        let (Some(pipeline), Some(State::New)) = (self.pipelines.get(at), self.states.get(at))
        else {
            return;
        };
        self.mark(at, State::OnTrail);
        let exporters = pipeline.exporters.iter();
        for exporter in exporters.filter(|own| self.connectors.contains_key(&own.id)) {
            for (next, other) in self.pipelines.iter().enumerate() {
                if !other
                    .receivers
                    .iter()
                    .any(|receiver| receiver.id == exporter.id)
                {
                    continue;
                }
                self.trail.push((at, exporter.id.to_string()));
                if self.states.get(next) == Some(&State::OnTrail) {
                    self.report_cycle(next, report);
                } else {
                    self.visit(next, report);
                }
                self.trail.pop();
            }
        }
        self.mark(at, State::Done);
    }

    fn mark(&mut self, at: usize, state: State) {
        if let Some(own) = self.states.get_mut(at) {
            *own = state;
        }
    }

    fn report_cycle(&self, first: usize, report: &Report) {
        let Some(pipeline) = self.pipelines.get(first) else {
            return;
        };
        let cycle = self.trail.iter().skip_while(|(at, _)| *at != first);
        let mut shown: String = cycle
            .filter_map(|(at, connector)| {
                Some(format!(
                    "{} -[{connector}]-> ",
                    self.pipelines.get(*at)?.id()
                ))
            })
            .collect();
        shown.push_str(&pipeline.id());
        let complaint = Complaint::new("pipelines form a cycle")
            .given(shown)
            .hint("take one of the connectors out of the receivers or exporters on the way");
        report.error(Some(&pipeline.location), &pipeline.path, complaint);
    }
}
