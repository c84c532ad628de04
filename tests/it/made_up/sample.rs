//! Its sample: hosts that are backed up when work comes in.

use std::borrow::Cow;

use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::{SpanId, TraceId};
use secspan_records::origin::Identity;
use secspan_records::record::Record;
use secspan_records::spans::{Span, spans_of};
use secspan_records::timestamp::Timestamp;
use secspan_records::value::Value;
use secspan_sample::calendar::Calendar;
use secspan_sample::random::{Purpose, Random};
use secspan_sample::sample::{Content, Moment, Sample, SampleDef, Settings};

use super::kind::{self, BACKUP};

pub(super) static SAMPLE: SampleDef = SampleDef {
    about: "backups",
    logs: &[],
    new: |settings| {
        let (first, _) = settings.bounds()?;
        let calendar = Calendar::new(settings.seed, first, settings.days.into());
        Ok(Box::new(Hosts { settings, calendar }))
    },
};

const HOSTS: [&str; 3] = ["db-1", "db-2", "mail"];

#[derive(Debug)]
struct Hosts {
    settings: Settings,
    calendar: Calendar,
}

/// One backup.
struct Backup {
    host: &'static str,
    bytes: u64,
    at: UnixNanos,
    identity: Identity,
}

impl Sample for Hosts {
    fn moments(&self) -> Box<dyn Iterator<Item = Box<dyn Moment>> + '_> {
        let Settings { seed, records, .. } = self.settings;
        Box::new((0..records).map(move |number| {
            let mut random = Random::new(seed, Purpose::START, number);
            let at = self.calendar.start_nanos(number, records, &mut random);
            let host = usize::try_from(random.below(HOSTS.len() as u64)).unwrap();
            let backup: Box<dyn Moment> = Box::new(Backup {
                host: HOSTS[host],
                bytes: random.between(1_000, 9_000),
                at: UnixNanos(at),
                identity: Identity {
                    trace: TraceId(u128::from(random.bits() | 1).to_be_bytes()),
                    span: SpanId((random.bits() | 1).to_be_bytes()),
                },
            });
            backup
        }))
    }
}

impl Moment for Backup {
    fn content(&self) -> Option<Content> {
        let mut record = Record::new(&BACKUP);
        record.set(kind::HOST, Value::Text(Cow::Borrowed(self.host)));
        record.set(kind::BYTES, Value::Count(self.bytes));
        let at = Timestamp::from_nanos(self.at);
        record.set(kind::ENDED_AT, Value::Time(at));
        record.origin.identity = Some(self.identity);
        Some(Content::Record(record))
    }

    fn spans(&self) -> Vec<Span> {
        match self.content() {
            Some(Content::Record(record)) => spans_of(&record, self.identity),
            _ => Vec::new(),
        }
    }

    fn is_work(&self) -> bool {
        true
    }
}
