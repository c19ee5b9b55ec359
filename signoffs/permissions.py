"""Who may apply, withdraw and decide. Pages, the API, batches and services ask here and nowhere else."""

from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, Viewer
from accounts.permissions import Grants, grants_of
from core.exceptions import Forbidden
from core.rules import VerbRule, allowed_states, is_possible
from issues.models import Issue
from issues.permissions import may_administer
from measures.models import Measure
from measures.permissions import may_work_on_issue
from signoffs.models import STEPS_AT_MOST, Application

PENDING = frozenset({Application.Status.PENDING})
RULES = {
    # The last step moves the application to its end; the earlier ones leave it pending at the next step.
    "accept_application": VerbRule(states=PENDING, moves_to=Application.Status.ACCEPTED),
    "return_application": VerbRule(states=PENDING, moves_to=Application.Status.RETURNED),
    "withdraw_application": VerbRule(
        states=PENDING,
        moves_to=Application.Status.WITHDRAWN,
        refusal=gettext_lazy("This application has already ended."),
    ),
}
"""States of an application in which each verb on it is possible.

In which state of a measure one applies for its sign-off is in the table of measures, for a closure in that of issues.
"""
DECIDING = frozenset({"accept_application", "return_application"})


def abilities(user: Viewer, application: Application) -> frozenset[str]:
    """Return the verbs that the user can use on the application now: what a page offers as buttons."""
    able: set[str] = set()
    if may_withdraw(user, application):
        able.add("withdraw_application")
    if may_decide(user, application):
        able |= DECIDING
    return frozenset(able)


def may_apply_for_closure(user: Viewer, issue: Issue) -> bool:
    """Return whether the user may apply for closing the issue: its lead unit, or the office where it has none."""
    if issue.lead_unit_id is None:
        return may_administer(user, issue.inspection)
    return may_work_on_issue(user, issue)


def may_withdraw(user: Viewer, application: Application) -> bool:
    """Return whether the user may withdraw: who applied, while it is under review."""
    is_own = application.applicant_id == getattr(user, "pk", None)
    return is_own and is_possible(RULES, "withdraw_application", application)


def holds_step(user: Viewer, application: Application) -> bool:
    """Return whether the user holds the role that the next step asks for, no matter who applied or decided before."""
    return holds_role(user, application, application.next_step.get("role"))


def holds_role(user: Viewer, application: Application, role: str | None) -> bool:
    """Return whether the user holds this reviewer's role for the application, whatever has become of it."""
    grants, measure, issue = grants_of(user), application.measure, application.issue
    if role is None or grants.user_id is None:
        return False
    if role == Role.LEADER:
        return grants.user_id == (measure.leader_id if measure else issue.leader_id)
    if role == Role.UNIT_HEAD:
        return grants.holds([role], measure.lead_unit if measure else issue.lead_unit)
    if role == Role.TASK_FORCE:
        return issue.task_force_id in grants.forces
    return grants.holds([role], application.inspection.organisation)


def may_decide(user: Viewer, application: Application) -> bool:
    """Return whether the user may decide the next step: by role, never on their own application, never two steps."""
    if application.applicant_id == getattr(user, "pk", None) or not is_possible(
        RULES, "accept_application", application
    ):
        return False
    return holds_step(user, application) and not _decided_before(user, application)


def _decided_before(user: Viewer, application: Application) -> bool:
    return any(decision.by_id == user.pk for decision in application.decisions.all())


def require_reviewer(user: Viewer, application: Application, step: int) -> None:
    """Raise `Forbidden` where the user could never have decided this step: who applied, and other roles."""
    if application.applicant_id == user.pk:
        raise Forbidden(_("You cannot decide on your own application."))
    if not holds_role(user, application, application.step_at(step).get("role")):
        raise Forbidden(_("This step is decided by another role."))


def require_decider(user: Viewer, application: Application) -> None:
    """Raise `Forbidden`, saying which rule it is, unless the user may decide the next step."""
    require_reviewer(user, application, application.step)
    if not may_decide(user, application):
        raise Forbidden(_("You decided an earlier step of this application; someone else must decide this one."))


def may_read_manifest(user: Viewer, application: Application) -> bool:
    """Return whether the user may read the manifest as it is stored.

    That of a closing names the measures of every unit at work on the issue: only who sees them all reads it.
    """
    if not application.is_closure:
        return True
    return not application.issue.measures.exclude(pk__in=Measure.objects.visible_to(user).values("pk")).exists()


def waiting_for(user: Viewer) -> Q:
    """Return the condition that a pending application waits for a decision of the user.

    One condition for lists and counts; it says of every application what `may_decide` says of one.
    """
    grants = grants_of(user)
    if grants.user_id is None:
        return Q(pk__in=[])
    places = _places_of(grants)
    place = Q(pk__in=[])
    for number in range(1, STEPS_AT_MOST + 1):
        role_of_step = f"review_steps__{number - 1}__role"
        place |= Q(step=number) & reduce(or_, (Q(**{role_of_step: role}) & where for role, where in places.items()))
    decided = Application.objects.filter(decisions__by=grants.user_id).values("pk")
    waits = Q(status__in=allowed_states(RULES, "accept_application"))
    return place & waits & ~Q(applicant=grants.user_id) & ~Q(pk__in=decided)


def _places_of(grants: Grants) -> dict[str, Q]:
    """Return where the user holds each of the reviewers' roles; only the roles of the user."""
    places: dict[str, Q] = {Role.LEADER: _leads(grants.user_id)}
    for role in {Role.OFFICE, Role.GROUP} & grants.roles():
        places[role] = grants.within("inspection__organisation__path", [role])
    if Role.UNIT_HEAD in grants.roles():
        places[Role.UNIT_HEAD] = _heads(grants)
    if grants.forces:
        places[Role.TASK_FORCE] = Q(issue__task_force__in=grants.forces)
    return places


def _leads(user_id: int | None) -> Q:
    return Q(measure__leader=user_id) | Q(measure=None, issue__leader=user_id)


def _heads(grants: Grants) -> Q:
    of_measure = grants.within("measure__lead_unit__path", [Role.UNIT_HEAD])
    return of_measure | Q(measure=None) & grants.within("issue__lead_unit__path", [Role.UNIT_HEAD])
