"""The report `enrichment`, a second time."""

import datetime

from . import numbers, records
from .numbers import many, mean, median, quantile, share, spread, wilson
from .records import KINDS, LEGACY_STAGES, PRIORITIES, REAL_STAGES

OUTCOMES = ["success", "failure", "error", "timeout", "cancelled", "skipped"]

# Upper bounds in seconds, by real stage and by legacy key.
REAL_BUDGETS = [120, 300, 120, 120, 180, 180, 60, 120]
LEGACY_BUDGETS = [120, 420, 120, 180, 180, 180]


def seconds(entries):
    return [entry["seconds"] for entry in entries]


def expected(read, options):
    entries = [entry for entry in read.entries if entry["kind"] == "enrichment"]
    source = records.source(read, ["enrichment", "review"])
    if not entries:
        empty = {"tables": {}, "charts": {}}
        keys = ["overview", "analysts", "stages", "perplexity", "priority", "velocity", "consistency", "speed_quality"]
        return {"period": None, "source": source, "sections": dict.fromkeys(keys, empty)}
    weeks = numbers.by_week(entries, [numbers.monday(entry["at"]) for entry in entries])
    return {
        "period": numbers.period(entries),
        "source": source,
        "sections": {
            "overview": overview(entries),
            "analysts": analysts(entries, options),
            "stages": stages(entries),
            "perplexity": perplexity(entries),
            "priority": priority(entries, weeks),
            "velocity": velocity(entries, weeks),
            "consistency": consistency(entries, options),
            "speed_quality": numbers.speed_quality(read.entries),
        },
    }


def group(name, part, whole):
    return {"n": len(part), "share": share(len(part), len(whole)), **spread(seconds(part)), **name}


def overview(entries):
    total = seconds(entries)
    row = {
        "n": len(entries),
        "analysts": len({entry["person"] for entry in entries}),
        "total_hours": sum(total) / 3600,
        **spread(total),
    }
    active = list(counts([entry["at"].date() for entry in entries]).values())
    targets = [
        numbers.target("mean duration", mean(total) / 60, "minutes", "10 to 15", len(total), numbers.within(10, 15)),
        numbers.target(
            "enrichments per day with work", mean(active), "per day", "15 to 20", len(active), numbers.within(15, 20)
        ),
    ]
    outcomes = [
        group({"outcome": outcome}, [e for e in entries if e["outcome"] == outcome], entries) for outcome in OUTCOMES
    ]
    names = sorted({entry["workflow"] for entry in entries}, key=str.encode)
    workflows = [group({"workflow": name}, [e for e in entries if e["workflow"] == name], entries) for name in names]
    notes = [numbers.target_note(targets)]
    unfinished = sum(entry["outcome"] != "success" for entry in entries)
    if unfinished:
        notes.append(many(unfinished, "enrichment did", "enrichments did") + " not end in success")
    return {
        "tables": {
            "overview": [row],
            "targets": targets,
            "outcomes": [row for row in outcomes if row["n"]],
            "workflows": workflows,
        },
        "charts": {},
        "notes": notes,
    }


def counts(values):
    found = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found


def analysts(entries, options):
    def row(part):
        days = len({entry["at"].date() for entry in part})
        return {"n": len(part), **spread(seconds(part)), "days": days, "mean_per_day": len(part) / days}

    empty = ["mean_seconds", "median_seconds", "p90_seconds", "days", "mean_per_day"]
    rows = numbers.people(entries, "person", "analyst", options, row, empty)
    return {"tables": {"analysts": rows}, "charts": {}}


def stage_rows(names, budgets, values):
    ran = [[value for value in column if value > 0] for column in zip(*values)] or [[] for _ in names]
    whole = sum(map(sum, ran))
    return [
        {
            "stage": name,
            "n": len(column),
            **spread(column),
            "share": share(sum(column), whole),
            "budget_seconds": budget,
            "over_budget": share(sum(value > budget for value in column), len(column)),
            "over_twice_budget": share(sum(value > 2 * budget for value in column), len(column)),
        }
        for name, budget, column in zip(names, budgets, ran)
    ]


def stages(entries):
    legacy = stage_rows(LEGACY_STAGES, LEGACY_BUDGETS, [entry["legacy"] for entry in entries])
    tables = {"legacy_stages": legacy}
    stating = [entry["detail"] for entry in entries if entry["detail"] is not None]
    notes = []
    rows = legacy
    if stating:
        rows = tables["stages"] = stage_rows(REAL_STAGES, REAL_BUDGETS, stating)
        if len(stating) < len(entries):
            words = many(len(stating), "record states", "records state")
            notes.append(f"{words} the eight real stages, of {len(entries):,}.")
    if any(row["share"] for row in legacy):
        worst = max(legacy, key=lambda row: row["share"])
        notes.append(f"The bottleneck is {worst['stage']}: {worst['share'] * 100:.1f} %")
    with_elapsed = [entry for entry in entries if entry["elapsed"] is not None]
    if with_elapsed:
        elapsed = [entry["elapsed"] for entry in with_elapsed]
        waiting = [max(0, entry["elapsed"] - entry["seconds"]) for entry in with_elapsed]
        tables["waiting"] = [
            {"what": what, "n": len(values), **spread(values), "share": share(sum(values), sum(elapsed))}
            for what, values in [("from first start to last end", elapsed), ("of that in no stage", waiting)]
        ]
    chart = {
        "categories": [row["stage"] for row in rows],
        "series": {"share": [row["share"] for row in rows]},
    }
    return {"tables": tables, "charts": {"stage_shares": chart}, "notes": notes}


def perplexity(entries):
    tables = {"perplexity_deepest": [], "perplexity_queries": []}
    for kind in [None, *KINDS]:
        part = [entry for entry in entries if entry["deepest"] == kind]
        name = {"deepest": kind or "none", "mean_queries": mean([entry["queries"] for entry in part])}
        tables["perplexity_deepest"].append(group(name, part, entries))
    for number in range(6):
        n = sum(entry["queries"] == number if number < 5 else entry["queries"] >= 5 for entry in entries)
        name = str(number) if number < 5 else "5 or more"
        tables["perplexity_queries"].append({"queries": name, "n": n, "share": share(n, len(entries))})
    notes = []
    vain = sum(entry["queries"] > 0 and entry["deepest"] is None for entry in entries)
    if vain:
        notes.append(many(vain, "enrichment has", "enrichments have") + " queries of which none succeeded")
    stating = [entry for entry in entries if entry["by_kind"] is not None]
    if stating:
        calls = [sum(column) for column in zip(*[entry["by_kind"] for entry in stating])]
        unknown = max(0, sum(entry["queries"] for entry in stating) - sum(calls))
        tables["perplexity_calls"] = [
            {"kind": kind, "calls": n, "share": share(n, sum(calls) + unknown)}
            for kind, n in [*zip(KINDS, calls), ("of unknown kind", unknown)]
        ]
        notes.append("Calls by kind are those of " + many(len(stating), "record that states", "records that state"))
    tables["perplexity_yield"] = []
    for what, key in [("queries", "queries"), ("sources cited", "sources"), ("techniques mapped", "techniques")]:
        values = [entry[key] for entry in entries if entry[key] is not None]
        tables["perplexity_yield"].append({
            "what": what, "n": len(values), "sum": sum(values), "mean": mean(values), "median": median(values),
            "p90": quantile(values, 9), "max": max(values, default=None),
        })
    return {"tables": tables, "charts": {}, "notes": notes}


def priority(entries, weeks):
    rows = []
    for name in PRIORITIES:
        part = [entry for entry in entries if entry["priority"] == name]
        rows.append({**group({"priority": name}, part, entries), **wilson(len(part), len(entries))})
    week_rows, share_rows = [], []
    series = {name: [] for name in PRIORITIES}
    for first, part in weeks.items():
        before = weeks.get(first - datetime.timedelta(days=7), [])
        by_name = {name: sum(entry["priority"] == name for entry in part) for name in PRIORITIES}
        earlier = {name: sum(entry["priority"] == name for entry in before) for name in PRIORITIES}
        row = {"week": numbers.week_name(first), "n": len(part)}
        row["change"] = len(part) - len(before) if first - datetime.timedelta(days=7) in weeks else None
        shares = {"week": numbers.week_name(first)}
        for name in PRIORITIES:
            key = name.lower()
            row[key] = by_name[name]
            series[name].append(by_name[name])
            now, then = share(by_name[name], len(part)), share(earlier[name], len(before))
            shares[f"{key}_share"] = now
            shares[f"{key}_change_share"] = None if now is None or then is None else now - then
        week_rows.append(row)
        share_rows.append(shares)
    chart = {"categories": [row["week"] for row in week_rows], "series": series}
    return {
        "tables": {"priorities": rows, "priority_weeks": week_rows, "priority_week_shares": share_rows},
        "charts": {"priority_trend": chart},
    }


def velocity(entries, weeks):
    dates = [entry["at"].date() for entry in entries]
    first, last = min(dates), max(dates)
    calendar = [first + datetime.timedelta(days=at) for at in range((last - first).days + 1)]
    per_day = counts(dates)
    per_analyst = counts([(entry["person"], entry["at"].date()) for entry in entries])
    rows = []
    for basis, values in [
        ("calendar day", [per_day.get(day, 0) for day in calendar]),
        ("day with work", list(per_day.values())),
        ("analyst's day with work", list(per_analyst.values())),
    ]:
        rows.append({
            "basis": basis, "n": len(values), "mean": mean(values), "median": median(values), "max": max(values),
        })
    week_rows = []
    for start, part in weeks.items():
        days = [day for day in calendar if start <= day < start + datetime.timedelta(days=7)]
        active = len({entry["at"].date() for entry in part})
        week_rows.append({
            "week": numbers.week_name(start),
            "days": len(days),
            "active_days": active,
            "n": len(part),
            "mean_per_day": share(len(part), len(days)),
            "mean_per_active_day": share(len(part), active),
            "median_seconds": median(seconds(part)),
        })
    chart = {
        "categories": [row["week"] for row in week_rows],
        "series": {"per day": [row["mean_per_day"] for row in week_rows]},
    }
    return {
        "tables": {"velocity": rows, "velocity_weeks": week_rows},
        "charts": {"velocity_trend": chart},
    }


def points(score, ends):
    """Fewest and most points of a factor: 4, 3, 2 from the given scores on, else 1; anything when not known."""
    if score is None:
        return 1, 4
    found = 1 + sum(score >= end for end in ends)
    return found, found


def from_score(score):
    return next(name for name, least in zip(PRIORITIES, [20, 15, 10, 6, 0]) if score >= least)


def allowed(entry, floor):
    """Most and least urgent by score and rule together, and least urgent by score alone."""
    low, high = 3, 11
    for score, ends in [(entry["cvss"], [4, 7, 9]), (entry["epss"], [0.25, 0.5, 0.75])]:
        fewest, most = points(score, ends)
        low, high = low + fewest, high + most
    low += 5 if entry["kev"] is True else 0
    high += 0 if entry["kev"] is False else 5
    urgent, relaxed = from_score(high), from_score(low)
    by_score = relaxed
    if entry["kev"] is not False:
        urgent = min(urgent, floor)
    if entry["kev"] is True:
        relaxed = min(relaxed, floor)
    return urgent, relaxed, by_score


def consistency(entries, options):
    floor = "P1" if options.kev_rule == "p1" else "P2"
    known = [
        entry for entry in entries
        if entry["cvss"] is not None or entry["epss"] is not None or entry["kev"] is not None
    ]
    kinds = [
        ("more urgent than the score allows", known, lambda e: e["priority"] < allowed(e, floor)[0]),
        ("less urgent than the score allows", known, lambda e: e["priority"] > allowed(e, floor)[2]),
        (
            "known exploited, not raised",
            [entry for entry in known if entry["kev"] is True],
            lambda e: e["priority"] > floor,
        ),
    ]
    rows, tickets = [], []
    for name, checked, doubtful in kinds:
        found = [entry for entry in checked if doubtful(entry)]
        rows.append({
            "doubt": name, "checked": len(checked), "n": len(found), "share": share(len(found), len(checked)),
            **wilson(len(found), len(checked)),
        })
        found.sort(key=lambda entry: (-entry["at"].timestamp(), entry["ticket"].encode()))
        for entry in found[: options.examples]:
            urgent, relaxed, _ = allowed(entry, floor)
            tickets.append({
                "doubt": name,
                "ticket": entry["ticket"],
                "completed": entry["at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
                "priority": entry["priority"],
                "allowed": urgent if urgent == relaxed else f"{urgent} to {relaxed}",
                "cvss": entry["cvss"],
                "epss": entry["epss"],
                "kev": entry["kev"],
            })
    tables = {"consistency": rows, "consistency_cvss": bands(entries)}
    notes = []
    if len(known) < len(entries):
        notes.append(many(len(entries) - len(known), "enrichment has", "enrichments have") + " neither")
    if tickets:
        tables["consistency_tickets"] = tickets
        notes.append(f"The latest tickets in doubt, at most {options.examples} of each kind:")
    return {"tables": tables, "charts": {}, "notes": notes}


def bands(entries):
    def band(score):
        if score is None:
            return "not known"
        return next(
            name for name, least in [("9 and more", 9), ("7 to 8.9", 7), ("4 to 6.9", 4), ("below 4", 0)]
            if score >= least
        )

    rows = []
    for name in ["9 and more", "7 to 8.9", "4 to 6.9", "below 4", "not known"]:
        part = [entry for entry in entries if band(entry["cvss"]) == name]
        row = {"cvss": name, "n": len(part)}
        for other in PRIORITIES:
            row[other.lower()] = sum(entry["priority"] == other for entry in part)
        rows.append(row)
    return rows
