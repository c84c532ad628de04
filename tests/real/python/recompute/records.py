"""Record files as plain dictionaries, with the spellings that readers have to accept."""

import csv
import datetime
import json
import re
from types import SimpleNamespace

PRIORITIES = ["P1", "P2", "P3", "P4", "P5"]
KINDS = ["search", "reason", "deep_research"]
REAL_STAGES = [
    "triage", "cve_research", "attack_mapping", "priority_assessment",
    "business_context", "remediation_planning", "documentation", "jira_update",
]
LEGACY_STAGES = [
    "stage1_fetch_ticket", "stage2_research_cve", "stage3_priority_assessment",
    "stage4_context_analysis", "stage5_remediation_guidance", "stage6_update_jira",
]
CLASSES = ["Excellent", "Good", "Needs Improvement", "Inadequate"]


def when(text):
    """A time in UTC, whole seconds; one without an offset is UTC."""
    text = re.sub(r"\.\d+", "", text.replace("Z", "+00:00"))
    at = datetime.datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return at.astimezone(datetime.timezone.utc)


def listed(value):
    if isinstance(value, str):
        return {"listed": True, "yes": True, "true": True}.get(value.strip().lower(), False)
    return value


def probability(value, unit):
    if value is None or unit == "probability" or (unit == "guess" and value <= 1):
        return value
    return float(f"{value / 100:.12f}")


def deepest(tool):
    if tool is None:
        return None
    word = tool.lower().replace("-", "_")
    if "perplexity" in word:
        word = word.rsplit("perplexity", 1)[1].lstrip("_./:")
    return "deep_research" if word in ("research", "deep_research") else word


def enrichment(line, options):
    counts = line.get("perplexity_tool_counts")
    detail = line.get("stage_durations_detail")
    return {
        "kind": "enrichment",
        "workflow": line["workflow_id"],
        "ticket": line["ticket_id"],
        "person": line["analyst"],
        "at": when(line["enrichment_date"]),
        "seconds": line["total_duration_seconds"],
        "legacy": [line["stage_durations"].get(key, 0) for key in LEGACY_STAGES],
        "detail": None if detail is None else [detail.get(key, 0) for key in REAL_STAGES],
        "elapsed": line.get("elapsed_seconds"),
        "deepest": deepest(line["perplexity_tool"]),
        "queries": line["perplexity_queries"],
        "by_kind": None if counts is None else [counts.get(kind, 0) for kind in KINDS],
        "priority": line["priority_assigned"].upper(),
        "cvss": line["cvss_score"],
        "epss": probability(line["epss_score"], options.epss_unit),
        "kev": listed(line["kev_status"]),
        "sources": line.get("sources_cited"),
        "techniques": line.get("mitre_techniques_mapped"),
        "outcome": line.get("outcome", "success").lower(),
    }


def review(line):
    spelt = line["quality_classification"].replace("_", " ").replace("-", " ").lower()
    return {
        "kind": "review",
        "ticket": line["ticket_id"],
        "person": line["reviewer"],
        "analyst": line.get("reviewed_analyst"),
        "investigation": line.get("investigation_type", "cve").lower(),
        "at": when(line["review_date"]),
        "seconds": line["total_duration_seconds"],
        "stages": [line["stage_durations"].get(f"stage{number}", 0) for number in range(1, 8)],
        "score": line["overall_score"],
        "class": next(name for name in CLASSES if name.lower() == spelt),
        "critical": line["critical_issues"],
        "gaps": line["significant_gaps"],
        "minor": line["minor_improvements"],
        "verified": line["fact_verification_performed"],
        "accuracy": line.get("accuracy_score"),
    }


def decision(row):
    return {
        "kind": "decision",
        "ticket": row["ticket_id"],
        "priority": row["priority"].upper(),
        "required": row["review_decision"] == "required",
        "reason": row["reason"],
        "at": when(row["timestamp"]),
        "micros": micros(row["timestamp"]),
        "person": row["reviewer"] or None,
    }


def ticket(line):
    enriched, closed = line.get("enrichment_date"), line.get("closed_date")
    enriched, closed = enriched and when(enriched), closed and when(closed)
    return {
        "kind": "ticket",
        "ticket": line["ticket_id"],
        "priority": line["priority"].upper(),
        "enriched": enriched,
        "closed": closed,
        "at": closed or enriched,
    }


def micros(text):
    """Six digits of the fraction of a second."""
    fraction = re.search(r"\.(\d+)", text)
    return int((fraction.group(1) if fraction else "0")[:6].ljust(6, "0"))


def entries_of(path, options):
    """The records of a file, each with what makes it recognisable and which correction it is."""
    with open(path, encoding="utf-8", newline="") as file:
        if path.endswith(".csv"):
            for row in csv.DictReader(file):
                entry = decision(row)
                yield ("decision", entry["ticket"], entry["at"], entry["micros"]), 0, entry
            return
        for text in file:
            if not text.strip():
                continue
            line = json.loads(text)
            if "closed_date" in line:
                entry = ticket(line)
                yield ("ticket", entry["ticket"], entry["at"]), 0, entry
                continue
            entry = enrichment(line, options) if "enrichment_date" in line else review(line)
            trace, span = line.get("trace_id"), line.get("span_id")
            key = (entry["kind"], trace, span) if trace and span else None
            yield key, line.get("amendment", 0), entry


def read(paths, options, report):
    """The records in the period, corrections applied, each once; service levels need the starts of clocks before it."""
    found, lines, outside, superseded = {}, 0, 0, 0
    for path in paths:
        for key, amendment, entry in entries_of(path, options):
            lines += 1
            key = key or lines
            if key in found:
                superseded += 1
                if found[key][0] >= amendment:
                    continue
            found[key] = (amendment, entry)
    kept = []
    for _, entry in found.values():
        date = entry["at"].date().isoformat()
        early = options.first and date < options.first
        if report == "sla" and entry["kind"] == "enrichment":
            early = False
        if early or (options.last and date > options.last):
            outside += 1
        else:
            kept.append(entry)
    return SimpleNamespace(entries=kept, lines=lines, outside=outside, superseded=superseded)


def source(found, used):
    """The counts of a report's source; `used` are the kinds that the report is about."""
    return {
        "records": found.lines,
        "other_records": sum(entry["kind"] not in used for entry in found.entries),
        "outside_period": found.outside,
        "superseded": found.superseded,
    }
