"""One row of everything that the API changes, and measures, applications, papers and bulletins in each state."""

from datetime import timedelta
from typing import Any

from signoffs.services import withdraw_application
from supervision.models import PublicFeedback
from tests.api.list_rows import further_rows
from tests.factories import NOW, TODAY
from tests.papers.test_pages_matrix import Papers
from tests.signoffs.review_setup import REASON, Review, give_back

PEOPLE = ["office", "second_office", "group", "second_group", "leader", "inspector", "roads_officer", "roads_head"]
PEOPLE += ["parks_officer", "member", "auditor", "system_admin", "superuser", "stranger"]


class Scene(Papers, Review):
    """The place with papers, bulletins and a workbook to import, and further rows in every state."""

    def __init__(self) -> None:
        super().__init__()
        self.further = further_rows(self, self.measures["roads"])
        self.address("issue_paper plan2")
        self.sources = [self.source, self.workbook]
        assert self.bulletins
        self._make_measures()
        self._make_applications()
        for status in ("answered", "closed"):
            self._write_feedback(status)

    def _make_measures(self) -> None:
        under = self.issues["roads"]
        self.measure(issue=under, text="No leader so far", leader=None)
        self.measure(issue=under, text="No date so far", deadline=None)
        self.measure(issue=under, text="Given up", status="cancelled", cancellation_reason=REASON)
        waiting = self.measure(issue=under, text="Wants more time", deadline=TODAY + timedelta(days=9))
        waiting.extensions.create(
            old_deadline=waiting.deadline,
            new_deadline=TODAY + timedelta(days=60),
            reason=REASON,
            requested_by=self.roads_officer,
            requested_at=NOW,
        )

    def _make_applications(self) -> None:
        """Under review at either step, accepted, returned, withdrawn; an issue that can be closed, one that waits."""
        self.applied()
        self.accepted(self.applied(), self.second_office)
        self.closing()
        give_back(self.applied(), by=self.office)
        withdraw_application(application=self.applied(), reason=REASON, by=self.roads_officer, at=NOW)

    def _write_feedback(self, status: str) -> None:
        words: dict[str, Any] = {"inspection": self.inspection, "sender": "0" * 64, "at": NOW, "status": status}
        words |= {"answer": "Thank you.", "answered_by": self.office, "answered_at": NOW}
        words |= {"closed_by": self.office, "closed_at": NOW} if status == "closed" else {}
        PublicFeedback.objects.create(text=f"This was {status}", **words)
