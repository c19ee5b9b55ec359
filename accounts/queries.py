"""Units and people to choose from in the plan of an organisation."""

from django.db.models import Case, IntegerField, Q, QuerySet, When

from accounts.models import Role, Unit, User

LEADING = (Role.LEADER, Role.GROUP, Role.UNIT_HEAD)


def possible_leaders(organisation: Unit) -> QuerySet[User]:
    """Return who can be responsible in a plan: leaders and heads of the organisation, and posts without a log-in."""
    appointed = Q(appointments__role__in=LEADING, appointments__unit__path__startswith=organisation.path)
    post = Q(password__startswith="!", unit__path__startswith=organisation.path)  # noqa: S106 - marks a post
    return User.objects.filter(appointed | post, is_active=True).distinct().order_by("name", "id")


def possible_units(organisation: Unit) -> QuerySet[Unit]:
    """Return the active units, those of the organisation first: units outside may lead or support too."""
    inside = Case(When(path__startswith=organisation.path, then=0), default=1, output_field=IntegerField())
    return Unit.objects.filter(is_active=True).order_by(inside, "path")
