"""The life of a bulletin: drafted from the week's snapshot, given its text, published with its number, corrected."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Actor, Unit
from audit.services import canonical, diff, open_trail
from bulletins.models import LONGEST_TEXT, Bulletin
from bulletins.permissions import RULES, require, require_drafter
from bulletins.services.content import Content, content_of
from bulletins.services.papers.wording import title_of
from bulletins.verbs import BulletinVerb
from core.exceptions import Conflict, RuleViolation
from core.rules import is_possible, require_possible
from core.transitions import transition
from measures.services.plan import check_reason
from reporting.models import Snapshot


def draft_bulletin(*, snapshot: Snapshot, by: Actor, at: datetime) -> Bulletin:
    """Return the bulletin of the snapshot's week, its latest edition; where there is none, make the draft of the first.

    `by` is the office, or None for the program itself. Raises `Forbidden`.
    """
    inspection = snapshot.inspection
    require_drafter(by, inspection)
    with open_trail(inspection.chain, at=at) as trail:
        existing = Bulletin.objects.filter(inspection=inspection).of_week(snapshot.year, snapshot.week).first()
        if existing is not None:
            return existing
        bulletin = _create(snapshot, content_of(snapshot), at=trail.at)
        trail.record(BulletinVerb.DRAFT_BULLETIN, by=by, obj=bulletin, **_identity(bulletin))
    return bulletin


def correct_bulletin(*, bulletin: Bulletin, reason: str, by: Actor, at: datetime) -> Bulletin:
    """Make the draft of the next edition, with figures of its own, which names the one it corrects.

    The texts of the office are taken over. Raises `Forbidden`, `RuleViolation` for a draft or without a reason,
    `Conflict` where there is a later edition.
    """
    require(by, "correct_bulletin", bulletin)
    reason = check_reason(reason)
    with open_trail(bulletin.inspection.chain, at=at) as trail:
        bulletin.refresh_from_db()
        require_possible(RULES, "correct_bulletin", bulletin)
        if Bulletin.objects.filter(corrects=bulletin).exists():
            raise Conflict(_("There is already a later edition for this week; correct that one."))
        edition = {"edition": bulletin.edition + 1, "corrects": bulletin, "correction_reason": reason}
        content = content_of(bulletin.snapshot, corrected=bulletin, reason=reason)
        correction = _create(bulletin.snapshot, content, at=trail.at, **edition)
        details = {"corrects": bulletin.pk, "reason": reason, **_identity(correction)}
        trail.record(BulletinVerb.CORRECT_BULLETIN, by=by, obj=correction, **details)
    return correction


def _create(snapshot: Snapshot, content: Content, *, at: datetime, **edition: Any) -> Bulletin:
    inspection, corrected = snapshot.inspection, edition.get("corrects")
    return Bulletin.objects.create(
        inspection=inspection,
        organisation=inspection.organisation,
        snapshot=snapshot,
        year=snapshot.year,
        week=snapshot.week,
        title=title_of(content),
        content=content,
        drafted_at=at,
        **(corrected.texts if corrected else {}),
        **edition,
    )


def edit_bulletin(*, bulletin: Bulletin, values: Mapping[str, str], version: int, by: Actor, at: datetime) -> None:
    """Change texts of a draft; `version` is the one that the person saw.

    Raises `Forbidden`, `RuleViolation` once it is published or for a text that is too long, `Conflict` where someone
    else changed the text meanwhile.
    """
    require(by, "edit_bulletin", bulletin)
    unknown = set(values) - set(Bulletin.TEXTS)
    if unknown:
        raise ValueError(f"no such texts: {sorted(unknown)}")
    clean = {name: _clean(name, text) for name, text in values.items()}
    with open_trail(bulletin.inspection.chain, at=at) as trail:
        bulletin.refresh_from_db()
        require_possible(RULES, "edit_bulletin", bulletin)
        changes = diff(bulletin, clean)
        if not changes:
            return
        _require_version(bulletin, version)
        for name, text in clean.items():
            setattr(bulletin, name, text)
        bulletin.version += 1
        bulletin.save(update_fields=[*clean, "version"])
        trail.record(BulletinVerb.EDIT_BULLETIN, by=by, obj=bulletin, changes=changes)


def _clean(name: str, text: str) -> str:
    text = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if len(text) > LONGEST_TEXT:
        raise RuleViolation(_("At most %(count)d characters.") % {"count": LONGEST_TEXT}, field=name)
    return text


def _require_version(bulletin: Bulletin, version: int) -> None:
    if bulletin.version != version:
        raise Conflict(_("Someone else has changed the text in the meantime. Check the current text, then send again."))


def publish_bulletin(*, bulletin: Bulletin, version: int, by: Actor, at: datetime) -> None:
    """Publish a draft: it gets the next number of its organisation and calendar year, and nothing in it changes again.

    `version` is that of the text that the person saw. The event names the hash of figures and text; its own number and
    hash are printed in the foot. Raises `Forbidden`, `Conflict` where the text was changed or it was published
    meanwhile.
    """
    require(by, "publish_bulletin", bulletin)
    with open_trail(bulletin.inspection.chain, at=at) as trail:
        bulletin.refresh_from_db()
        if not is_possible(RULES, "publish_bulletin", bulletin):
            raise Conflict(str(RULES["publish_bulletin"].refusal))
        _require_version(bulletin, version)
        year = timezone.localtime(trail.at).year
        number = _next_number(bulletin.organisation_id, year)
        details = {"number": number, "number_year": year, **_identity(bulletin)}
        event = trail.record(BulletinVerb.PUBLISH_BULLETIN, by=by, obj=bulletin, **details)
        transition(
            bulletin,
            Bulletin.Status.PUBLISHED,
            steps=Bulletin.STEPS,
            number=number,
            number_year=year,
            published_at=trail.at,
            published_by=by,
            chain_seq=event.seq,
            chain_hash=event.hash,
        )


def _next_number(organisation: int, year: int) -> int:
    """Return the number that comes next. The unit's row is locked: two inspections of it have chains of their own."""
    Unit.objects.select_for_update(no_key=True).get(pk=organisation)
    return _following_number(organisation, year)


def next_number(bulletin: Bulletin, *, year: int) -> int:
    """Return the number that the bulletin would get now; it is not reserved."""
    return _following_number(bulletin.organisation_id, year)


def _following_number(organisation: int, year: int) -> int:
    numbered = Bulletin.objects.filter(organisation=organisation, number_year=year)
    return (numbered.aggregate(last=Max("number"))["last"] or 0) + 1


def _identity(bulletin: Bulletin) -> dict[str, Any]:
    """What the trail says of a bulletin: which it is, and the hash of all that it contains."""
    return {"week": bulletin.week_label, "edition": bulletin.edition, "sha256": content_hash(bulletin)}


def content_hash(bulletin: Bulletin) -> str:
    """Return the SHA-256 of the canonical text of figures, lists and texts."""
    whole = {"content": bulletin.content, "title": bulletin.title, **bulletin.texts}
    return hashlib.sha256(canonical(whole).encode()).hexdigest()
