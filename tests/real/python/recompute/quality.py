"""The report `quality`, a second time."""

import datetime

from . import numbers, records
from .numbers import many, mean, median, share, spread, wilson
from .records import CLASSES

REVIEW_STAGES = [
    "preparation", "evaluation", "gap_identification", "bias_detection",
    "fact_verification", "documentation", "feedback_loop",
]


def scores(entries):
    return [entry["score"] for entry in entries]


def seconds(entries):
    return [entry["seconds"] for entry in entries]


def critical_rate(entries):
    return share(sum(entry["critical"] > 0 for entry in entries), len(entries))


def first_pass_rate(entries):
    return share(sum(entry["critical"] == 0 and entry["gaps"] == 0 for entry in entries), len(entries))


def issues_per_review(entries):
    return mean([entry["critical"] + entry["gaps"] for entry in entries])


def accuracies(entries):
    return [entry["accuracy"] for entry in entries if entry["accuracy"] is not None]


def expected(read, options):
    reviews = [entry for entry in read.entries if entry["kind"] == "review"]
    enrichments = [entry for entry in read.entries if entry["kind"] == "enrichment"]
    source = records.source(read, ["enrichment", "review"])
    if not reviews:
        empty = {"tables": {}, "charts": {}}
        keys = [
            "overview", "trend", "alerts", "investigations", "reviewers", "stages", "verification", "speed_quality",
        ]
        return {"period": None, "source": source, "sections": dict.fromkeys(keys, empty)}
    weeks = numbers.by_week(reviews, [numbers.monday(entry["at"]) for entry in reviews])
    sections = {
        "overview": overview(reviews),
        "trend": trend(reviews, enrichments, weeks),
        "alerts": alerts(weeks),
        "investigations": investigations(reviews),
        "reviewers": by_person(reviews, "person", "reviewer", "reviewers", options),
        "stages": stages(reviews),
        "verification": verification(reviews),
        "speed_quality": numbers.speed_quality(read.entries),
    }
    if options.reviewed_analysts:
        section = by_person(reviews, "analyst", "analyst", "reviewed_analysts", options)
        silent = sum(entry["analyst"] is None for entry in reviews)
        if silent == len(reviews):
            section = {"tables": {}, "charts": {}}
        elif silent:
            section["notes"] = [many(silent, "review does not state", "reviews do not state")]
        sections["reviewed_analysts"] = section
    return {"period": numbers.period(reviews), "source": source, "sections": sections}


def overview(reviews):
    n = len(reviews)
    row = {
        "n": n,
        "reviewers": len({entry["person"] for entry in reviews}),
        "mean_score": mean(scores(reviews)),
        "median_score": median(scores(reviews)),
        **spread(seconds(reviews)),
    }
    days = {}
    people = {}
    for entry in reviews:
        days[entry["at"].date()] = days.get(entry["at"].date(), 0) + 1
        people[entry["person"]] = people.get(entry["person"], 0) + 1
    balance = max(abs(count / n - 1 / len(people)) * 100 for count in people.values()) if len(people) > 1 else None
    right = accuracies(reviews)
    per_day = list(days.values())
    target = numbers.target
    targets = [
        target("mean score", mean(scores(reviews)), "points", "more than 80", n, numbers.above(80)),
        target(
            "reviews with critical issues", critical_rate(reviews) * 100, "percent", "less than 5", n, numbers.below(5)
        ),
        target("mean accuracy", mean(right), "percent", "more than 95", len(right), numbers.above(95)),
        target("first pass", first_pass_rate(reviews) * 100, "percent", "more than 70", n, numbers.above(70)),
        target("mean duration", mean(seconds(reviews)) / 60, "minutes", "15 to 20", n, numbers.within(15, 20)),
        target(
            "reviews per day with work", mean(per_day), "per day", "10 to 15", len(per_day), numbers.within(10, 15)
        ),
        target("balance of reviewers", balance, "percentage points", "at most 10", n, numbers.at_most(10)),
    ]
    classes = []
    for name in CLASSES:
        part = sum(entry["class"] == name for entry in reviews)
        classes.append({"class": name, "n": part, "share": share(part, n), **wilson(part, n)})
    return {
        "tables": {"overview": [row], "targets": targets, "classes": classes},
        "charts": {},
        "notes": [numbers.target_note(targets)],
    }


def trend(reviews, enrichments, weeks):
    score_rows, issue_rows = [], []
    for first, part in weeks.items():
        before = weeks.get(first - datetime.timedelta(days=7), [])
        name = {"week": numbers.week_name(first)}
        classes = {
            name.lower().replace(" ", "_"): sum(entry["class"] == name for entry in part)
            for name in CLASSES
        }
        change = mean(scores(part)) - mean(scores(before)) if part and before else None
        score_rows.append({
            **name, "n": len(part), "mean_score": mean(scores(part)), "change": change, **classes,
            "mean_seconds": mean(seconds(part)),
        })
        sums = {
            column: sum(entry[key] for entry in part)
            for column, key in [
                ("critical_issues", "critical"), ("significant_gaps", "gaps"), ("minor_improvements", "minor"),
            ]
        }
        issue_rows.append({
            **name, "n": len(part), **sums, "issues_per_review": issues_per_review(part),
            "critical_rate": critical_rate(part), "first_pass_rate": first_pass_rate(part),
        })
    tables = {"score_trend": score_rows, "issue_trend": issue_rows}
    if enrichments:
        mondays = [numbers.monday(entry["at"]) for entry in reviews + enrichments]
        work, done = numbers.by_week(enrichments, mondays), numbers.by_week(reviews, mondays)
        tables["enrichment_trend"] = [
            {
                "week": numbers.week_name(first),
                "enrichments": len(work[first]),
                "median_seconds": median(seconds(work[first])),
                "reviews": len(done[first]),
                "mean_score": mean(scores(done[first])),
            }
            for first in work
        ]
    chart = {
        "categories": [row["week"] for row in score_rows],
        "series": {"mean score": [row["mean_score"] for row in score_rows]},
    }
    return {"tables": tables, "charts": {"score_trend_chart": chart}}


def alerts(weeks):
    rows = []
    few = 0
    for first, part in weeks.items():
        if not part:
            continue
        before = weeks.get(first - datetime.timedelta(days=7), [])
        now, then = mean(scores(part)), mean(scores(before))
        drop = (then - now) / then if then else None
        raised = [
            ("low mean score", now < 75),
            ("mean score dropped", drop is not None and drop > 0.15),
            ("many critical issues", critical_rate(part) > 0.15),
        ]
        for name, yes in raised:
            if yes:
                few += len(part) < 5
                rows.append({
                    "week": numbers.week_name(first), "alert": name, "n": len(part), "mean_score": now,
                    "previous_mean_score": then, "previous_n": len(before) if first - datetime.timedelta(days=7) in weeks else None, "drop": drop,
                    "critical_rate": critical_rate(part),
                })
    if not rows:
        return {"tables": {}, "charts": {}, "notes": ["No week broke a limit."]}
    note = many(len(rows), "alert", "alerts") + (f", {few} of them on fewer than 5 reviews." if few else ".")
    return {"tables": {"alerts": rows}, "charts": {}, "notes": [note]}


def results(part):
    return {
        "n": len(part),
        "mean_score": mean(scores(part)),
        "median_score": median(scores(part)),
        "first_pass_rate": first_pass_rate(part),
        "critical_rate": critical_rate(part),
        "issues_per_review": issues_per_review(part),
        **spread(seconds(part)),
    }


def investigations(reviews):
    rows = [
        {"investigation": kind, **results([entry for entry in reviews if entry["investigation"] == kind])}
        for kind in ["cve", "event"]
    ]
    return {"tables": {"investigations": rows}, "charts": {}}


def by_person(reviews, field, role, key, options):
    empty = list(results([]))
    return {"tables": {key: numbers.people(reviews, field, role, options, results, empty)}, "charts": {}}


def stages(reviews):
    columns = [[value for value in column if value > 0] for column in zip(*[entry["stages"] for entry in reviews])]
    whole = sum(map(sum, columns))
    rows = [
        {
            "stage": name, "key": f"stage{at}", "n": len(column), **spread(column), "share": share(sum(column), whole),
        }
        for at, (name, column) in enumerate(zip(REVIEW_STAGES, columns), start=1)
    ]
    return {"tables": {"stages": rows}, "charts": {}}


def verification(reviews):
    verified = sum(entry["verified"] for entry in reviews)
    right = accuracies(reviews)
    row = {
        "n": len(reviews),
        "verified_share": share(verified, len(reviews)),
        **wilson(verified, len(reviews)),
        "accuracy_n": len(right),
        "mean_accuracy": mean(right),
        "median_accuracy": median(right),
        "min_accuracy": min(right, default=None),
        "above_target_share": share(sum(value > 95 for value in right), len(right)),
    }
    return {"tables": {"verification": [row]}, "charts": {}}
