//! One event, one line, five fields, whatever the error text holds.

use std::fmt::Debug;

use proptest::prelude::*;
use secspan_records::facts::UnixNanos;
use secspan_records::timestamp::Timestamp;

use super::*;

const NOW: UnixNanos = UnixNanos(1_800_000_000_000_000_000);

fn failure(error: &str) -> NotificationFailure {
    NotificationFailure {
        at: Timestamp::parse("2025-12-03T12:20:05Z").unwrap(),
        channel: Channel::Slack,
        ticket: "OPS-802".to_owned(),
        reviewer: "Jonas".to_owned(),
        error: error.to_owned(),
    }
}

#[test]
fn the_line_of_the_contract() {
    let line = "2025-12-03T12:20:05Z|slack|OPS-802|Jonas|HTTP 503 from webhook";
    assert_eq!(failure("HTTP 503 from webhook").to_line(), line);
    let alert = SlaAlert {
        at: Timestamp::parse("2025-12-03T12:20:05Z").unwrap(),
        ticket: "OPS-802".to_owned(),
        severity: Severity::Violated,
        channel: "pager".to_owned(),
        recipient: "on call | EU".to_owned(),
    };
    let line = "2025-12-03T12:20:05Z|OPS-802|VIOLATED|pager|on call \\u007c EU";
    assert_eq!(alert.to_line(), line);
    assert_eq!(SlaAlert::from_line(line), Ok(alert));
}

#[test]
fn pipes_and_line_breaks_stay_within_their_field() {
    let nasty = "HTTP 503 | retry\r\n\tat C:\\new\\u007c\u{2028}\u{85}";
    let line = failure(nasty).to_line();
    assert_eq!(line.split('|').count(), FIELDS, "{line}");
    assert!(!line.chars().any(char::is_control), "{line:?}");
    assert_eq!(NotificationFailure::from_line(&line), Ok(failure(nasty)));
}

#[test]
fn what_legacy_writers_leave_is_read_as_it_is() {
    let line = r"2025-12-03T12:20:05.000310|slack|OPS-802|Jonas|C:\new | HTTP 503";
    let read = NotificationFailure::from_line(line);
    assert_eq!(read, Ok(failure(r"C:\new | HTTP 503")));
    let shouted = "2025-12-03T12:20:05| SLACK |OPS-802|Jonas|";
    assert_eq!(NotificationFailure::from_line(shouted), Ok(failure("")));
}

#[test]
fn what_is_no_entry_says_why() {
    let why = |line| {
        NotificationFailure::from_line(line)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        why("2025-12-03T12:20:05Z|slack|OPS-802|Jonas"),
        "4 fields with pipes between them; expected are 5"
    );
    assert_eq!(why("yesterday|slack|a|b|c"), "the first field is no time");
    assert_eq!(
        why("2025-12-03T12:20:05Z|pager|a|b|c"),
        "channel: unknown word \"pager\"; allowed are email, slack"
    );
    assert_eq!(
        SlaAlert::from_line("2025-12-03T12:20:05Z|a|LATE|b|c")
            .unwrap_err()
            .to_string(),
        "severity: unknown word \"LATE\"; allowed are WARNING, VIOLATED"
    );
}

#[test]
fn a_log_is_appended_to_and_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory
        .path()
        .join("metrics")
        .join(NotificationFailure::FILE);
    let settings = append::Settings::default();
    let (first, second) = (failure("a|b"), failure("c\nd"));
    write(&path, &[first.clone(), second.clone()], NOW, settings).unwrap();
    let torn = "2025-12-03T12:20";
    let foreign = "2025-12-03T12:20:05|email|x|y|legacy | text\r\n\nnonsense\n";
    let before = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{before}{foreign}{torn}")).unwrap();
    write(&path, std::slice::from_ref(&first), NOW, settings).unwrap();
    write::<NotificationFailure>(&path, &[], NOW, settings).unwrap();
    let lines = read::<NotificationFailure>(&path).unwrap();
    assert_eq!(
        lines.iter().map(|line| line.number).collect::<Vec<_>>(),
        [1, 2, 3, 5, 6]
    );
    assert_eq!(lines[0].entry, Ok(first.clone()));
    assert_eq!(lines[1].entry, Ok(second));
    assert_eq!(lines[2].entry.as_ref().unwrap().error, "legacy | text");
    assert_eq!(lines[3].entry, Err(EntryError::Fields { found: 1 }));
    assert_eq!(lines[4].entry, Ok(first));
    let side = fs::read_to_string(side_file::path_of(&path)).unwrap();
    assert!(side.contains(torn) && side.contains("torn"), "{side}");
}

fn assert_round_trip<E: Entry + Debug + PartialEq>(entry: &E) {
    let line = entry.to_line();
    assert_eq!(line.split('|').count(), FIELDS, "{line:?}");
    assert_eq!(line.lines().count(), 1, "{line:?}");
    assert!(!line.contains(['\r', '\u{2028}', '\u{85}']), "{line:?}");
    assert_eq!(E::from_line(&line).as_ref(), Ok(entry));
}

proptest! {
    #[test]
    fn every_failure_comes_back(
        seconds in 0_i64..253_402_300_799,
        slack: bool,
        [ticket, reviewer, error] in prop::array::uniform3("(?s).{0,20}|[\\\\|nru07c\n\r]{0,12}"),
    ) {
        let channel = if slack { Channel::Slack } else { Channel::Email };
        let at = Timestamp::from_unix_seconds(seconds);
        assert_round_trip(&NotificationFailure { at, channel, ticket, reviewer, error });
    }

    #[test]
    fn every_alert_comes_back(
        seconds in 0_i64..253_402_300_799,
        violated: bool,
        [ticket, channel, recipient] in prop::array::uniform3("(?s).{0,20}|[\\\\|nru07c\n\r]{0,12}"),
    ) {
        let severity = if violated { Severity::Violated } else { Severity::Warning };
        let at = Timestamp::from_unix_seconds(seconds);
        assert_round_trip(&SlaAlert { at, ticket, severity, channel, recipient });
    }

    #[test]
    fn reading_takes_anything(line in "(?s).{0,60}", escapes in "[\\\\nu0-9d|é]{0,20}") {
        drop(SlaAlert::from_line(&line));
        drop(NotificationFailure::from_line(&escapes));
        drop(unescape(&escapes));
    }
}
