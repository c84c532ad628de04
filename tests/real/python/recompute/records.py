"""Record files as plain dictionaries, with the spellings that readers have to accept."""

import datetime
import json
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
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return at.astimezone(datetime.timezone.utc).replace(microsecond=0)


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


def read(paths, options):
    """The records in the period, corrections applied, each once."""
    entries, outside, superseded, others = {}, 0, 0, 0
    lines = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            for text in file:
                if not text.strip():
                    continue
                line = json.loads(text)
                if "enrichment_date" in line and "analyst" in line:
                    entry = enrichment(line, options)
                elif "review_date" in line:
                    entry = review(line)
                else:
                    others += 1
                    lines += 1
                    continue
                lines += 1
                trace, span = line.get("trace_id"), line.get("span_id")
                key = (entry["kind"], trace, span) if trace and span else len(entries)
                amendment = line.get("amendment", 0)
                known = entries.get(key)
                if known is not None:
                    superseded += 1
                    if known[0] >= amendment:
                        continue
                entries[key] = (amendment, entry)
    kept = []
    for _, entry in entries.values():
        date = entry["at"].date().isoformat()
        if (options.first and date < options.first) or (options.last and date > options.last):
            outside += 1
        else:
            kept.append(entry)
    return SimpleNamespace(
        entries=kept, lines=lines, outside=outside, superseded=superseded, others=others
    )
