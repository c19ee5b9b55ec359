"""The review steps of an inspection; each application keeps those it was made under."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Actor, Role
from audit.services import open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from issues.permissions import require_office
from signoffs.models import REVIEWERS, STEPS_AT_MOST, ReviewStep
from signoffs.verbs import SignoffVerb

DEFAULT = ((gettext_noop("Review by the office"), Role.OFFICE), (gettext_noop("Decision of the group"), Role.GROUP))


def review_steps_of(inspection: Inspection) -> list[dict[str, str]]:
    """Return the steps as applications keep them: `name` and `role` of each; the default where none are set."""
    rows = inspection.review_steps.order_by("position").values_list("name", "role")
    own = [{"name": name, "role": role} for name, role in rows]
    return own or [{"name": _(name), "role": role.value} for name, role in DEFAULT]


def review_steps_for_application(inspection: Inspection) -> list[dict[str, str]]:
    """Return the steps for an application, which keeps their names for good and prints them on papers.

    The names of the default are in the language of the office, not in that of the page on which someone applies.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return review_steps_of(inspection)


def set_review_steps(*, inspection: Inspection, steps: Sequence[tuple[str, str]], by: Actor, at: datetime) -> None:
    """Set the review steps to `steps` (name, role); applications under review keep theirs.

    Raises `Forbidden` unless `by` is the office, `RuleViolation` for none or more than five steps, one without a name,
    or an unknown role.
    """
    require_office(by, inspection)
    steps = [(name.strip(), role) for name, role in steps]
    if not 1 <= len(steps) <= STEPS_AT_MOST:
        raise RuleViolation(_("A review has one to five steps."))
    if any(not name or role not in REVIEWERS for name, role in steps):
        raise RuleViolation(_("Every step has a name and a role."))
    if any(len(name) > (ReviewStep._meta.get_field("name").max_length or 0) for name, _role in steps):
        raise RuleViolation(_("The name of a step has at most 40 characters."))
    with open_trail(inspection.chain, at=at) as trail:
        old = [[step["name"], step["role"]] for step in review_steps_of(inspection)]
        ReviewStep.objects.filter(inspection=inspection).delete()
        ReviewStep.objects.bulk_create(
            ReviewStep(inspection=inspection, position=position, name=name, role=role)
            for position, (name, role) in enumerate(steps, 1)
        )
        changes = {"review_steps": [old, [list(step) for step in steps]]}
        trail.record(SignoffVerb.SET_REVIEW_STEPS, by=by, obj=inspection, changes=changes)
