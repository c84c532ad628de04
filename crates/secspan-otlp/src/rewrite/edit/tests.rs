//! Editing the bytes equals decoding with `prost`, editing, and encoding again.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as AnyValue;
use opentelemetry_proto::tonic::common::v1::{AnyValue as Any, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message as _;

use super::*;
use crate::schema;
use crate::walk::tests::generate::{self, Random};

/// Random edits, and the same on decoded attributes.
struct Plan {
    random: Random,
    edits: Edits,
    item: u32,
    resource: u32,
    scope: u32,
}

impl Plan {
    fn new(seed: u64) -> Self {
        Self {
            random: Random(!seed),
            edits: Edits::default(),
            item: 0,
            resource: 0,
            scope: 0,
        }
    }

    /// Changes some of these attributes and adds others.
    fn change(&mut self, attributes: &mut Vec<KeyValue>) -> Changes {
        let mut changes = Changes::default();
        let mut keys: Vec<String> = attributes.iter().map(|own| own.key.clone()).collect();
        keys.extend(["new".to_owned(), "newer".to_owned()]);
        keys.sort();
        keys.dedup();
        for key in keys {
            match self.random.below(4) {
                0 => {
                    changes.delete(&key);
                    attributes.retain(|own| own.key != key);
                }
                1 => {
                    let number = i64::try_from(self.random.below(1000)).unwrap();
                    changes.set(&key, number);
                    set(attributes, &key, number);
                }
                _ => {}
            }
        }
        changes
    }

    fn resource(&mut self, attributes: Option<&mut Vec<KeyValue>>) -> bool {
        let changes = attributes.map(|attributes| self.change(attributes));
        self.edits
            .resource(self.resource, changes.unwrap_or_default());
        self.resource += 1;
        true
    }

    fn scope(&mut self, attributes: Option<&mut Vec<KeyValue>>) -> bool {
        let changes = attributes.map(|attributes| self.change(attributes));
        self.edits.scope(self.scope, changes.unwrap_or_default());
        self.scope += 1;
        true
    }

    /// Whether the item is kept.
    fn item(
        &mut self,
        attributes: &mut Vec<KeyValue>,
        edit: impl FnOnce(&mut Self, &mut Edit),
    ) -> bool {
        let mut own = Edit::default();
        if self.random.below(5) == 0 {
            own.drop_item();
        } else {
            own.attributes = self.change(attributes);
            edit(self, &mut own);
        }
        let kept = !own.is_dropped();
        self.edits.item(self.item, own);
        self.item += 1;
        kept
    }
}

fn set(attributes: &mut Vec<KeyValue>, key: &str, number: i64) {
    let value = Some(Any {
        value: Some(AnyValue::IntValue(number)),
    });
    let mut first = true;
    attributes.retain_mut(|own| {
        if own.key != key {
            return true;
        }
        let kept = std::mem::take(&mut first);
        *own = KeyValue {
            key: key.to_owned(),
            value: value.clone(),
            ..KeyValue::default()
        };
        kept
    });
    if first {
        attributes.push(KeyValue {
            key: key.to_owned(),
            value,
            ..KeyValue::default()
        });
    }
}

/// Drops what is empty now and was not before.
fn keep<T>(list: &mut Vec<T>, mut edit: impl FnMut(&mut T) -> bool) -> bool {
    let before = list.len();
    list.retain_mut(&mut edit);
    before == 0 || !list.is_empty()
}

fn assert_same<M: prost::Message + Default + std::fmt::Debug>(
    bytes: &[u8],
    signal: Signal,
    edits: &Edits,
    expected: &M,
    seed: u64,
) {
    let edited = apply(bytes, signal, edits);
    let decoded = M::decode(edited.as_slice()).unwrap();
    // As text, in which a NaN equals itself.
    assert_eq!(
        format!("{decoded:?}"),
        format!("{expected:?}"),
        "seed {seed}"
    );
}

#[test]
fn spans() {
    for seed in 0..400 {
        let bytes = generate::message(&mut Random(seed), &schema::TRACES, seed % 2 == 0);
        let mut request = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
        let mut plan = Plan::new(seed);
        keep(&mut request.resource_spans, |group| {
            plan.resource(group.resource.as_mut().map(|own| &mut own.attributes));
            keep(&mut group.scope_spans, |scope| {
                plan.scope(scope.scope.as_mut().map(|own| &mut own.attributes));
                keep(&mut scope.spans, |span| {
                    let events = &mut span.events;
                    plan.item(&mut span.attributes, |plan, edit| {
                        for (at, event) in (0..).zip(events) {
                            edit.event(at, plan.change(&mut event.attributes));
                        }
                    })
                })
            })
        });
        assert_same(&bytes, Signal::Traces, &plan.edits, &request, seed);
    }
}

#[test]
fn log_records() {
    for seed in 0..400 {
        let bytes = generate::message(&mut Random(seed), &schema::LOGS, seed % 2 == 0);
        let mut request = ExportLogsServiceRequest::decode(bytes.as_slice()).unwrap();
        let mut plan = Plan::new(seed);
        keep(&mut request.resource_logs, |group| {
            plan.resource(group.resource.as_mut().map(|own| &mut own.attributes));
            keep(&mut group.scope_logs, |scope| {
                plan.scope(scope.scope.as_mut().map(|own| &mut own.attributes));
                keep(&mut scope.log_records, |log| {
                    let body = &mut log.body;
                    plan.item(&mut log.attributes, |plan, edit| {
                        if plan.random.below(3) == 0 {
                            edit.set_body("another");
                            *body = Some(Any {
                                value: Some(AnyValue::StringValue("another".to_owned())),
                            });
                        }
                    })
                })
            })
        });
        assert_same(&bytes, Signal::Logs, &plan.edits, &request, seed);
    }
}

#[test]
fn data_points() {
    for seed in 0..400 {
        let bytes = generate::message(&mut Random(seed), &schema::METRICS, seed % 2 == 0);
        let mut request = ExportMetricsServiceRequest::decode(bytes.as_slice()).unwrap();
        let mut plan = Plan::new(seed);
        keep(&mut request.resource_metrics, |group| {
            plan.resource(group.resource.as_mut().map(|own| &mut own.attributes));
            keep(&mut group.scope_metrics, |scope| {
                plan.scope(scope.scope.as_mut().map(|own| &mut own.attributes));
                keep(&mut scope.metrics, |metric| match &mut metric.data {
                    None => true,
                    Some(Data::Gauge(data)) => keep(&mut data.data_points, |point| {
                        plan.item(&mut point.attributes, |_, _| {})
                    }),
                    Some(Data::Sum(data)) => keep(&mut data.data_points, |point| {
                        plan.item(&mut point.attributes, |_, _| {})
                    }),
                    Some(Data::Histogram(data)) => keep(&mut data.data_points, |point| {
                        plan.item(&mut point.attributes, |_, _| {})
                    }),
                    Some(Data::ExponentialHistogram(data)) => {
                        keep(&mut data.data_points, |point| {
                            plan.item(&mut point.attributes, |_, _| {})
                        })
                    }
                    Some(Data::Summary(data)) => keep(&mut data.data_points, |point| {
                        plan.item(&mut point.attributes, |_, _| {})
                    }),
                })
            })
        });
        assert_same(&bytes, Signal::Metrics, &plan.edits, &request, seed);
    }
}

#[test]
fn a_resource_without_attributes_gets_one() {
    // One resource group without a resource, one scope, one empty span.
    let request = [0x0a, 0x04, 0x12, 0x02, 0x12, 0x00];
    let mut changes = Changes::default();
    changes.set("tenant", "blue");
    let mut edits = Edits::default();
    edits.resource(0, changes);
    let edited = apply(&request, Signal::Traces, &edits);
    let decoded = ExportTraceServiceRequest::decode(edited.as_slice()).unwrap();
    let resource = decoded.resource_spans[0].resource.as_ref().unwrap();
    assert_eq!(resource.attributes[0].key, "tenant");
}

#[test]
fn a_change_sees_the_one_before_it() {
    let none = Attributes {
        entries: &[],
        present: crate::keys::SlotSet::EMPTY,
        positions: &[],
    };
    let mut changes = Changes::default();
    assert_eq!(changes.value(&none, "a"), None);
    changes.set("a", 1.5);
    assert_eq!(changes.value(&none, "a"), Some(Value::Double(1.5)));
    changes.delete("a");
    assert_eq!(changes.value(&none, "a"), None);
    assert!(!changes.is_empty());
}
