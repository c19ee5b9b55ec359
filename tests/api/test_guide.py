"""Each example of the guide is run against a real server, and answers what is written below it."""

import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from accounts.services import make_token
from jobs.tasks import run_job
from tests.html_pages import NOTICE
from tests.signoffs.review_setup import Review

DOCS = Path(settings.BASE_DIR) / "docs"
EXAMPLES = re.findall(r"```bash\n(.*?)```\n(?:```text\n(.*?)```)?", (DOCS / "api.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_is_so(live_server: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(run_job, "delay_on_commit", lambda *_args: None)  # no worker is there to be woken
    review = Review()
    measure = review.measure(status="in_progress", deadline=timezone.localdate() - timedelta(days=3))
    _token, secret = make_token(name="Guide", scope="write", days=1, by=review.roads_officer, at=timezone.now())
    _token, of_office = make_token(name="Guide", scope="write", days=1, by=review.office, at=timezone.now())
    known = {"RECTIFY": live_server.url, "TOKEN": secret, "MEASURE": str(measure.pk), "NO_PROXY": "*"}
    (tmp_path / "notice.txt").write_text(NOTICE, "utf-8")
    known |= {"OFFICE": of_office, "NOTICE": "notice.txt", "ISSUE": str(measure.issue_id)}
    known |= {"LEADER": str(review.leader.pk), "UNIT": str(review.roads.pk)}
    assert len(EXAMPLES) >= 9
    for script, told in EXAMPLES:
        command = ["bash", "-euo", "pipefail", "-c", script]
        environment = {**os.environ, **known}
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        if told:
            assert done.stdout.strip() == told.strip(), script
        else:
            assert '"code":' not in done.stdout or '"results"' in done.stdout or '"lead_unit"' in done.stdout, script


def test_the_schema_in_docs_is_the_one_of_the_program(tmp_path: Path) -> None:
    """`make schema` writes it."""
    fresh = tmp_path / "openapi.yml"
    call_command("spectacular", "--lang", "en", "--file", str(fresh))
    assert yaml.safe_load(fresh.read_text("utf-8")) == yaml.safe_load((DOCS / "openapi.yml").read_text("utf-8"))
