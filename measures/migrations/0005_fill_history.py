"""Fills what the history did not hold before: the issue of each span of a measure, and the spans of issues.

Both come from what is recorded: moves and edits from the trail, the beginning of rectification from the spans of the
measures, applications and conclusions from the events about the issue. Events tell people and units by name; a name
that no longer names exactly one keeps the value that came after it.
"""

import json
from collections import defaultdict
from datetime import UTC, datetime

from django.db import migrations
from django.db.models import Min, OuterRef, Q, Subquery

BEGUN = ("in_progress", "submitted", "signed_off")
STATES = {
    "apply_for_closure": "awaiting_closure",
    "withdraw_application": "in_rectification",
    "return_application": "in_rectification",
    "close_issue": "rectified",
}
DUTIES = ("leader", "lead_unit", "task_force")
FIRST = datetime(1, 1, 2, tzinfo=UTC)


def fill(apps, _schema_editor):
    for inspection in apps.get_model("issues", "Inspection").objects.order_by("pk"):
        issues = list(inspection.issues.order_by("pk"))
        by_code = {issue.code: issue for issue in issues}
        fill_measures(apps, inspection, by_code)
        fill_issues(apps, inspection, issues, begun_of(apps, inspection, by_code))


def events_about(apps, kind, ids, verbs):
    """Return the events about rows of one kind by row, each as (moment, verb, data), the earliest first."""
    found = defaultdict(list)
    rows = apps.get_model("audit", "Event").objects.filter(kind=kind, verb__in=verbs).order_by("seq")
    for event in rows.filter(object_id__in=ids):
        found[event.object_id].append((event.at, event.verb, json.loads(event.text)["data"]))
    return found


def fill_measures(apps, inspection, by_code):
    Span, Measure = apps.get_model("measures", "MeasureSpan"), apps.get_model("measures", "Measure")
    present = Measure.objects.filter(pk=OuterRef("measure")).values("issue")[:1]
    Span.objects.filter(inspection=inspection).update(issue=Subquery(present))
    ids = Measure.objects.filter(inspection=inspection).values("pk")
    for measure_id, moves in events_about(apps, "measures.measure", ids, ["move_measure"]).items():
        places, at = [], FIRST
        for moved_at, _verb, data in moves:
            places.append((at, data["changes"]["code"][0]))
            at = moved_at
        places.append((at, moves[-1][2]["changes"]["code"][1]))
        known = [(at, by_code.get(code.rpartition("-")[0])) for at, code in places]
        for span in Span.objects.filter(measure_id=measure_id).order_by("valid_from"):
            cut(Span, span, [(at, issue) for at, issue in known if issue is not None])


def cut(Span, span, places):
    """Give a span its issue, and cut it where the measure was moved while it held."""
    end = span.valid_to
    later = [(at, issue) for at, issue in places if at > span.valid_from and (end is None or at < end)]
    before = [issue for at, issue in places if at <= span.valid_from]
    span.issue_id = before[-1].pk if before else span.issue_id
    span.valid_to = later[0][0] if later else end
    span.save()
    for number, (at, issue) in enumerate(later):
        span.pk, span.issue_id, span.valid_from = None, issue.pk, at
        span.valid_to = later[number + 1][0] if number + 1 < len(later) else end
        span.save(force_insert=True)


def begun_of(apps, inspection, by_code):
    """Return when rectification of each issue began, by its key: with its first measure under way.

    The spans do not say it of a measure that was started and moved on or cancelled at one moment, for two changes at
    one moment leave one span; the events do.
    """
    spans = apps.get_model("measures", "MeasureSpan").objects.filter(inspection=inspection, status__in=BEGUN)
    begun = dict(spans.order_by().values_list("issue").annotate(first=Min("valid_from")))
    places = dict(apps.get_model("measures", "Measure").objects.filter(inspection=inspection).values_list("pk", "issue"))
    events = events_about(apps, "measures.measure", list(places), ["start_measure", "move_measure"])
    for measure_id, history in events.items():
        codes = [data["changes"]["code"] for _at, verb, data in history if verb == "move_measure"]
        first = by_code.get(codes[0][0].rpartition("-")[0]) if codes else None
        place, is_started = first.pk if first else places[measure_id], False
        for at, verb, data in history:
            if verb == "start_measure":
                is_started = True
            elif issue := by_code.get(data["changes"]["code"][1].rpartition("-")[0]):
                place = issue.pk
            if is_started:
                begun[place] = min(at, begun.get(place, at))
    return begun


def fill_issues(apps, inspection, issues, begun):
    Span = apps.get_model("issues", "IssueSpan")
    events = events_about(apps, "issues.issue", [issue.pk for issue in issues], [*STATES, "edit_issue"])
    births = births_of(apps, inspection, issues)
    made = []
    for issue in issues:
        history = events[issue.pk]
        born = min([births[issue.pk], *(at for at, _verb, _data in history), begun.get(issue.pk, births[issue.pk])])
        made += spans_of(apps, inspection, issue, born, begun.get(issue.pk), history)
    Span.objects.bulk_create(made, batch_size=500)


def births_of(apps, inspection, issues):
    """Return when each issue came in: with its first measure or claim, else when the next one did.

    Of measures that came in and were moved on at one moment no span says where they came in; the move does.
    """
    spans = apps.get_model("measures", "MeasureSpan").objects.filter(inspection=inspection)
    rows = spans.order_by().values("issue").annotate(first=Min("valid_from")).values_list("issue", "first")
    known, births, later = dict(rows), {}, None
    by_code = {issue.code: issue.pk for issue in issues}
    ids = apps.get_model("measures", "Measure").objects.filter(inspection=inspection).values("pk")
    for moves in events_about(apps, "measures.measure", ids, ["move_measure"]).values():
        for at, _verb, data in moves:
            if left := by_code.get(data["changes"]["code"][0].rpartition("-")[0]):
                known[left] = min(at, known.get(left, at))
    for issue in reversed(issues):
        later = births[issue.pk] = known.get(issue.pk, later)
    earlier = inspection.created_at
    for issue in issues:
        earlier = births[issue.pk] = births[issue.pk] or earlier
    return births


def spans_of(apps, inspection, issue, born, begun, history):
    """Return the spans of one issue: what it was when it came in, and each change since."""
    state = {"status": "open", "completion": ""} | first_duties(apps, inspection, issue, history)
    changes = [(begun, {"status": "in_rectification"})] if begun else []
    for at, verb, data in history:
        if verb in STATES:
            closed = data["completion"] if verb == "close_issue" else ""
            changes.append((at, {"status": STATES[verb], "completion": closed}))
    changes += duties_since(apps, inspection, issue, history)
    moments = [(born, state)]
    for at, values in sorted(changes, key=lambda change: change[0]):
        state = state | values
        moments = [*moments, (at, state)] if at > moments[-1][0] else [*moments[:-1], (moments[-1][0], state)]
    held = {name: getattr(issue, f"{name}_id") for name in DUTIES}
    moments[-1] = (moments[-1][0], {"status": issue.status, "completion": issue.completion, **held})
    Span = apps.get_model("issues", "IssueSpan")
    ends = [*(at for at, _state in moments[1:]), None]
    return [
        Span(
            inspection_id=inspection.pk,
            issue_id=issue.pk,
            valid_from=at,
            valid_to=end,
            status=state["status"],
            completion=state["completion"],
            **{f"{name}_id": state[name] for name in DUTIES},
        )
        for (at, state), end in zip(moments, ends, strict=True)
    ]


def edits_of(history):
    return [(at, data["changes"]) for at, verb, data in history if verb == "edit_issue"]


def first_duties(apps, inspection, issue, history):
    """Return who had the issue when it came in: what the first change of each duty says it was before."""
    duties = {}
    for name in DUTIES:
        held = getattr(issue, f"{name}_id")
        for _at, changes in reversed(edits_of(history)):
            if name in changes:
                held = named(apps, inspection, name, changes[name][0], otherwise=held)
        duties[name] = held
    return duties


def duties_since(apps, inspection, issue, history):
    changed = []
    for name in DUTIES:
        held = getattr(issue, f"{name}_id")
        for at, changes in reversed(edits_of(history)):
            if name in changes:
                changed.append((at, {name: held}))
                held = named(apps, inspection, name, changes[name][0], otherwise=held)
    return changed[::-1]  # as they happened: of two at one moment the later one holds


def named(apps, inspection, duty, told, *, otherwise):
    """Return the key of whoever bears the name that an event tells; `otherwise` where that is not exactly one."""
    if told is None:
        return None
    if duty == "task_force":
        rows = apps.get_model("issues", "TaskForce").objects.filter(inspection=inspection, name=told)
    elif duty == "leader":
        rows = apps.get_model("accounts", "User").objects.filter(name=told)
    else:
        rows = apps.get_model("accounts", "Unit").objects.filter(Q(short_name=told) | Q(short_name="", name=told))
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:2])
    return keys[0] if len(keys) == 1 else otherwise


class Migration(migrations.Migration):
    dependencies = [
        ("measures", "0004_history"),
        ("issues", "0005_history"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
