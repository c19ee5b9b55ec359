"""The papers that a person waits for."""

from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.services import advance, finish, job_handler
from papers.models import PaperVersion
from papers.services import exports


@job_handler(exports.EXPORT.job_type)
def write_paper(job: Job) -> None:
    """Write one version of a paper, as long as the person who asked still sees it."""
    rows = PaperVersion.objects.visible_to(job.requested_by).select_related("inspection__organisation")
    version = rows.get(pk=job.arguments["version"])
    advance(job=job, percent=20, stage=_("Writing the paper"))
    now, ending = timezone.now(), job.arguments["format"]
    file = exports.store_paper(version=version, ending=ending, by=job.requested_by, at=now)
    finish(job=job, at=timezone.now(), result_file=file)
