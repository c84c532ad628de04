//! Compiles the `open` sections of rule files.

use super::Compiler;
use crate::problem::Problem;
use crate::rules::file::{On, OpenRule};
use crate::rules::open::{Counted, Open};

impl Compiler<'_> {
    /// The `open` rules of all files, in order.
    pub(super) fn all_open(&mut self) -> Vec<Open> {
        let mut compiled: Vec<Open> = Vec::new();
        for file in &self.set.files {
            for rule in &file.open {
                let before = self.problems.len();
                self.refuse_taken(rule, &compiled);
                let open = self.open(rule);
                for problem in self.problems.iter_mut().skip(before) {
                    problem.source.clone_from(&file.source);
                    problem.line = rule.line;
                }
                compiled.extend(open);
            }
        }
        compiled
    }

    /// A gauge of open items is made by one rule alone: two would each show a part.
    fn refuse_taken(&mut self, rule: &OpenRule, compiled: &[Open]) {
        if compiled.iter().any(|open| *open.name == *rule.name) {
            let problem = Problem::new(&rule.path, "these items are defined before");
            let hint = "give them another name, or widen `opened_by`";
            self.problems.push(problem.given(&rule.name).hint(hint));
        }
        for metric in rule.metrics() {
            let table = |table: &crate::table::Table| *table.description().name == *metric.name;
            let open = |open: &Open| open.metrics().any(|known| *known.name == *metric.name);
            let twice = rule.metrics().filter(|other| other.name == metric.name);
            if self.tables.iter().any(table) || compiled.iter().any(open) || twice.count() > 1 {
                let problem = Problem::new(&rule.path, "this metric is defined before");
                self.problems.push(problem.given(&metric.name));
            }
        }
    }

    fn open(&mut self, rule: &OpenRule) -> Option<Open> {
        let path = rule.path.as_str();
        let combinations = self.combinations(&rule.labels, path);
        let counted = Counted {
            key: self.sources(&rule.key, On::Record, path)?,
            opened_by: self.conditions(&rule.opened_by, On::Record, path)?,
            opened_at: self.sources(&rule.opened_at, On::Record, path)?,
            closed_by: self.conditions(&rule.closed_by, On::Record, path)?,
            closed_at: self.sources(&rule.closed_at, On::Record, path)?,
            labels: self.labels(rule.labels.clone(), On::Record, path)?,
        };
        Some(Open::new(rule, counted, &combinations))
    }
}
