"""The sample inspection as it stands once it is loaded: plan, history, applications, evidence, log-ins."""

import hashlib
import json
import stat
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from accounts.models import Role, User
from audit.models import Event
from audit.services import verify
from files.models import StoredFile
from files.services import read_whole
from issues.models import Area, Category, Inspection, Issue, Problem, TaskForce
from measures.models import EvidenceVersion, Extension, Measure, MeasureSpan, Milestone, ProgressReport
from rectify.demo.organisation import ROLES
from reporting.models import Snapshot, Week
from reporting.services import verify_snapshots
from signoffs.models import Application, Decision
from signoffs.services import verify_manifest
from tests.sample_database import AS_OF, copy_for_a_test, loaded_once

pytestmark = pytest.mark.once
kept = loaded_once()


@pytest.fixture
def loaded(kept: Path, db: None, tmp_path: Path) -> Inspection:
    return copy_for_a_test(kept, tmp_path)


def test_the_ledger_holds_the_whole_plan_and_every_measure_is_complete(loaded: Inspection) -> None:
    counts = [model.objects.filter(inspection=loaded).count() for model in (Area, Category, Problem, Issue, TaskForce)]
    assert counts == [3, 10, 29, 79, 4]
    assert Measure.objects.filter(inspection=loaded).count() == 242
    assert Measure.objects.incomplete().count() == 0
    assert not Issue.objects.filter(leader=None).exists()
    assert not Issue.objects.filter(lead_unit=None).exists()
    assert not Issue.objects.filter(task_force=None).exists()
    assert not Measure.objects.filter(mode="staged", milestones=None).exists()
    assert all(force.head and force.members.exists() for force in loaded.task_forces.all())
    assert Measure.objects.values("lead_unit").distinct().count() == 14
    assert Measure.objects.filter(lead_unit__parent=None).exists(), "units outside the bureau lead something too"
    assert (loaded.concentrated_from, loaded.concentrated_until) == (date(2025, 4, 7), date(2025, 7, 6))


def test_the_history_tells_every_kind_of_thing(loaded: Inspection) -> None:
    statuses = Counter(Extension.objects.values_list("status", flat=True))
    assert statuses == {"granted": 1, "refused": 1, "requested": 1}
    verbs = Counter(Event.objects.filter(chain__key=loaded.chain).values_list("verb", flat=True))
    assert (verbs["hand_over"], verbs["cancel_measure"], verbs["import_notice"]) == (2, 2, 1)
    assert ProgressReport.objects.count() >= 80
    assert Milestone.objects.exclude(reached_on=None).count() >= 10
    assert ProgressReport.objects.filter(unit__name="东沅区水务服务中心").exists()
    extended = Extension.objects.get(status="granted").measure
    assert extended.deadline == Extension.objects.get(status="granted").new_deadline
    assert MeasureSpan.objects.filter(measure=extended).count() == 3  # planned, under way, the later deadline


def test_its_past_weeks_are_rolled_up_each_as_of_its_own_friday(loaded: Inspection) -> None:
    weeks = list(Snapshot.objects.filter(inspection=loaded).order_by("ends_at"))
    assert [week.ends_at.isoweekday() for week in weeks] == [5] * len(weeks)
    assert (weeks[0].iso_week, weeks[-1].ends_at.date()) == (Week.of(date(2025, 4, 4)), AS_OF - timedelta(days=5))
    assert len(weeks) == 10
    signed_off = [week.measures.signed_off for week in weeks]
    assert signed_off == sorted(signed_off)
    assert signed_off[0] == 0 < signed_off[-1]
    assert {week.issues.total for week in weeks} == {79}
    assert verify_snapshots([loaded]) == []


def test_applications_are_in_every_state_some_with_several_rounds(loaded: Inspection) -> None:
    states = Counter(Application.objects.values_list("status", flat=True))
    assert set(states) == {"pending", "accepted", "returned", "withdrawn"}
    assert set(Decision.objects.filter(verdict="returned").values_list("ground", flat=True)) == {
        "unfinished",
        "weak_measure",
        "poor_quality",
    }
    assert {each.next_step["role"] for each in Application.objects.pending()} == {"office", "group"}
    rounds = Application.objects.filter(measure__code="3-2-2-01-03").order_by("round")
    assert [each.status for each in rounds] == ["returned", "returned", "accepted"]
    assert Decision.objects.exclude(minute_number="").values("minute_number").distinct().count() == 3
    late = Measure.objects.overdue(AS_OF).get(code="1-4-3-03-01")
    assert late.applications.get().status == "returned", "returned behind its deadline it is overdue again"
    assert all(verify_manifest(each) for each in Application.objects.all())


def test_issues_are_closed_with_their_conclusions_and_others_wait(loaded: Inspection) -> None:
    closed = Issue.objects.filter(status="rectified")
    assert Counter(closed.values_list("completion", flat=True)) == {"done": 3, "basically_done": 2}
    assert Issue.objects.filter(status="awaiting_closure").count() == 3
    assert not closed.filter(measures__status__in=["planned", "in_progress", "submitted"]).exists()


def test_evidence_is_made_of_real_files_of_four_kinds(loaded: Inspection) -> None:
    files = StoredFile.objects.filter(evidence_versions__evidence__inspection=loaded)
    assert set(files.values_list("kind", flat=True)) == {"docx", "pdf", "png", "text"}
    for file in files:
        ending = {"text": "txt"}.get(file.kind, file.kind)
        assert file.name.endswith(f".{ending}")
        assert hashlib.sha256(read_whole(file=file)).hexdigest() == file.sha256
    word = Document(BytesIO(read_whole(file=files.filter(kind="docx").first())))
    assert word.paragraphs[1].text.startswith("措施：")
    assert EvidenceVersion.objects.filter(number=2).count() == 2


def test_the_chains_are_whole_and_nothing_lies_ahead_of_the_day(loaded: Inspection) -> None:
    chains, events, broken = verify()
    assert (chains, broken) == (2, [])
    assert events > 300
    moments = list(Event.objects.filter(chain__key=loaded.chain).order_by("seq").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert timezone.localdate(moments[-1]) < AS_OF


def test_every_role_of_the_file_can_log_in_and_nobody_else_can(loaded: Inspection) -> None:
    kept = django_settings.DATA_DIR / "sample-logins.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    logins = json.loads(kept.read_text(encoding="utf-8"))
    assert {role for role in Role if any(str(role.label) in each["role"] for each in logins)} == set(ROLES.values())
    for each in logins:
        answer = Client().post(reverse("login"), {"username": each["username"], "password": each["password"]})
        assert answer.status_code == 302, each["username"]
    names = [each["username"] for each in logins]
    assert not any(user.has_usable_password() for user in User.objects.exclude(username__in=names))
    officers = User.objects.filter(username__in=names, appointments__role=Role.OFFICER)
    assert officers.values("unit").distinct().count() >= 3
