"""The report `sampling`, a second time."""

import datetime
import hashlib
import hmac

from . import numbers, records
from .numbers import many, share, wilson
from .records import PRIORITIES

# The share of tickets to be reviewed, in percent.
RATES = {"P1": 100, "P2": 100, "P3": 25, "P4": 10, "P5": 5}

MANDATORY = [priority for priority, rate in RATES.items() if rate == 100]


def expected(read, options):
    decisions = [entry for entry in read.entries if entry["kind"] == "decision"]
    enrichments = [entry for entry in read.entries if entry["kind"] == "enrichment"]
    source = records.source(read, ["decision", "enrichment"])
    if not decisions:
        keys = [
            "overview", "priorities", "compliance", "missed", "replay", "reviewers", "trend", "velocity", "recent",
        ]
        return {"period": None, "source": source, "sections": dict.fromkeys(keys, {"tables": {}, "charts": {}})}
    names = {entry["person"] for entry in decisions if entry["person"]}
    shown = numbers.shown_names(names, "reviewer", options.pseudonym_key)
    return {
        "period": numbers.period(decisions),
        "source": source,
        "sections": {
            "overview": overview(decisions),
            "priorities": priorities(decisions),
            "compliance": compliance(decisions, options.tolerance),
            "missed": missed(decisions, shown),
            "replay": replay(decisions, shown, options.seed),
            "reviewers": reviewers(decisions, options),
            "trend": trend(decisions),
            "velocity": velocity(enrichments, decisions),
            "recent": {"tables": {"recent": rows(sorted(decisions, key=order, reverse=True)[:10], shown)}, "charts": {}},
        },
    }


def counts(part):
    required = [entry for entry in part if entry["required"]]
    mandatory = sum("Mandatory" in entry["reason"] for entry in required)
    return {
        "required": len(required),
        "mandatory": mandatory,
        "sampled": len(required) - mandatory,
        "not_required": len(part) - len(required),
        "rate": share(len(required), len(part)),
    }


def overview(decisions):
    repeated = len(decisions) - len({entry["ticket"] for entry in decisions})
    notes = [many(repeated, "decision is", "decisions are") + " about a ticket"] if repeated else []
    return {
        "tables": {"overview": [{"decisions": len(decisions), **counts(decisions)}]}, "charts": {}, "notes": notes,
    }


def by_priority(decisions):
    return {name: [entry for entry in decisions if entry["priority"] == name] for name in PRIORITIES}


def priorities(decisions):
    rows = [{"priority": name, "n": len(part), **counts(part)} for name, part in by_priority(decisions).items()]
    return {"tables": {"by_priority": rows}, "charts": {}}


def compliance(decisions, tolerance):
    rows, off, open_, rates = [], [], [], []
    for name, part in by_priority(decisions).items():
        n, required = len(part), counts(part)["required"]
        rate, target, ends = share(required, n), RATES[name] / 100, wilson(required, n)
        rates.append(rate)
        if n == 0:
            status = "no data"
        elif abs(100 * required - RATES[name] * n) <= tolerance * n:
            status = "within tolerance"
        elif ends["share_high"] < (RATES[name] - tolerance) / 100:
            status = "below tolerance"
        elif ends["share_low"] > (RATES[name] + tolerance) / 100:
            status = "above tolerance"
        else:
            status = "outside tolerance, n too small to tell"
        if status in ("below tolerance", "above tolerance"):
            off.append(name)
        if status.startswith("outside"):
            open_.append(name)
        rows.append({
            "priority": name, "n": n, "rate": rate, "rate_low": ends["share_low"], "rate_high": ends["share_high"],
            "target": target, "difference_share": None if rate is None else rate - target,
            "within_tolerance": status == "within tolerance" if n else None, "status": status,
        })
    said = f"Outside of the tolerance: {', '.join(off)}." if off else "No priority is outside of its tolerance"
    notes = [said, f"The tolerance is {tolerance:g} percentage points"]
    chart = {
        "categories": PRIORITIES,
        "series": {"rate": rates, "target": [RATES[name] / 100 for name in PRIORITIES]},
    }
    return {"tables": {"compliance": rows}, "charts": {"rate_by_priority": chart}, "notes": notes}


def order(entry):
    name = entry["person"]
    return (
        entry["at"], entry["micros"], entry["ticket"].encode(), entry["priority"], entry["required"],
        entry["reason"].encode(), name is not None, (name or "").encode(),
    )


def rows(cases, shown):
    return [
        {
            "decided_at": entry["at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ticket_id": entry["ticket"],
            "priority": entry["priority"],
            "review_decision": "required" if entry["required"] else "not required",
            "reason": entry["reason"],
            "reviewer": shown.get(entry["person"]),
        }
        for entry in cases
    ]


def listed(key, cases, shown):
    cases.sort(key=order)
    notes = [f"{len(cases) - 50} more are not listed"] if len(cases) > 50 else []
    return {"tables": {key: rows(cases[:50], shown)}, "charts": {}, "notes": notes}


def missed(decisions, shown):
    cases = [entry for entry in decisions if entry["priority"] in MANDATORY and not entry["required"]]
    if not cases:
        return {"tables": {}, "charts": {}}
    section = listed("missed", cases, shown)
    section["notes"].append(many(len(cases), "mandatory review was", "mandatory reviews were") + " not required.")
    return section


def draws(seed, ticket, priority):
    mac = hmac.new(str(seed).encode(), ticket.encode(), hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "big") * 100 < RATES[priority] << 64


def replay(decisions, shown, seed):
    if seed is None:
        return {"tables": {}, "charts": {}}
    wrong = [entry for entry in decisions if draws(seed, entry["ticket"], entry["priority"]) != entry["required"]]
    required_only = sum(entry["required"] for entry in wrong)
    row = {
        "seed": seed, "checked": len(decisions), "equal": len(decisions) - len(wrong),
        "required_only": required_only, "rule_only": len(wrong) - required_only,
    }
    section = {"tables": {}, "charts": {}, "notes": []}
    if wrong:
        section = listed("replay_different", wrong, shown)
        section["notes"].append(many(len(wrong), "decision differs", "decisions differ") + " from what")
    section["tables"]["replay"] = [row]
    return section


def reviewers(decisions, options):
    required = [entry for entry in decisions if entry["required"]]
    assigned = [entry for entry in required if entry["person"]]
    if not assigned:
        return {"tables": {}, "charts": {}}

    def row(part):
        return {"n": len(part), "share": len(part) / len(assigned)}

    notes = []
    table = numbers.people(assigned, "person", "reviewer", options, row, ["share"])
    by_name = {}
    for entry in assigned:
        by_name[entry["person"]] = by_name.get(entry["person"], 0) + 1
    if len(by_name) > 1:
        even = 1 / len(by_name)
        distance = max(abs(n / len(assigned) - even) for n in by_name.values()) * 100
        notes.append(
            f"An even share is {100 / len(by_name):.1f} %; the largest distance from it is {distance:.1f} percentage points"
        )
    silent = len(required) - len(assigned)
    if silent:
        notes.append(many(silent, "required review has", "required reviews have") + " no reviewer yet.")
    return {"tables": {"reviewers": table}, "charts": {}, "notes": notes}


def wanted(part):
    """The share that the rates give for these priorities."""
    return share(sum(RATES[entry["priority"]] for entry in part), 100 * len(part))


def trend(decisions):
    weeks = numbers.by_week(decisions, [numbers.monday(entry["at"]) for entry in decisions])
    table = []
    for first, part in weeks.items():
        before = weeks.get(first - datetime.timedelta(days=7), [])
        row = counts(part)
        del row["not_required"]
        then = counts(before)["rate"]
        row["change_share"] = row["rate"] - then if part and before else None
        row.update({"week": numbers.week_name(first), "n": len(part), "expected_rate": wanted(part)})
        table.append(row)
    chart = {
        "categories": [row["week"] for row in table],
        "series": {"rate": [row["rate"] for row in table], "expected": [row["expected_rate"] for row in table]},
    }
    return {"tables": {"trend": table}, "charts": {"trend_chart": chart}}


def velocity(enrichments, decisions):
    if not enrichments:
        return {"tables": {}, "charts": {}}
    dates = [entry["at"].date() for entry in enrichments]
    days, active = (max(dates) - min(dates)).days + 1, len(set(dates))
    row = {
        "enrichments": len(dates), "days": days, "active_days": active,
        "per_day": len(dates) / days, "per_active_day": len(dates) / active,
    }
    mondays = [numbers.monday(entry["at"]) for entry in enrichments + decisions]
    work, decided = numbers.by_week(enrichments, mondays), numbers.by_week(decisions, mondays)
    weeks = []
    for first, part in work.items():
        active = len({entry["at"].date() for entry in part})
        weeks.append({
            "week": numbers.week_name(first),
            "enrichments": len(part),
            "active_days": active,
            "per_active_day": share(len(part), active),
            "decisions": len(decided[first]),
            "decisions_per_enrichment": share(len(decided[first]), len(part)),
        })
    return {"tables": {"velocity": [row], "velocity_weeks": weeks}, "charts": {}}
