"""The report `sla`, a second time."""

import datetime
import re
from types import SimpleNamespace

from . import numbers, records
from .numbers import many, median, quantile, share, wilson
from .records import PRIORITIES

# Limit and warning, in hours.
TARGETS = {"P1": (24, 18), "P2": (168, 120), "P3": (720, 576), "P4": (2160, 1728)}

TARGET_SHARE = 0.95


def expected(read, options):
    lines = [entry for entry in read.entries if entry["kind"] == "ticket"]
    source = records.source(read, ["ticket", "enrichment"])
    as_of = moment(read, options)
    source["as_of"] = as_of and as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    world = judge(read, lines, as_of, options)
    empty = {"tables": {}, "charts": {}}
    sections = dict.fromkeys(["overview", "compliance", "time_to_close", "open", "overdue", "trend"], empty)
    sections["coverage"] = coverage(world)
    if lines:
        sections.update({
            "overview": overview(world),
            "compliance": compliance(world),
            "time_to_close": time_to_close(world),
            "open": open_tickets(world),
            "overdue": overdue(world, options),
            "trend": trend(world),
        })
    return {"period": numbers.period(lines), "source": source, "sections": sections}


def moment(read, options):
    """The chosen moment, a date standing for its end; else the latest in the records."""
    if options.as_of:
        if "T" in options.as_of:
            return records.when(options.as_of)
        return records.when(options.as_of + "T23:59:59Z")
    moments = [entry["at"] for entry in read.entries]
    moments += [entry["enriched"] for entry in read.entries if entry["kind"] == "ticket" and entry["enriched"]]
    return max(moments, default=None)


def business(text):
    """Begin and end of a working day, and how far its clock is ahead of UTC."""
    form = r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?(?:([+-])(\d{1,2})(?::(\d\d))?)?"
    from_hour, from_minute, to_hour, to_minute, sign, hours, minutes = re.fullmatch(form, text).groups()
    offset = datetime.timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return (
        datetime.timedelta(hours=int(from_hour), minutes=int(from_minute or 0)),
        datetime.timedelta(hours=int(to_hour), minutes=int(to_minute or 0)),
        -offset if sign == "-" else offset,
    )


def used(start, end, priority, options):
    """Seconds between two times that count for a priority."""
    if end <= start:
        return 0
    if not options.business_hours or priority not in ("P3", "P4"):
        return int((end - start).total_seconds())
    opens, closes, offset = business(options.business_hours)
    start, end = start + offset, end + offset
    total, day = 0, start.replace(hour=0, minute=0, second=0)
    while day < end:
        if day.weekday() < 5:
            total += max(0, int((min(end, day + closes) - max(start, day + opens)).total_seconds()))
        day += datetime.timedelta(days=1)
    return total


def state_of(priority, start, closed, as_of, options):
    seconds = used(start, closed or as_of, priority, options)
    if priority not in TARGETS:
        return "no_target", seconds
    limit, warning = (hours * 3600 for hours in TARGETS[priority])
    if closed:
        return "missed" if seconds > limit else "met", seconds
    if seconds > limit:
        return "overdue", seconds
    return "warning" if seconds >= warning else "within", seconds


def judge(read, lines, as_of, options):
    """Every ticket with a line of its own, and what could not be judged."""
    starts, failed = {}, {}
    for entry in read.entries:
        if entry["kind"] == "enrichment":
            one, known = (entry["at"], entry["priority"]), starts if entry["outcome"] == "success" else failed
            known[entry["ticket"]] = min(one, known.get(entry["ticket"], one))
    by_ticket = {}
    for line in lines:
        by_ticket.setdefault(line["ticket"], []).append(line)
    world = SimpleNamespace(
        cases=[], without_start=0, not_begun=0, not_completed=0, before_period=0, reopened=0, closed_early=0,
        unknown={name: [0, 0] for name in PRIORITIES},
    )
    for name, group in by_ticket.items():
        closings = {line["closed"] for line in group if line["closed"] and line["closed"] <= as_of}
        closed = max(closings, default=None)
        last = [line for line in group if line["closed"] == closed] if closed else group
        priority = min(line["priority"] for line in last)
        world.reopened += len(closings) > 1
        known = [line["enriched"] for line in group if line["enriched"]]
        start = min(known) if known else starts.get(name, (None,))[0]
        if start is None:
            world.without_start += 1
        elif start > as_of:
            world.not_begun += 1
        else:
            world.closed_early += closed is not None and closed < start
            state, seconds = state_of(priority, start, closed, as_of, options)
            world.cases.append(SimpleNamespace(
                name=name, priority=priority, start=start, closed=closed, state=state, seconds=seconds,
            ))
    for name, (start, priority) in {**failed, **starts}.items():
        if name in by_ticket:
            continue
        # The line of a ticket that was enriched before the period may lie before it, too.
        if options.first is not None and start.date().isoformat() < options.first:
            world.before_period += 1
        elif name not in starts:
            world.not_completed += 1
        elif start > as_of:
            world.not_begun += 1
        else:
            world.unknown[priority][0] += 1
            world.unknown[priority][1] += state_of(priority, start, None, as_of, options)[0] == "overdue"
    return world


def tally(cases):
    return {state: sum(case.state == state for case in cases) for state in ("met", "missed", "overdue")}


def of(world, priority):
    return [case for case in world.cases if case.priority == priority]


def percent(value):
    return f"{value * 100:.1f} %"


def verdict(met, n):
    if n == 0:
        return "no data"
    if met / n >= TARGET_SHARE:
        return "met" if wilson(met, n)["share_low"] >= TARGET_SHARE else "met, n too small to tell"
    return "missed" if wilson(met, n)["share_high"] < TARGET_SHARE else "below target, n too small to tell"


def overview(world):
    found = tally(world.cases)
    met, n, late = found["met"], found["met"] + found["missed"], found["overdue"]
    closed = sum(case.closed is not None for case in world.cases)
    row = {
        "tickets": len(world.cases), "closed": closed, "met": met, "missed": found["missed"],
        "compliance": share(met, n), "target": TARGET_SHARE, "open": len(world.cases) - closed, "overdue": late,
        "compliance_with_overdue": share(met, n + late),
    }
    notes = []
    if n:
        notes.append(f"{percent(met / n)} of {many(n, 'closing', 'closings')} were in time")
    if late:
        notes.append(many(late, "open ticket is", "open tickets are") + " overdue.")
    tickets = sum(one for one, _ in world.unknown.values())
    if tickets:
        if_open = sum(other for _, other in world.unknown.values())
        note = many(tickets, "ticket was", "tickets were") + (
            " enriched and have no line of their own, so nobody knows whether they are closed. If all of them are open, "
            f"{if_open:,} of them are overdue"
        )
        if n + late + if_open:
            note += f", and the share with overdue as too late would be {percent(met / (n + late + if_open))}"
        notes.append(note + ".")
    return {"tables": {"overview": [row]}, "charts": {}, "notes": notes}


def compliance(world):
    rows = []
    for priority in PRIORITIES:
        cases = of(world, priority)
        found = tally(cases)
        closed = sum(case.closed is not None for case in cases)
        row = dict.fromkeys(
            ["limit_hours", "met", "missed", "compliance", "compliance_low", "compliance_high", "target"]
        )
        row.update({"priority": priority, "n": closed, "status": "no target"})
        if priority in TARGETS:
            met, n = found["met"], found["met"] + found["missed"]
            ends = wilson(met, n)
            row.update({
                "limit_hours": TARGETS[priority][0], "met": met, "missed": found["missed"],
                "compliance": share(met, n), "compliance_low": ends["share_low"],
                "compliance_high": ends["share_high"], "target": TARGET_SHARE, "status": verdict(met, n),
            })
        rows.append(row)
    return {"tables": {"compliance": rows}, "charts": {}}


def hours(seconds):
    return None if seconds is None else seconds / 3600


def survival_median(cases):
    """When half are closed by the estimate of Kaplan and Meier, in seconds; open tickets leave at their age."""
    open_share, half_since = 1.0, None
    for time in sorted({case.seconds for case in cases if case.closed}):
        if half_since is not None:
            return (half_since + time) / 2
        at_risk = sum(case.seconds >= time for case in cases)
        closed = sum(case.seconds == time and case.closed is not None for case in cases)
        open_share *= 1 - closed / at_risk
        if open_share < 0.5 - 1e-9:
            return time
        if open_share <= 0.5 + 1e-9:
            half_since = time
    return half_since


def time_to_close(world):
    rows = []
    for priority in PRIORITIES:
        cases = of(world, priority)
        closed = [case.seconds for case in cases if case.closed]
        rows.append({
            "priority": priority, "closed": len(closed), "median_hours": hours(median(closed)),
            "p90_hours": hours(quantile(closed, 9)), "tickets": len(cases),
            "median_all_hours": hours(survival_median(cases)),
        })
    chart = {
        "categories": PRIORITIES,
        "series": {
            "closed": [row["median_hours"] for row in rows],
            "with open ones": [row["median_all_hours"] for row in rows],
        },
    }
    return {"tables": {"time_to_close": rows}, "charts": {"time_to_close_chart": chart}}


def open_tickets(world):
    rows = []
    series = {"in time": [], "little time left": [], "overdue": []}
    for priority in PRIORITIES:
        cases = [case for case in of(world, priority) if not case.closed]
        ages = [case.seconds for case in cases]
        row = {
            "priority": priority, "open": len(cases), "median_age_hours": hours(median(ages)),
            "oldest_hours": hours(max(ages, default=None)),
        }
        for state, name in [("within", "in time"), ("warning", "little time left"), ("overdue", "overdue")]:
            n = sum(case.state == state for case in cases)
            row[state] = n if priority in TARGETS else None
            series[name].append(n)
        rows.append(row)
    charts = {"open_chart": {"categories": PRIORITIES, "series": series}} if any(row["open"] for row in rows) else {}
    return {"tables": {"open": rows}, "charts": charts}


def due(case, options):
    """The first moment at which the limit is used up."""
    limit = TARGETS[case.priority][0] * 3600
    if not options.business_hours or case.priority not in ("P3", "P4"):
        return case.start + datetime.timedelta(seconds=limit)
    low, high = case.start, case.start + datetime.timedelta(seconds=5 * limit + 30 * 86400)
    while high - low > datetime.timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if used(case.start, middle, case.priority, options) >= limit:
            high = middle
        else:
            low = middle
    return high


def overdue(world, options):
    late = [case for case in world.cases if case.state == "overdue"]
    if not late:
        return {"tables": {}, "charts": {}}

    def over(case):
        return case.seconds - TARGETS[case.priority][0] * 3600

    late.sort(key=lambda case: (-over(case), case.name.encode()))
    rows = [
        {
            "ticket_id": case.name, "priority": case.priority,
            "enriched_at": case.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "due_at": due(case, options).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "age_hours": hours(case.seconds), "over_hours": hours(over(case)),
        }
        for case in late[:20]
    ]
    notes = [many(len(late), "open ticket is", "open tickets are") + " overdue."]
    if len(late) > 20:
        notes.append(f"{len(late) - 20} more are not listed")
    return {"tables": {"overdue": rows}, "charts": {}, "notes": notes}


def trend(world):
    closed = [{"at": case.closed, "state": case.state} for case in world.cases if case.state in ("met", "missed")]
    if not closed:
        return {"tables": {}, "charts": {}}
    weeks = numbers.by_week(closed, [numbers.monday(entry["at"]) for entry in closed])
    rates = {first: share(sum(entry["state"] == "met" for entry in part), len(part)) for first, part in weeks.items()}
    rows = []
    for first, part in weeks.items():
        met = sum(entry["state"] == "met" for entry in part)
        now, then = rates[first], rates.get(first - datetime.timedelta(days=7))
        rows.append({
            "week": numbers.week_name(first), "n": len(part), "met": met,
            "missed": len(part) - met, "compliance": now,
            "change_share": None if now is None or then is None else now - then,
        })
    names = [row["week"] for row in rows]
    return {
        "tables": {"trend": rows},
        "charts": {
            "trend_compliance": {"categories": names, "series": {"compliance": [row["compliance"] for row in rows]}},
            "trend_closings": {
                "categories": names,
                "series": {"in time": [row["met"] for row in rows], "too late": [row["missed"] for row in rows]},
            },
        },
    }


def coverage(world):
    without = sum(one for one, _ in world.unknown.values())
    rows = [
        ("judged", len(world.cases)),
        ("enriched, no closing known", without),
        ("start of the clock unknown", world.without_start),
        ("enriched after the moment of asking", world.not_begun),
        ("enrichment not completed", world.not_completed),
        ("enriched before the period", world.before_period),
        ("closed more than once", world.reopened),
        ("closed before the enrichment ended", world.closed_early),
    ]
    tables = {"coverage": [{"what": what, "tickets": n} for what, n in rows]}
    if without:
        tables["no_closing_known"] = [
            {"priority": name, "tickets": one, "overdue_if_open": other}
            for name, (one, other) in world.unknown.items()
        ]
    return {"tables": tables, "charts": {}}
