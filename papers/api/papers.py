"""Papers with their actions, their files and the comments of the inspection office."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UserViewSet
from core.api import (
    AbilitiesField,
    EmptySerializer,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    crud_method,
    post_action,
)
from core.filters import LARGEST
from issues.api import BaseInspectionViewSet
from issues.models import Disclosure, Inspection
from issues.permissions import require_office
from jobs.api import JobSerializer, accepted
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
    make_paper,
    return_paper,
    revise_paper,
    submit_paper,
)
from papers.services.presentation import names_of


class PaperCommentSerializer(serializers.ModelSerializer):
    paper = serializers.PrimaryKeyRelatedField(source="version", read_only=True)
    by = ReferenceSerializer()
    answered_by = ReferenceSerializer(allow_null=True)
    abilities = AbilitiesField()

    class Meta:
        model = PaperComment
        fields = ["id", "paper", "text", "by", "at", "answer", "answered_by", "answered_at", "abilities"]


class PaperSerializer(serializers.ModelSerializer):
    """A version of a paper. `revision` counts how often its text was saved; `content_sha256` identifies its words."""

    inspection = serializers.CharField(source="inspection.code")
    made_by = ReferenceSerializer()
    edited_by = ReferenceSerializer()
    submitted_by = ReferenceSerializer(allow_null=True)
    decided_by = ReferenceSerializer(allow_null=True)
    issued_by = ReferenceSerializer(allow_null=True)

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


class PaperDetailSerializer(PaperSerializer):
    """One version with all that it says, what to look at before it is decided, and what the person can do with it now.

    `names` are those of people in what is to be published; `formats` the endings that it is given out in.
    """

    content = serializers.SerializerMethodField()
    is_out_of_date = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()
    formats = serializers.SerializerMethodField()
    comments = serializers.SerializerMethodField()
    abilities = AbilitiesField()

    class Meta(PaperSerializer.Meta):
        fields = [*PaperSerializer.Meta.fields, "content", "is_out_of_date", "names", "formats", "comments"]
        fields += ["abilities"]

    def get_content(self, version: PaperVersion) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(version.content)
        return content

    def get_is_out_of_date(self, version: PaperVersion) -> bool:
        return version.status in PaperVersion.IN_WORK and is_out_of_date(version)

    def get_names(self, version: PaperVersion) -> list[str]:
        is_to_be_public = version.audience == Disclosure.Audience.PUBLIC and version.status in PaperVersion.IN_WORK
        return names_of(content_from(version.content)) if is_to_be_public else []

    def get_formats(self, version: PaperVersion) -> list[str]:
        return list(formats_of(version.kind))

    @extend_schema_field(PaperCommentSerializer(many=True))
    def get_comments(self, version: PaperVersion) -> list[dict[str, Any]]:
        comments = list(version.comments.select_related("by", "answered_by"))
        for comment in comments:
            comment.version = version
        view = PaperCommentViewSet.reading_view(self.context["request"], "list", is_mentioned=True)
        data: list[dict[str, Any]] = view.get_serializer(comments, many=True).data
        return data


class IssueAccountSerializer(StrictSerializer):
    """`issue` is its id; the account is as it will be printed, each line a paragraph."""

    issue = serializers.IntegerField(min_value=1, max_value=LARGEST)
    account = serializers.CharField(allow_blank=True)


class MakePaperSerializer(StrictSerializer):
    """`inspection` is a code. A plan and a report are for those within the party; a notice is for either audience."""

    inspection = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=PaperVersion.Kind.choices)
    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices, default=Disclosure.Audience.INTERNAL)


class EditPaperSerializer(StrictSerializer):
    """`revision` is the one that the editor saw; what is left out stays as it is."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST)
    title = serializers.CharField(max_length=LONGEST_TITLE, required=False)
    addressees = serializers.CharField(max_length=300, allow_blank=True, required=False)
    preamble = serializers.CharField(allow_blank=True, required=False)
    closing = serializers.CharField(allow_blank=True, required=False)
    signature = serializers.CharField(max_length=120, allow_blank=True, required=False)
    dated = serializers.DateField(allow_null=True, required=False)
    accounts = IssueAccountSerializer(many=True, required=False)


class ApprovePaperSerializer(StrictSerializer):
    """The approval of exactly the text with this hash."""

    sha256 = serializers.CharField(max_length=64)
    note = serializers.CharField(allow_blank=True, required=False, default="")


class ReturnPaperSerializer(StrictSerializer):
    note = serializers.CharField()


class IssuePaperSerializer(StrictSerializer):
    document_number = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class CommentOnPaperSerializer(StrictSerializer):
    text = serializers.CharField()


class AnswerCommentSerializer(StrictSerializer):
    answer = serializers.CharField()


class PaperFormatSerializer(StrictSerializer):
    """Each paper has its own `formats`."""

    format = serializers.ChoiceField(choices=FORMATS)


PEOPLE = ("made_by", "edited_by", "submitted_by", "decided_by", "issued_by")


class PaperViewSet(ReadOnlyViewSet):
    """Versions of papers, the latest first; of drafts the inspection office sees the report's alone."""

    queryset = PaperVersion.objects.select_related("inspection", *PEOPLE)
    serializer_class = PaperSerializer
    filterset_class = PaperFilter
    expands = {"inspection": BaseInspectionViewSet, **dict.fromkeys(PEOPLE, UserViewSet)}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-made_at", "-id")
        return rows.defer("content") if self.action == "list" else rows.select_related("inspection__organisation")

    def get_serializer_class(self) -> Any:
        return PaperSerializer if self.action == "list" else PaperDetailSerializer

    def get_object_for(self, service: str) -> PaperVersion:
        """Return the version once roles allow the service: without the role no one learns what it takes."""
        version: PaperVersion = self.get_object()
        require(self.request.user, service, version)
        return version

    def services_for(self, row: PaperVersion) -> set[str]:
        user = self.request.user
        may_revise = row.status not in PaperVersion.IN_WORK and may_make_papers(user, row.inspection)
        # Each paper that one sees is given out as a file, too.
        return {"request_paper", *abilities(user, row), *(["revise_paper"] if may_revise else [])}

    @crud_method(MakePaperSerializer, {201: PaperDetailSerializer}, service="make_paper")
    def create(self, request: Request) -> Response:
        """Draw a paper up from the ledger of the `inspection`, a code."""
        inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
        inspection = self.parent(inspections, "inspection", "code")
        require_office(request.user, inspection)
        values = {**self.validated(MakePaperSerializer), "inspection": inspection}
        return self.response_for(make_paper(**values, **self.actor_and_time()), status=201)

    @crud_method(EditPaperSerializer, service="edit_paper")
    def partial_update(self, request: Request, pk: str) -> Response:
        version, data = self.get_object_for("edit_paper"), self.validated(EditPaperSerializer)
        accounts = {each["issue"]: each["account"] for each in data.pop("accounts", ())}
        values = {name: data[name] for name in FIELDS if name in data}
        edit_paper(
            version=version, values=values, accounts=accounts, revision=data["revision"], **self.actor_and_time()
        )
        return self.response_for(version)

    @post_action("submit", EmptySerializer, service="submit_paper")
    def submit(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("submit_paper")
        submit_paper(version=version, **self.actor_and_time(), **self.validated(EmptySerializer))
        return self.response_for(version)

    @post_action("approve", ApprovePaperSerializer, service="approve_paper")
    def approve(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("approve_paper")
        approve_paper(version=version, **self.actor_and_time(), **self.validated(ApprovePaperSerializer))
        return self.response_for(version)

    @post_action("return", ReturnPaperSerializer, service="return_paper")
    def return_(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("return_paper")
        return_paper(version=version, **self.actor_and_time(), **self.validated(ReturnPaperSerializer))
        return self.response_for(version)

    @post_action("issue", IssuePaperSerializer, service="issue_paper")
    def issue(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("issue_paper")
        issue_paper(version=version, **self.actor_and_time(), **self.validated(IssuePaperSerializer))
        return self.response_for(version)

    @post_action("discard", EmptySerializer, service="discard_paper")
    def discard(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("discard_paper")
        discard_paper(version=version, **self.actor_and_time(), **self.validated(EmptySerializer))
        return self.response_for(version)

    @post_action("revise", EmptySerializer, {201: PaperDetailSerializer}, service="revise_paper")
    def revise(self, request: Request, pk: str) -> Response:
        """Answers with the next version, which begins with the text of this one."""
        following = revise_paper(version=self.get_object(), **self.actor_and_time(), **self.validated(EmptySerializer))
        return self.response_for(following, status=201)

    @post_action("comment", CommentOnPaperSerializer, {201: PaperCommentSerializer}, service="comment_on_paper")
    def comment(self, request: Request, pk: str) -> Response:
        version = self.get_object_for("comment_on_paper")
        comment = comment_on_paper(version=version, **self.actor_and_time(), **self.validated(CommentOnPaperSerializer))
        return Response(PaperCommentViewSet.serialize(request, comment), status=201)

    @post_action("export", PaperFormatSerializer, {202: JobSerializer}, service="request_paper")
    def export(self, request: Request, pk: str) -> Response:
        """Answers with the job that writes the file; requested again, the same version is written once."""
        version, ending = self.get_object(), self.validated(PaperFormatSerializer)["format"]
        return accepted(request_paper(version=version, ending=ending, **self.actor_and_time()))


class PaperCommentViewSet(ReadOnlyViewSet):
    """Comments of the inspection office on reports, with how each was worked in."""

    queryset = PaperComment.objects.select_related("by", "answered_by", "version__inspection__organisation").order_by(
        "at", "id"
    )
    serializer_class = PaperCommentSerializer
    filterset_class = CommentFilter
    expands = {"paper": PaperViewSet, "by": UserViewSet, "answered_by": UserViewSet}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        rows = self.queryset.filter(version__in=PaperVersion.objects.visible_to(self.request.user))
        return rows.defer("version__content")

    def services_for(self, row: PaperComment) -> set[str]:
        return {"answer_comment"} if may_answer(self.request.user, row) else set()

    @post_action("answer", AnswerCommentSerializer, service="answer_comment")
    def answer(self, request: Request, pk: str) -> Response:
        comment = self.get_object()
        require(request.user, "answer_comment", comment.version)
        answer_comment(comment=comment, **self.actor_and_time(), **self.validated(AnswerCommentSerializer))
        return self.response_for(comment)
