"""The admin pages show applications to whoever sees them and decide nothing, not even for a superuser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import Appointment, Role
from core.admin import ReadOnlyAdmin
from signoffs.models import Application, Decision, ReviewStep
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("appointed", [False, True])
def test_nothing_is_decided_there(review: Review, page_of: Callable[[Any], Client], appointed: bool) -> None:
    """Also where the superuser holds the group's role and so sees the row."""
    made = review.accepted(review.applied(), review.office)
    if appointed:
        Appointment.objects.create(user=review.superuser, role=Role.GROUP, unit=review.organisation)
    page, before = page_of(review.superuser), list(Application.objects.values())
    sent = {
        "status": "accepted",
        "step": 2,
        "ended_at": "2026-03-02",
        "action": "delete_selected",
        "_selected_action": made.pk,
    }
    for action in ("", "add/", f"{made.pk}/change/", f"{made.pk}/delete/"):
        assert page.post(f"/admin/signoffs/application/{action}", sent).status_code in (200, 302, 403)
    assert list(Application.objects.values()) == before
    assert made.decisions.count() == 1
    listed = page.get("/admin/signoffs/application/").content.decode()
    assert (made.code in listed) == appointed


def test_decisions_and_steps_have_no_pages_there(review: Review, page_of: Callable[[Any], Client]) -> None:
    assert not {Decision, ReviewStep} & set(admin.site._registry)
    assert isinstance(admin.site._registry[Application], ReadOnlyAdmin)
    for model in ("decision", "reviewstep"):
        assert page_of(review.superuser).get(f"/admin/signoffs/{model}/").status_code == 404
