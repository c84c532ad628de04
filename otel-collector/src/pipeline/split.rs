//! Halving a batch that a destination finds too large.

use secspan_otlp::split;

use crate::batch::{Batch, Payload};

/// Two batches with the same spans, each about half; `None` when the batch cannot be divided.
pub fn halves(batch: &Batch) -> Option<(Batch, Batch)> {
    match batch {
        Batch::Traces(payload) => {
            let (left, right) = split::in_two(&payload.bytes)?;
            Some((traces(left), traces(right)))
        }
        Batch::Records(records) if records.len() > 1 => {
            let (left, right) = records.split_at(records.len() / 2);
            Some((Batch::Records(left.into()), Batch::Records(right.into())))
        }
        Batch::Metrics(_) | Batch::Logs(_) | Batch::Records(_) => None,
    }
}

fn traces(part: split::Part) -> Batch {
    Batch::Traces(Payload {
        bytes: part.bytes.into(),
        items: u64::from(part.records),
    })
}
