"""Read the record files below DIRECTORY/metrics as strictly as the report scripts of security teams do, and print what is
in them as one JSON object: read_records.py DIRECTORY.

The standard library alone. Nothing is forgiven: an empty line, a torn one, a byte order mark, a missing key, a null score,
an unknown class or a header that is not the exact one ends the script with a traceback, as it would end theirs.
"""

import csv
import datetime
import glob
import json
import os
import re
import sys

STAGES = [
    "stage1_fetch_ticket",
    "stage2_research_cve",
    "stage3_priority_assessment",
    "stage4_context_analysis",
    "stage5_remediation_guidance",
    "stage6_update_jira",
]
CLASSES = ("excellent", "good", "needs_improvement", "inadequate")
COLUMNS = ["ticket_id", "priority", "review_decision", "reason", "timestamp", "reviewer"]
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


def main():
    metrics = os.path.join(sys.argv[1], "metrics")
    month = sys.argv[2]
    summary = {
        "enrichments": enrichments(metrics),
        "reviews": reviews(metrics),
        "decisions": decisions(metrics, month),
        "tickets": tickets(metrics),
        "notification_failures": pipe_log(metrics, "notification-failures.log"),
        "sla_alerts": pipe_log(metrics, "sla-alerts.log"),
    }
    print(json.dumps(summary, sort_keys=True))


def lines(metrics, stem):
    """The objects in all daily files, and no line passed over."""
    for path in sorted(glob.glob(os.path.join(metrics, stem + "-*.jsonl"))):
        date = os.path.basename(path)[len(stem) + 1 : -len(".jsonl")]
        datetime.date.fromisoformat(date)
        with open(path, encoding="utf-8") as file:
            for line in file:
                yield json.loads(line), date


def time(text):
    """The script that computes trends sorts by the raw text and reads it with a Python that knows 0 or 6 digits."""
    check(TIMESTAMP.fullmatch(text), text)
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def enrichments(metrics):
    seconds = []
    for record, date in lines(metrics, "enrichment-metrics"):
        check(time(record["enrichment_date"]).date().isoformat() == date, record)
        check(list(record["stage_durations"]) == STAGES, record)
        check(sum(record["stage_durations"].values()) == record["total_duration_seconds"], record)
        check(record["priority_assigned"] in ("P1", "P2", "P3", "P4", "P5"), record)
        for key in ("workflow_id", "ticket_id", "analyst"):
            check(record[key] and isinstance(record[key], str), record)
        for key in ("cve_id", "perplexity_tool", "cvss_score", "epss_score", "kev_status"):
            record[key]
        for key in ("perplexity_queries", "sources_cited", "mitre_techniques_mapped"):
            check(type(record[key]) is int, record)
        seconds.append(record["total_duration_seconds"])
    return {"count": len(seconds), "seconds": sum(seconds)}


def reviews(metrics):
    records = [record for record, _ in lines(metrics, "review-metrics")]
    records.sort(key=lambda record: record["review_date"])
    classes = dict.fromkeys(CLASSES, 0)
    score = issues = gaps = seconds = 0
    for record in records:
        time(record["review_date"])
        classes[record["quality_classification"].lower().replace(" ", "_")] += 1
        score += record["overall_score"]
        issues += record["critical_issues"]
        gaps += record["significant_gaps"]
        seconds += record["total_duration_seconds"]
    return {"count": len(records), "score": score, "issues": issues, "gaps": gaps, "seconds": seconds, **classes}


def decisions(metrics, month):
    """What the sampling report counts: by month, which is a prefix of the timestamp, and mandatory by a word."""
    counts = {"rows": 0, "mandatory": 0, "sampled": 0, "not_required": 0, "with_reviewer": 0}
    path = os.path.join(metrics, "review-decisions.csv")
    if not os.path.exists(path):
        return counts
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        check(reader.fieldnames == COLUMNS, reader.fieldnames)
        for row in reader:
            check(None not in row and None not in row.values(), row)
            check(row["ticket_id"] != "ticket_id", "a second header")
            time(row["timestamp"])
            if not row["timestamp"].startswith(month):
                continue
            counts["rows"] += 1
            counts["with_reviewer"] += bool(row["reviewer"])
            if row["review_decision"] == "required":
                counts["mandatory" if "Mandatory" in row["reason"] else "sampled"] += 1
            else:
                check(row["review_decision"] == "not_required", row)
                counts["not_required"] += 1
    return counts


def tickets(metrics):
    hours = []
    count = 0
    for record, _ in lines(metrics, "ticket-metrics"):
        check(record["priority"] in ("P1", "P2", "P3", "P4", "P5") and record["ticket_id"], record)
        count += 1
        if record["closed_date"] is not None and record["enrichment_date"] is not None:
            hours.append((time(record["closed_date"]) - time(record["enrichment_date"])).total_seconds() / 3600)
    return {"count": count, "closed": len(hours)}


def pipe_log(metrics, name):
    """What a parser that splits at every pipe, and expects five fields, makes of a log; counted by the second field."""
    counts = {}
    path = os.path.join(metrics, name)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                timestamp, second, _, _, _ = line.split("|")
                time(timestamp)
                counts[second] = counts.get(second, 0) + 1
    return counts


def check(condition, what):
    if not condition:
        raise ValueError(what)


if __name__ == "__main__":
    main()
