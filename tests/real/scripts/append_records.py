"""Append enrichment records to the daily files that other processes share: append_records.py DIRECTORY WRITER COUNT.

The standard library alone, as in a metrics script of a security team. Every second record is appended as the legacy
collector class does it, whose lock is released before the file is flushed; the others as one careful write.
"""

import fcntl
import json
import os
import sys

DAYS = ("2025-12-03", "2025-12-04")


def append_as_legacy(path, record):
    with open(path, "a", encoding="utf-8") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        try:
            file.write(dumps(record) + "\n")
        finally:
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def append_carefully(path, record):
    line = (dumps(record) + "\n").encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        written = os.write(descriptor, line)
        if written != len(line):
            sys.exit(f"only {written} of {len(line)} bytes were written")
    finally:
        os.close(descriptor)


def dumps(record):
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def main():
    directory, writer, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    template = os.environ["RECORD_TEMPLATE"]
    metrics = os.path.join(directory, "metrics")
    os.makedirs(metrics, exist_ok=True)
    for number in range(count):
        day = DAYS[0] if number < count // 2 else DAYS[1]
        identity = writer * 1_000_000 + number + 1
        text = template.replace("NUMBER", str(identity)).replace("TRACE", f"{identity:032x}").replace("DATE", day)
        append = append_as_legacy if number % 2 == 0 else append_carefully
        append(os.path.join(metrics, f"enrichment-metrics-{day}.jsonl"), json.loads(text))


if __name__ == "__main__":
    main()
