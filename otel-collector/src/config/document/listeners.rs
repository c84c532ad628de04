//! Checks that no two parts listen on one address: the second would fail to start, after everything else had begun.

use std::net::SocketAddr;

use super::{Document, Reference};
use crate::config::location::Segment;
use crate::config::problem::{Complaint, Listening, Report};

/// See [`Document::check_listeners`].
pub(super) fn check(document: &Document, report: &Report) {
    let all = report.listening();
    let mut used: Vec<&Listening> = Vec::new();
    for listening in all.iter().filter(|own| is_started(document, own)) {
        if let Some(first) = used
            .iter()
            .find(|own| collide(own.address, listening.address))
        {
            let line = first.location.as_ref();
            let line = line.map_or_else(String::new, |place| format!(" (line {})", place.line));
            let complaint = Complaint::new("two parts listen on one address")
                .given(listening.address.to_string())
                .allowed("an address of its own for each")
                .hint(format!("{} has {}{line}", first.path, first.address));
            report.error(listening.location.as_ref(), &listening.path, complaint);
        } else {
            used.push(listening);
        }
    }
}

/// Whether binding the second fails once the first is bound. Port 0 takes whatever is free.
fn collide(first: SocketAddr, second: SocketAddr) -> bool {
    let (a, b) = (first.ip(), second.ip());
    let same_place = a == b || a.is_unspecified() || b.is_unspecified();
    first.port() != 0 && first.port() == second.port() && same_place
}

/// Whether the service starts the part: what is defined and not used may stand where it likes.
fn is_started(document: &Document, listening: &Listening) -> bool {
    let mut keys = listening
        .path
        .segments()
        .iter()
        .filter_map(|own| match own {
            Segment::Key(key) => Some(key.as_str()),
            Segment::Index(_) => None,
        });
    let (Some(role), Some(id)) = (keys.next(), keys.next()) else {
        return false;
    };
    let service = &document.service;
    let names = |list: &[Reference]| list.iter().any(|own| own.id.to_string() == id);
    match role {
        "receivers" => service.pipelines.iter().any(|own| names(&own.receivers)),
        "exporters" => service.pipelines.iter().any(|own| names(&own.exporters)),
        "extensions" => names(&service.extensions),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_bound_twice() {
        let collide = |a: &str, b: &str| collide(a.parse().unwrap(), b.parse().unwrap());
        assert!(collide("127.0.0.1:4317", "127.0.0.1:4317"));
        assert!(collide("0.0.0.0:4317", "127.0.0.1:4317"));
        assert!(collide("127.0.0.1:4317", "[::]:4317"));
        assert!(!collide("127.0.0.1:0", "127.0.0.1:0"));
        assert!(!collide("127.0.0.1:4317", "127.0.0.1:4318"));
        assert!(!collide("127.0.0.1:4317", "127.0.0.2:4317"));
    }
}
