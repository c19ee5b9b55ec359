"""Work that only what knows all apps can do: any list of the API as a file."""

from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import Job
from jobs.services import advance, finish, job_handler
from rectify.api import LISTS
from rectify.api.exports import WORK, write_list


@job_handler(WORK)
def export_list(job: Job) -> None:
    """Write the requested list into a file, as far as the person sees it now."""

    def progress(done: int, count: int) -> None:
        advance(job=job, percent=done * 95 // max(count, 1), stage=_("Row %(n)d") % {"n": done})

    arguments = job.arguments
    file = write_list(
        name=arguments["list"],
        viewset=LISTS[arguments["list"]],
        query=arguments["query"],
        kind=arguments["format"],
        by=job.requested_by,
        at=timezone.now(),
        progress=progress,
    )
    finish(job=job, at=timezone.now(), result_file=file)
