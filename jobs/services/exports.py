"""A file that a person asks for: written by a job, kept with it, and the same file for the same content."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db.models import Model, QuerySet
from django.utils.translation import override

from accounts.models import User
from files.models import StoredFile
from files.services import store_upload
from jobs.models import Job
from jobs.services.lifecycle import enqueue

OFFICIAL_LANGUAGE = "zh-hans"


def official_language() -> override:
    """Return the context in which papers are written: they are Chinese whatever the language of the person."""
    return override(OFFICIAL_LANGUAGE)


@dataclass(frozen=True)
class FileExport:
    """One kind of file that is made of a row. `subject` names the row's id in the arguments of the job.

    `state` is what tells one content of the row from another: anyone who asks again for the same content in the same
    format gets the job of then, with its file.
    """

    job_type: str
    subject: str

    def request(self, row: Model, *, file_format: str, state: str, title: str, by: User, at: datetime) -> Job:
        """Ask for the file. The caller wakes the job."""
        arguments = {self.subject: row.pk, "format": file_format, "state": state}
        key = f"{self.job_type}:{row.pk}:{file_format}:{state}:{by.pk}"
        return enqueue(job_type=self.job_type, arguments=arguments, title=title[:200], by=by, at=at, unique_key=key)

    def jobs_of(self, row: Model, *, state: str, by: User) -> QuerySet[Job]:
        """Return the jobs by which the person asked for this content, each with its file once it is written."""
        same = {f"arguments__{self.subject}": row.pk, "arguments__state": state}
        return Job.objects.visible_to(by).filter(job_type=self.job_type, **same).select_related("result_file")


def store_export(content: bytes, *, name: str, file_format: str, by: User, at: datetime) -> StoredFile:
    """Store what was written; `file_format` is the kind of file that it has to be."""
    return store_upload(stream=BytesIO(content), name=name, by=by, at=at, kinds=(file_format,))
