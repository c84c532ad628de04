"""Enter reviewers into DIRECTORY/metrics/review-decisions.csv while others append to it: update_decisions.py DIRECTORY COUNT.

The standard library alone. As the updater of the legacy workflow does, the whole file is written anew and put in place of
the old one, each time for the last decision that has no reviewer; unlike that one, it takes the lock. Prints how many
decisions it updated.
"""

import csv
import fcntl
import os
import sys


def locked(path):
    """The file that has this path now, under an exclusive lock."""
    while True:
        file = open(path, encoding="utf-8", newline="")
        fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_ino == os.stat(path).st_ino:
            return file
        file.close()


def update(path, reviewer):
    with locked(path) as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
        open_rows = [row for row in rows if not row["reviewer"]]
        if not open_rows:
            return False
        open_rows[-1]["reviewer"] = reviewer
        with open(path + ".new", "w", encoding="utf-8", newline="") as new:
            writer = csv.DictWriter(new, reader.fieldnames, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        os.replace(path + ".new", path)
        return True


def main():
    path = os.path.join(sys.argv[1], "metrics", "review-decisions.csv")
    updated = 0
    while updated < int(sys.argv[2]):
        updated += update(path, f"Riley, number {updated}")
    print(updated)


if __name__ == "__main__":
    main()
