//! The parts of the exporter on their own.

use bytes::Bytes;

use super::*;
use crate::encode::Batch;

fn batch(size: usize) -> Batch {
    Batch {
        bytes: Bytes::from(vec![7; size]),
        spans: 1,
    }
}

#[test]
fn memory_takes_what_fits_and_gives_back_what_does_not() {
    let mut spool = MemorySpool::new(10);
    assert_eq!(spool.push(batch(6)), Ok(()));
    assert_eq!(spool.push(batch(5)), Err(batch(5)));
    assert_eq!(spool.push(batch(4)), Ok(()));
    assert_eq!((spool.oldest(), spool.pop()), (Some(0), Some(batch(6))));
    assert_eq!(spool.push(batch(6)), Ok(()));
    assert_eq!((spool.oldest(), spool.next_number()), (Some(1), 3));
}

#[test]
fn a_disk_spool_keeps_order_and_its_limit() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = DiskSpool::open(folder.path(), 10).unwrap();
    assert!(spool.push(&batch(6)).unwrap());
    assert!(!spool.push(&batch(5)).unwrap(), "over the limit");
    assert!(spool.push(&batch(4)).unwrap());
    assert_eq!(spool.front().unwrap().unwrap(), batch(6));
    spool.remove_front();
    assert_eq!(spool.front().unwrap().unwrap(), batch(4));
    spool.remove_front();
    assert!(spool.is_empty());
}

#[test]
fn a_disk_spool_in_use_is_not_inherited_and_one_left_behind_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = DiskSpool::open(folder.path(), 100).unwrap();
    assert!(first.push(&batch(6)).unwrap());
    assert!(
        DiskSpool::open(folder.path(), 100).unwrap().is_empty(),
        "its owner lives"
    );
    drop(first);
    let mut heir = DiskSpool::open(folder.path(), 100).unwrap();
    assert_eq!(heir.front().unwrap().unwrap(), batch(6));
    assert!(heir.remove_front().inherited);
}

#[test]
fn a_spool_file_that_cannot_be_read_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let mut spool = DiskSpool::open(folder.path(), 100).unwrap();
    assert!(spool.push(&batch(6)).unwrap());
    let own = std::fs::read_dir(folder.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let file = own.join("0000000000-1.otlp");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert!(spool.front().unwrap().is_err());
    assert_eq!(spool.set_aside().spans, 1);
    assert!(spool.front().is_none());
}
