"""Background work that a person waits for. The row is the truth; the broker only wakes a worker up."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Viewer
from core.leases import LeasedQuerySet, LeasedRow
from core.transitions import Transitions
from files.models import StoredFile


class JobQuerySet(LeasedQuerySet["Job"]):
    """Adjectives of jobs."""

    def visible_to(self, user: Viewer) -> "JobQuerySet":
        """Keep the jobs that the user requested."""
        return self.filter(requested_by=user.pk) if user.is_authenticated else self.none()

    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])


class Job(LeasedRow):
    """One piece of work: what to do (`job_type`, a name in the registry; `arguments`), for whom, how far it is.

    `language` is that of the page it was requested on: stages and errors are written in it. An error of the work ends
    the job; what is tried again by itself is only work whose worker was killed.
    """

    MOST_FAILURES = 5

    class Status(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    STEPS: Transitions = {
        Status.QUEUED: frozenset({Status.RUNNING, Status.FAILED}),
        Status.RUNNING: frozenset({Status.RUNNING, Status.DONE, Status.FAILED}),
        Status.FAILED: frozenset({Status.QUEUED}),
    }

    job_type = models.CharField(_("job type"), max_length=80)
    arguments = models.JSONField(_("arguments"), default=dict)
    unique_key = models.CharField(_("unique key"), max_length=120, unique=True, null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    stage = models.CharField(_("stage"), max_length=200, blank=True)
    result_url = models.CharField(_("page of the result"), max_length=200, blank=True)
    result_file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("result")
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "done", "failed"]), name="job_status_known"
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="job_percent_to_hundred"),
            models.CheckConstraint(
                condition=~Q(status="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
            models.CheckConstraint(condition=~Q(status="failed") | ~Q(error=""), name="job_failed_has_error"),
        ]
        indexes = [models.Index(fields=["status", "lease_until"], name="job_by_lease")]

    def __str__(self) -> str:
        return self.title

    def values_given_up(self, at: datetime) -> dict[str, Any]:
        return {"status": self.Status.FAILED, "ended_at": at}

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.FAILED}


class WorkerHeartbeat(models.Model):
    """The last heartbeat of one worker, so that a page can say that none answers."""

    worker = models.CharField(_("worker"), max_length=120, unique=True)
    last_at = models.DateTimeField(_("last heartbeat at"))

    class Meta:
        verbose_name = _("worker heartbeat")
        verbose_name_plural = _("worker heartbeats")

    def __str__(self) -> str:
        return f"{self.worker} {self.last_at}"
