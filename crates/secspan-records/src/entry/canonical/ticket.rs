//! A ticket line in our writer's shape.

use super::priority;
use crate::entry::scan::Scan;
use crate::record::{Identity, Origin};
use crate::score::Text;
use crate::ticket::TicketRecord;
use crate::timestamp::Timestamp;

/// The start of a line with Python's spaces.
const SPACED_START: &str = "{\"ticket_id\": ";

/// The record of a line in the expected shape.
pub(in crate::entry) fn read(line: &str) -> Option<TicketRecord> {
    if line.starts_with(SPACED_START) {
        record::<true>(Scan::new(line))
    } else {
        record::<false>(Scan::new(line))
    }
}

fn record<const SPACED: bool>(mut scan: Scan<'_>) -> Option<TicketRecord> {
    let time = |scan: &mut Scan<'_>| Timestamp::plain(scan.text()?);
    scan.literal(key!(first "ticket_id"))?;
    let ticket = Text::new(scan.text()?).ok()?;
    scan.literal(key!("priority"))?;
    let priority = priority(scan.text()?)?;
    scan.literal(key!("enrichment_date"))?;
    let enriched_at = scan.or_null(time)?;
    scan.literal(key!("closed_date"))?;
    let closed_at = scan.or_null(time)?;
    let _version = optional!(scan, "schema_version", scan.text());
    let trace = optional!(scan, "trace_id", scan.trace_id());
    let span = optional!(scan, "span_id", scan.span_id());
    scan.literal("}")?;
    let known = enriched_at.is_some() || closed_at.is_some();
    (known && scan.is_at_end()).then(|| TicketRecord {
        ticket,
        priority,
        enriched_at,
        closed_at,
        origin: Origin {
            identity: trace
                .zip(span)
                .map(|(trace, span)| Identity { trace, span }),
            ..Origin::default()
        },
    })
}
