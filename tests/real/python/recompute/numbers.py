"""Statistics and tables by their definitions."""

import datetime
import hashlib
import hmac
import math
import statistics

Z = 1.959963984540054


def mean(values):
    return math.fsum(values) / len(values) if values else None


def quantile(values, tenths):
    """The inclusive quantile: rank (n - 1) * p, straight line between neighbours."""
    if len(values) < 2:
        return values[0] if values else None
    return statistics.quantiles(values, n=10, method="inclusive")[tenths - 1]


def median(values):
    return statistics.median(values) if values else None


def spread(values):
    return {
        "mean_seconds": mean(values),
        "median_seconds": median(values),
        "p90_seconds": quantile(values, 9),
    }


def share(part, whole):
    return part / whole if whole else None


def wilson(part, whole):
    if not whole:
        return {"share_low": None, "share_high": None}
    rate = part / whole
    centre = rate + Z * Z / (2 * whole)
    margin = Z * math.sqrt(rate * (1 - rate) / whole + Z * Z / (4 * whole * whole))
    scale = 1 + Z * Z / whole
    return {
        "share_low": 0.0 if part == 0 else (centre - margin) / scale,
        "share_high": 1.0 if part == whole else (centre + margin) / scale,
    }


def ranks(values):
    """Ranks from 1, the average of its places for each of equal values."""
    places = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    return [statistics.fmean(places[value]) for value in values]


def correlation(x, y):
    """Pearson's, of whole and half numbers."""
    centre_x, centre_y = mean(x), mean(y)
    products = math.fsum((one - centre_x) * (other - centre_y) for one, other in zip(x, y))
    squares_x = math.fsum((one - centre_x) ** 2 for one in x)
    squares_y = math.fsum((other - centre_y) ** 2 for other in y)
    return products / math.sqrt(squares_x * squares_y)


def spearman(pairs):
    """Rho and the interval of Bonett and Wright; None where there is none."""
    n = len(pairs)
    if n < 10:
        return None, None, None
    x, y = ranks([x for x, _ in pairs]), ranks([y for _, y in pairs])
    if len(set(x)) == 1 or len(set(y)) == 1:
        return None, None, None
    rho = correlation(x, y)
    if 1 - abs(rho) < 1e-9:
        return rho, None, None
    error = math.sqrt((1 + rho * rho / 2) / (n - 3))
    return rho, math.tanh(math.atanh(rho) - Z * error), math.tanh(math.atanh(rho) + Z * error)



def monday(at):
    return at.date() - datetime.timedelta(days=at.weekday())


def by_week(entries, all_mondays):
    """The entries of each Monday's week; weeks between the first and the last that have none are there too."""
    weeks = {}
    if all_mondays:
        at = min(all_mondays)
        while at <= max(all_mondays):
            weeks[at] = []
            at += datetime.timedelta(days=7)
    for entry in entries:
        weeks[monday(entry["at"])].append(entry)
    return weeks


def week_name(first_day):
    year, number, _ = first_day.isocalendar()
    return f"{year:04}-W{number:02}"


def period(entries):
    dates = [entry["at"].date().isoformat() for entry in entries]
    return {"from": min(dates), "to": max(dates)} if dates else None


def shown_names(names, role, key):
    """What stands for each name."""
    if key is None:
        return {name: name for name in names}
    digits = {
        name: hmac.new(key.encode(), name.encode(), hashlib.sha256).hexdigest()[:16] for name in names
    }
    starts = [text[:8] for text in digits.values()]
    return {
        name: f"{role}-{text if starts.count(text[:8]) > 1 else text[:8]}"
        for name, text in digits.items()
    }


def people(entries, field, role, options, row, empty):
    """A row for each person with enough cases, and one for all others."""
    groups = {}
    for entry in entries:
        if entry[field] is not None:
            groups.setdefault(entry[field], []).append(entry)
    least = options.cases_min
    enough = {name: group for name, group in groups.items() if len(group) >= least}
    names = shown_names(enough, role, options.pseudonym_key)
    rows = [{role: names[name], **row(group)} for name, group in enough.items()]
    rows.sort(key=lambda line: line[role].encode())
    few = [group for name, group in groups.items() if name not in enough]
    if few:
        together = [entry for group in few for entry in group]
        noun = "person" if len(few) == 1 else "people"
        name = f"others ({len(few)} {noun})"
        hidden = len(few) < 2 or len(together) < least
        values = {**dict.fromkeys(empty), "n": len(together)} if hidden else row(together)
        rows.append({role: name, **values})
    return rows


def target(name, value, unit, goal, n, met):
    """A row of the table of targets; `met` says on which side of the goal a value lies, or None."""
    if value is None:
        status = "no data"
    elif n < 5:
        status = "too few (n < 5)"
    else:
        side = met(value)
        status = "met" if side is None else f"missed, {side}"
    return {"target": name, "value": value, "unit": unit, "goal": goal, "n": n, "status": status}


def within(low, high):
    return lambda value: "below" if value < low else "above" if value > high else None


def above(limit):
    return lambda value: "below" if value <= limit else None


def below(limit):
    return lambda value: "above" if value >= limit else None


def at_most(limit):
    return lambda value: "above" if value > limit else None


def target_note(rows):
    met = sum(row["status"] == "met" for row in rows)
    missed = [row["target"] for row in rows if row["status"].startswith("missed")]
    unjudged = [row["target"] for row in rows if row["status"].startswith(("too few", "no data"))]
    of = many(len(rows), "target", "targets")
    parts = [f"All {of} met" if met == len(rows) else f"{met} of {of} met"]
    if missed:
        parts.append("missed: " + ", ".join(missed))
    if unjudged:
        parts.append("too few cases to judge: " + ", ".join(unjudged))
    return "; ".join(parts) + "."


def many(n, one, more):
    return f"{n:,} {one if n == 1 else more}"


BANDS = [
    ("under 5 min", 0, 300),
    ("5 to 10 min", 300, 600),
    ("10 to 15 min", 600, 900),
    ("15 to 20 min", 900, 1200),
    ("20 min and more", 1200, math.inf),
]


def speed_quality(entries):
    """Durations of enrichments against the scores of their first reviews."""
    enrichments = [entry for entry in entries if entry["kind"] == "enrichment"]
    reviews = [entry for entry in entries if entry["kind"] == "review"]
    reviews.sort(key=lambda entry: (entry["at"], entry["score"]))
    by_ticket = {}
    for at, entry in enumerate(enrichments):
        by_ticket.setdefault(entry["ticket"], []).append((entry["at"], entry["seconds"], at))
    used, pairs, alone, repeated = set(), [], 0, 0
    for entry in reviews:
        before = [one for one in by_ticket.get(entry["ticket"], []) if one[0] <= entry["at"]]
        if not before:
            alone += 1
            continue
        latest = max(before)
        if latest in used:
            repeated += 1
        else:
            used.add(latest)
            pairs.append((latest[1], entry["score"]))
    if not pairs:
        return {"tables": {}, "charts": {}}
    rho, low, high = spearman(pairs)
    row = {
        "pairs": len(pairs), "rho": rho, "rho_low": low, "rho_high": high,
        "reviews_alone": alone, "reviews_repeated": repeated,
    }
    bands = []
    for name, start, end in BANDS:
        scores = [score for seconds, score in pairs if start <= seconds < end]
        bands.append({
            "duration": name, "n": len(scores), "mean_score": mean(scores), "median_score": median(scores),
        })
    notes = ["Fewer than 10 enrichments have a review"] if len(pairs) < 10 else []
    return {"tables": {"speed_quality": [row], "speed_quality_bands": bands}, "charts": {}, "notes": notes}
