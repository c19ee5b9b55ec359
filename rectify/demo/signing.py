"""The sign-off verbs of the sample's script: evidence, applications, decisions, closing an issue."""

from datetime import date, datetime
from io import BytesIO

from accounts.models import Role, User
from files.models import StoredFile
from files.services import store_upload
from issues.models import Issue
from measures.models import Measure
from measures.services import add_evidence, add_version
from rectify.demo.paper import make_file
from rectify.demo.replay import Replay, ScriptEntry, ScriptVerb
from signoffs.models import Application
from signoffs.services import (
    accept_application,
    apply_for_closure,
    apply_for_sign_off,
    decide_batch,
    return_application,
    withdraw_application,
)
from signoffs.services.deciding import NO_MEETING, Meeting

SEVERAL = "、"


def _measure(replay: Replay, entry: ScriptEntry) -> list[Measure]:
    rows = replay.inspection.measures.select_related("issue", "lead_unit", "leader", "inspection__organisation")
    return [rows.get(code=entry.code)]


def _issue(replay: Replay, entry: ScriptEntry) -> list[Issue]:
    return [replay.inspection.issues.select_related("lead_unit", "inspection__organisation").get(code=entry.code)]


def _pending(replay: Replay) -> list[Application]:
    rows = Application.objects.filter(inspection=replay.inspection).pending()
    return list(rows.select_related("measure", "issue", "inspection__organisation"))


def _waiting(replay: Replay, entry: ScriptEntry) -> list[Application]:
    """The application under review of one measure or issue; by a code that ends in `*`, all that lie with the office.

    Raises `LookupError` where there is none.
    """
    applications = [each for each in _pending(replay) if entry.covers(each.code)]
    if entry.code.endswith("*"):
        applications = [each for each in applications if each.next_step["role"] == Role.OFFICE]
    if not applications:
        raise LookupError("no application under review")
    return applications


def _whole(replay: Replay, entry: ScriptEntry) -> list[Replay]:
    return [replay]


def _store(replay: Replay, measure: Measure, name: str, words: str, by: User, at: datetime) -> StoredFile:
    said = [f"措施：{measure.text}", words, f"报送单位：{by.unit}"]
    content = make_file(name, title=name.rpartition(".")[0], words=[each for each in said if each], on=at.date())
    file = store_upload(stream=BytesIO(content), name=name, by=by, at=at)
    replay.stored.append(file.stored_as)
    return file


def _add(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    _add_files(replay, measure, entry.words.split(SEVERAL), "", at)


def _add_files(replay: Replay, measure: Measure, names: list[str], words: str, at: datetime) -> None:
    by = replay.officer(measure)
    for name in names:
        file = _store(replay, measure, name, words, by, at)
        classification = "public" if "公示" in name or "公告" in name else "internal"
        add_evidence(file=file, measure=measure, about_on=at.date(), classification=classification, by=by, at=at)


def _replace(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    """Put a new version in the place of the measure's n-th piece of evidence."""
    piece = measure.evidence.in_force().order_by("position")[int(entry.options["number"]) - 1]
    by = replay.officer(measure)
    add_version(evidence=piece, file=_store(replay, measure, entry.words, "", by, at), by=by, at=at)


def _apply(replay: Replay, entry: ScriptEntry, measure: Measure, at: datetime) -> None:
    """Add the files that the line names, then apply."""
    names = [name for name in entry.options.get("files", "").split(",") if name]
    _add_files(replay, measure, names, entry.words, at)
    apply_for_sign_off(measure=measure, statement=entry.words, by=replay.officer(measure), at=at)


def _close(replay: Replay, entry: ScriptEntry, issue: Issue, at: datetime) -> None:
    kept_up = entry.options.get("kept", "")
    apply_for_closure(
        issue=issue,
        statement=entry.words,
        completion=entry.options["conclusion"],
        is_sustained=bool(kept_up),
        kept_up=kept_up,
        by=replay.officer(issue),
        at=at,
    )


def _withdraw(replay: Replay, entry: ScriptEntry, application: Application, at: datetime) -> None:
    assert application.applicant is not None  # what is under review was applied for by somebody
    withdraw_application(application=application, reason=entry.words, by=application.applicant, at=at)


def _reviewer(replay: Replay, application: Application) -> User:
    """Return who decides the step it waits at. Raises `LookupError` for a role without a person in the script."""
    return {Role.OFFICE.value: replay.office, Role.GROUP.value: replay.group}[application.next_step["role"]]


def _meeting(entry: ScriptEntry, on: date) -> Meeting:
    minutes = entry.options.get("minutes", "")
    return Meeting(on, minutes) if minutes else NO_MEETING


def _accept(replay: Replay, entry: ScriptEntry, application: Application, at: datetime) -> None:
    by, step = _reviewer(replay, application), application.step
    accept_application(application=application, step=step, note=entry.words, by=by, at=at)


def _return(replay: Replay, entry: ScriptEntry, application: Application, at: datetime) -> None:
    return_application(
        application=application,
        step=application.step,
        ground=entry.options["ground"],
        reason=entry.words,
        meeting=_meeting(entry, at.date()),
        by=_reviewer(replay, application),
        at=at,
    )


def _decide(replay: Replay, entry: ScriptEntry, _replay: Replay, at: datetime) -> None:
    """Accept at a meeting all that lies with the group. Raises `LookupError` where one of them cannot be decided."""
    waiting = [each for each in _pending(replay) if each.next_step["role"] == Role.GROUP and entry.covers(each.code)]
    result = decide_batch(
        applications=[(each, each.step) for each in waiting],
        singled_out={},
        meeting=_meeting(entry, at.date()),
        by=replay.group,
        at=at,
    )
    if result.skipped or not result.done:
        raise LookupError(f"skipped: {[(each.code, why) for each, why in result.skipped]}")


VERBS = {
    "add_evidence": ScriptVerb(_measure, _add),
    "add_version": ScriptVerb(_measure, _replace),
    "apply_for_sign_off": ScriptVerb(_measure, _apply),
    "apply_for_closure": ScriptVerb(_issue, _close),
    "withdraw_application": ScriptVerb(_waiting, _withdraw),
    "accept_application": ScriptVerb(_waiting, _accept),
    "return_application": ScriptVerb(_waiting, _return),
    "decide_batch": ScriptVerb(_whole, _decide),
}
WORDLESS = {"accept_application", "decide_batch"}
OPTIONS_NEEDED = {
    "add_version": "number",
    "apply_for_closure": "conclusion",
    "return_application": "ground",
    "decide_batch": "minutes",
}
