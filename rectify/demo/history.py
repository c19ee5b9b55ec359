"""The sample inspection's history: a dated script of verbs, replayed through the services.

One line is one thing that happened: `D+12 | verb | code of the measure | words | option=value …`. `D+0` is the
Monday on which the concentrated period starts. A code may end in `*`: every measure whose code begins so and in
whose state the verb is possible. Lines dated after the day of loading are left for later days. A day on which offices
rest (a public holiday of that year) moves to the next working day.
"""

import re
from datetime import datetime, timedelta

from measures.models import Extension, Measure
from measures.permissions import RULES
from measures.services import (
    cancel_measure,
    grant_extension,
    hand_over,
    refuse_extension,
    report_progress,
    request_extension,
    start_measure,
)
from rectify.demo import signing
from rectify.demo.replay import Replay, ScriptEntry, ScriptVerb
from signoffs.models import Decision

FRIDAY = 4
DAY = re.compile(r"D\+(\d+)")
CODE = re.compile(r"\d[\d-]*\*?|\*")
OPTIONS = {
    "reached": re.compile(r"\d+(,\d+)*"),
    "days": re.compile(r"\d+"),
    "unit": re.compile(r".+"),
    "leader": re.compile(r".+"),
    "files": re.compile(r"[^,]+(,[^,]+)*"),
    "number": re.compile(r"[1-9]"),
    "ground": re.compile("|".join(Decision.Ground.values)),
    "minutes": re.compile(r".+"),
    "conclusion": re.compile("done|basically_done"),
    "kept": re.compile(r".{10,}"),
}


def read_history(text: str) -> list[ScriptEntry]:
    """Return the entries of a script in order of days. Raises `ValueError` naming the line that is wrong."""
    entries = [
        _entry(number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    return sorted(entries, key=lambda entry: (entry.day, entry.line))


def _entry(number: int, line: str) -> ScriptEntry:
    day, verb, code, words, options, *more = [*(part.strip() for part in line.split("|")), "", "", "", "", ""][:6]
    dated = DAY.fullmatch(day)
    if dated is None or verb not in VERBS or not CODE.fullmatch(code) or any(more):
        raise ValueError(f"line {number}: expected D+day | verb | code | words | options, got {line!r}")
    if int(dated[1]) % 7 > FRIDAY:
        raise ValueError(f"line {number}: {day} falls on a weekend")
    values = dict(option.partition("=")[::2] for option in options.split())
    for name, value in values.items():
        if name not in OPTIONS or not OPTIONS[name].fullmatch(value):
            raise ValueError(f"line {number}: no such option: {name}={value}")
    if verb in WORDS_NEEDED and not words:
        raise ValueError(f"line {number}: {verb} needs words")
    if (option := OPTIONS_NEEDED.get(verb)) and option not in values:
        raise ValueError(f"line {number}: {verb} needs the option {option}")
    return ScriptEntry(number, int(dated[1]), verb, code, words, values)


def _measures(replay: Replay, entry: ScriptEntry) -> list[Measure]:
    measures = replay.inspection.measures.select_related("issue", "lead_unit", "leader", "inspection__organisation")
    if not entry.code.endswith("*"):
        return [measures.get(code=entry.code)]
    possible = measures.filter(code__startswith=entry.code[:-1], status__in=RULES[entry.verb].states)
    measures_in_reach = [measure for measure in possible.order_by("sort_key") if measure.is_complete]
    if not measures_in_reach:
        raise LookupError("no measure in whose state this is possible")
    return measures_in_reach


def _start(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    start_measure(measure=measure, by=replay.officer(measure), at=at)


def _report(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    numbers = [int(number) for number in entry.options.get("reached", "").split(",") if number]
    reached = [measure.milestones.get(position=number) for number in numbers]
    supporting = entry.options.get("unit")
    by = replay.officers[replay.units[supporting].pk] if supporting else replay.officer(measure)
    report_progress(measure=measure, text=entry.words, reached=reached, by=by, at=at)


def _request(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    if measure.deadline is None:
        raise LookupError("the measure has no deadline")
    later = measure.deadline + timedelta(days=int(entry.options["days"]))
    request_extension(measure=measure, new_deadline=later, reason=entry.words, by=replay.officer(measure), at=at)


def _grant(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    grant_extension(extension=_pending(measure), note=entry.words, by=replay.office, at=at)


def _refuse(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    refuse_extension(extension=_pending(measure), note=entry.words, by=replay.office, at=at)


def _pending(measure: Measure) -> Extension:
    return measure.extensions.pending().get()


def _hand_over(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    leader, unit = entry.options.get("leader"), entry.options.get("unit")
    hand_over(
        measure=measure,
        leader=replay.people[leader] if leader else None,
        lead_unit=replay.units[unit] if unit else None,
        reason=entry.words,
        by=replay.office,
        at=at,
    )


def _cancel(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    cancel_measure(measure=measure, reason=entry.words, by=replay.office, at=at)


VERBS = {
    "start_measure": ScriptVerb(_measures, _start),
    "report_progress": ScriptVerb(_measures, _report),
    "request_extension": ScriptVerb(_measures, _request),
    "grant_extension": ScriptVerb(_measures, _grant),
    "refuse_extension": ScriptVerb(_measures, _refuse),
    "hand_over": ScriptVerb(_measures, _hand_over),
    "cancel_measure": ScriptVerb(_measures, _cancel),
    **signing.VERBS,
}
WORDS_NEEDED = set(VERBS) - {"start_measure", "grant_extension"} - signing.WORDLESS
OPTIONS_NEEDED = {"request_extension": "days", **signing.OPTIONS_NEEDED}
