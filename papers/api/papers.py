"""Papers with their verbs, their files and the comments of the inspection office."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UserRows
from core.api import Name, Nothing, Rows, Typed, verb
from core.filters import LARGEST
from issues.api import InspectionRows
from issues.models import Disclosure
from jobs.api import JobSerializer
from jobs.models import Job
from jobs.tasks import run_job
from papers.filters import CommentFilter, PaperFilter
from papers.models import PaperComment, PaperVersion
from papers.permissions import abilities, may_answer, may_make_papers, require
from papers.services.comments import answer_comment, comment_on_paper
from papers.services.content import content_from
from papers.services.exports import FORMATS, formats_of, request_paper
from papers.services.lifecycle import (
    FIELDS,
    LONGEST_TITLE,
    approve_paper,
    discard_paper,
    edit_paper,
    is_out_of_date,
    issue_paper,
    return_paper,
    revise_paper,
    submit_paper,
)
from papers.services.presentation import names_of


class CommentSerializer(serializers.ModelSerializer):
    paper = serializers.PrimaryKeyRelatedField(source="version", read_only=True)
    by = Name()
    answered_by = Name(allow_null=True)
    abilities = serializers.SerializerMethodField()

    class Meta:
        model = PaperComment
        fields = ["id", "paper", "text", "by", "at", "answer", "answered_by", "answered_at", "abilities"]

    def get_abilities(self, comment: PaperComment) -> list[str]:
        return ["answer_comment"] if may_answer(self.context["request"].user, comment) else []


class PaperSerializer(serializers.ModelSerializer):
    """A version of a paper. `revision` counts how often its text was saved; `content_sha256` stands for its words."""

    inspection = serializers.CharField(source="inspection.code")
    made_by = Name()
    edited_by = Name()
    submitted_by = Name(allow_null=True)
    decided_by = Name(allow_null=True)
    issued_by = Name(allow_null=True)

    class Meta:
        model = PaperVersion
        fields = [
            "id",
            "inspection",
            "kind",
            "audience",
            "number",
            "status",
            "title",
            "content_sha256",
            "revision",
            "made_by",
            "made_at",
            "edited_by",
            "edited_at",
            "submitted_by",
            "submitted_at",
            "decided_by",
            "decided_at",
            "note",
            "document_number",
            "issued_by",
            "issued_at",
        ]


class OnePaperSerializer(PaperSerializer):
    """One version with all that it says, what to look at before it is decided, and the verbs that one can use now.

    `names` are those of people in what is to be made public; `formats` the endings that it is given out in.
    """

    content = serializers.SerializerMethodField()
    is_out_of_date = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()
    formats = serializers.SerializerMethodField()
    comments = serializers.SerializerMethodField()
    abilities = serializers.SerializerMethodField()

    class Meta(PaperSerializer.Meta):
        fields = [*PaperSerializer.Meta.fields, "content", "is_out_of_date", "names", "formats", "comments"]
        fields += ["abilities"]

    def get_content(self, version: PaperVersion) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(version.content)
        return content

    def get_is_out_of_date(self, version: PaperVersion) -> bool:
        return version.status in PaperVersion.IN_WORK and is_out_of_date(version)

    def get_names(self, version: PaperVersion) -> list[str]:
        is_looked_at = version.audience == Disclosure.Audience.PUBLIC and version.status in PaperVersion.IN_WORK
        return names_of(content_from(version.content)) if is_looked_at else []

    def get_formats(self, version: PaperVersion) -> list[str]:
        return list(formats_of(version.kind))

    @extend_schema_field(CommentSerializer(many=True))
    def get_comments(self, version: PaperVersion) -> list[dict[str, Any]]:
        comments = list(version.comments.select_related("by", "answered_by"))
        for comment in comments:
            comment.version = version
        told: list[dict[str, Any]] = CommentSerializer(comments, many=True, context=self.context).data
        return told

    def get_abilities(self, version: PaperVersion) -> list[str]:
        user = self.context["request"].user
        makes = version.status not in PaperVersion.IN_WORK and may_make_papers(user, version.inspection)
        return sorted(abilities(user, version)) + (["revise_paper"] if makes else [])


class AccountOfIssue(Typed):
    """`issue` is its id; the account stands as it will be printed, each line a paragraph."""

    issue = serializers.IntegerField(min_value=1, max_value=LARGEST)
    account = serializers.CharField(allow_blank=True)


class PaperEdited(Typed):
    """`revision` is the one that the editor saw; what is left out stays as it is."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    addressees = serializers.CharField(max_length=300, allow_blank=True, required=False)
    preamble = serializers.CharField(allow_blank=True, required=False)
    closing = serializers.CharField(allow_blank=True, required=False)
    signature = serializers.CharField(max_length=120, allow_blank=True, required=False)
    dated = serializers.DateField(allow_null=True, required=False)
    accounts = AccountOfIssue(many=True, required=False)


class PaperApproved(Typed):
    """The approval of exactly the text with this hash."""

    sha256 = serializers.CharField(max_length=64)
    note = serializers.CharField(allow_blank=True, required=False, default="")


class PaperReturned(Typed):
    note = serializers.CharField()


class PaperIssued(Typed):
    document_number = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class Comment(Typed):
    text = serializers.CharField()


class Answer(Typed):
    answer = serializers.CharField()


class PaperFormat(Typed):
    """Each paper has its own `formats`."""

    format = serializers.ChoiceField(choices=FORMATS)


PEOPLE = ("made_by", "edited_by", "submitted_by", "decided_by", "issued_by")


class PaperRows(Rows):
    """Versions of papers, the latest first; of drafts the inspection office sees the report's alone."""

    queryset = PaperVersion.objects.select_related("inspection", *PEOPLE)
    serializer_class = PaperSerializer
    filterset_class = PaperFilter
    expands = {"inspection": InspectionRows, **dict.fromkeys(PEOPLE, UserRows)}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-made_at", "-id")
        return rows.defer("content") if self.action == "list" else rows.select_related("inspection__organisation")

    def get_serializer_class(self) -> Any:
        return PaperSerializer if self.action == "list" else OnePaperSerializer

    def able(self, name: str) -> PaperVersion:
        """Return the version once roles allow the verb: whoever may not use it learns nothing of what it takes."""
        version: PaperVersion = self.get_object()
        require(self.request.user, name, version)
        return version

    @verb("edit", PaperEdited)
    def edit(self, request: Request, pk: str) -> Response:
        version, sent = self.able("edit_paper"), self.typed(PaperEdited)
        accounts = {each["issue"]: each["account"] for each in sent.pop("accounts", ())}
        values = {name: sent[name] for name in FIELDS if name in sent}
        edit_paper(version=version, values=values, accounts=accounts, revision=sent["revision"], **self.now())
        return self.shown(version)

    @verb("submit", Nothing)
    def submit(self, request: Request, pk: str) -> Response:
        version = self.able("submit_paper")
        submit_paper(version=version, **self.now(), **self.typed(Nothing))
        return self.shown(version)

    @verb("approve", PaperApproved)
    def approve(self, request: Request, pk: str) -> Response:
        version = self.able("approve_paper")
        approve_paper(version=version, **self.now(), **self.typed(PaperApproved))
        return self.shown(version)

    @verb("return", PaperReturned)
    def return_(self, request: Request, pk: str) -> Response:
        version = self.able("return_paper")
        return_paper(version=version, **self.now(), **self.typed(PaperReturned))
        return self.shown(version)

    @verb("issue", PaperIssued)
    def issue(self, request: Request, pk: str) -> Response:
        version = self.able("issue_paper")
        issue_paper(version=version, **self.now(), **self.typed(PaperIssued))
        return self.shown(version)

    @verb("discard", Nothing)
    def discard(self, request: Request, pk: str) -> Response:
        version = self.able("discard_paper")
        discard_paper(version=version, **self.now(), **self.typed(Nothing))
        return self.shown(version)

    @verb("revise", Nothing, {201: OnePaperSerializer})
    def revise(self, request: Request, pk: str) -> Response:
        """Answers with the next version, which begins with the text of this one."""
        following = revise_paper(version=self.get_object(), **self.now(), **self.typed(Nothing))
        return Response(self.shown(following).data, status=201)

    @verb("comment", Comment, {201: CommentSerializer})
    def comment(self, request: Request, pk: str) -> Response:
        version = self.able("comment_on_paper")
        made = comment_on_paper(version=version, **self.now(), **self.typed(Comment))
        return Response(CommentSerializer(made, context=self.get_serializer_context()).data, status=201)

    @verb("export", PaperFormat, {202: JobSerializer})
    def export(self, request: Request, pk: str) -> Response:
        """Answers with the job that writes the file; asked for again, the same version is written once."""
        version, ending = self.get_object(), self.typed(PaperFormat)["format"]
        job = request_paper(version=version, ending=ending, **self.now())
        if job.status == Job.Status.QUEUED:
            run_job.delay_on_commit(job.pk)
        return Response(JobSerializer(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})


class CommentRows(Rows):
    """Comments of the inspection office on reports, with how each was worked in."""

    queryset = PaperComment.objects.select_related("by", "answered_by", "version__inspection__organisation").order_by(
        "at", "id"
    )
    serializer_class = CommentSerializer
    filterset_class = CommentFilter
    expands = {"paper": PaperRows, "by": UserRows, "answered_by": UserRows}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        rows = self.queryset.filter(version__in=PaperVersion.objects.visible_to(self.request.user))
        return rows.defer("version__content")

    @verb("answer", Answer)
    def answer(self, request: Request, pk: str) -> Response:
        comment = self.get_object()
        require(request.user, "answer_comment", comment.version)
        answer_comment(comment=comment, **self.now(), **self.typed(Answer))
        return self.shown(comment)
