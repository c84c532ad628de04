#!/usr/bin/env python3
"""Recomputes every number of a report's JSON from the record files, and says where they differ.

    recompute_reports.py REPORT.json FILE... [options]

It shares nothing with the program that made the report: the standard library, the record files, and the definitions that
the reports state. Whole numbers, names and dates must be equal, other numbers within 1e-9. Exit code 0 when everything is
equal, 1 with the list of differences, 2 when the report is of a kind that is not recomputed here.
"""

import argparse
import json
import math
import re
import sys

from recompute import enrichment, quality, records, sampling, sla

REPORTS = {
    "enrichment": enrichment.expected,
    "quality": quality.expected,
    "sampling": sampling.expected,
    "sla": sla.expected,
}

TOLERANCE = 1e-9


def differences(expected, found, path):
    """Every place at which two values are not the same."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in expected.keys() | found.keys():
            here = f"{path}.{key}"
            if key not in expected:
                yield f"{here}: reported, but not expected"
            elif key not in found:
                yield f"{here}: expected, but not reported"
            else:
                yield from differences(expected[key], found[key], here)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{path}: {len(expected)} entries expected, {len(found)} reported"
        for at, (one, other) in enumerate(zip(expected, found)):
            yield from differences(one, other, f"{path}[{at}]")
    elif not same(expected, found):
        yield f"{path}: expected {expected!r}, reported {found!r}"


def same(expected, found):
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        if isinstance(expected, int) and isinstance(found, int):
            return expected == found
        return math.isclose(expected, found, rel_tol=1e-13, abs_tol=TOLERANCE)
    return expected == found


def reduced(section):
    """What is compared of a reported section: tables, the numbers of charts, notes that have numbers of their own."""
    charts = {
        key: {
            "categories": chart["categories"],
            "series": {series["name"]: series["values"] for series in chart["series"]},
        }
        for key, chart in section["charts"].items()
    }
    return {"tables": section["tables"], "charts": charts}


def note_differences(expected, notes, path):
    """Every expected sentence must be there; a sentence with a number must be expected or be a fixed explanation."""
    texts = [note["text"] for note in notes]
    for sentence in expected:
        if not any(text.startswith(sentence) for text in texts):
            yield f"{path}: expected the note {sentence!r}"
    for text in texts:
        told = any(text.startswith(sentence) for sentence in expected)
        if not told and re.search(r"\d", text) and not is_fixed(text):
            yield f"{path}: the note {text!r} has numbers that were not recomputed"


# Beginnings of explanations whose numbers are definitions.
FIXED = [
    "A stage of 0 seconds",
    "Weeks are ISO weeks",
    "Limits by week",
    "The score has 0 to 24 points",
    "A review counts for the latest",
    "Sorted by name",
    "The interval includes 0",
    "A target counts as missed when",
    "Hours of P3, P4 are business hours",
]


def is_fixed(text):
    return any(text.startswith(start) for start in FIXED)


def compare(report, read, options):
    expected = REPORTS[report["report"]](read, options)
    yield from differences(expected["period"], report["period"], "period")
    source = {key: report["source"][key] for key in expected["source"]}
    yield from differences(expected["source"], source, "source")
    sections = report["sections"]
    for key in expected["sections"].keys() | sections.keys():
        path = f"sections.{key}"
        if key not in expected["sections"] or key not in sections:
            yield f"{path}: is in one of both only"
            continue
        wanted = dict(expected["sections"][key])
        notes = wanted.pop("notes", [])
        yield from differences(wanted, reduced(sections[key]), path)
        yield from note_differences(notes, sections[key]["notes"], path)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("report", help="the report as JSON")
    parser.add_argument("files", nargs="+", help="the record files that it was computed from")
    parser.add_argument("--from", dest="first", help="first date, as given to the report")
    parser.add_argument("--to", dest="last", help="last date, as given to the report")
    parser.add_argument("--epss-unit", choices=["guess", "probability", "percent"], default="guess")
    parser.add_argument("--cases-min", type=int, default=5, help="fewest cases shown for one person")
    parser.add_argument("--pseudonym-key", help="the key, when names are pseudonyms")
    parser.add_argument("--kev-rule", choices=["p1", "p2"], default="p1")
    parser.add_argument("--tolerance", type=float, default=5.0, help="of sampling, in percentage points")
    parser.add_argument("--seed", type=int, help="of the sampling rule, to replay its draws")
    parser.add_argument(
        "--business-hours", nargs="?", const="9-17", help="count P3 and P4 in these hours, as 08:30-17:00+01:00"
    )
    parser.add_argument("--as-of", help="the moment that ages are counted to")
    parser.add_argument("--examples", type=int, default=10, help="tickets listed for each doubt")
    return parser.parse_args()


def main():
    options = arguments()
    with open(options.report, encoding="utf-8") as file:
        report = json.load(file)
    options.reviewed_analysts = "reviewed_analysts" in report["sections"]
    if report["report"] not in REPORTS:
        print(f"{report['report']!r} is not recomputed here; known are {', '.join(REPORTS)}", file=sys.stderr)
        return 2
    read = records.read(options.files, options, report["report"])
    found = sorted(compare(report, read, options))
    for line in found:
        print(line)
    if not found:
        print(f"{report['report']}: every number is equal ({len(read.entries)} records)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
