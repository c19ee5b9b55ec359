"""What an audience may read of an issue: proposed by the office, decided by the group, and the overview of it."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UserViewSet
from core.api import (
    AbilitiesField,
    BatchActionsMixin,
    InvalidQuery,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    post_action,
)
from core.exceptions import Forbidden, RuleViolation
from issues import services
from issues.api import BaseInspectionViewSet, BaseIssueViewSet
from issues.models import Disclosure, Issue
from issues.permissions import holds_group, may_decide_disclosure, may_propose_disclosure
from issues.queries import IssueDisclosure, disclosure_from, known_names, names_in
from issues.services import Proposal
from papers.filters import DisclosureFilter, ShownFilter
from papers.services.outline import account_in_full, told_of_issues


class DisclosureSerializer(serializers.ModelSerializer):
    """A proposal with what was decided on it, and what the person can do with it now."""

    inspection = serializers.CharField(source="issue.inspection.code")
    proposed_by = ReferenceSerializer()
    decided_by = ReferenceSerializer(allow_null=True)
    abilities = AbilitiesField()

    class Meta:
        model = Disclosure
        fields = [
            "id",
            "inspection",
            "issue",
            "audience",
            "extent",
            "text",
            "account",
            "reason",
            "status",
            "proposed_by",
            "proposed_at",
            "decided_by",
            "decided_at",
            "note",
            "abilities",
        ]


class ApproveDisclosureSerializer(StrictSerializer):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class RefuseDisclosureSerializer(StrictSerializer):
    note = serializers.CharField()


class DisclosureViewSet(BatchActionsMixin, ReadOnlyViewSet):
    """Proposals of what an audience may read of an issue, and the decisions on them; the latest first."""

    queryset = Disclosure.objects.select_related(
        "issue__inspection__organisation", "proposed_by", "decided_by"
    ).order_by("-proposed_at", "-id")
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilter
    expands = {
        "inspection": BaseInspectionViewSet,
        "issue": BaseIssueViewSet,
        "proposed_by": UserViewSet,
        "decided_by": UserViewSet,
    }

    def services_for(self, row: Disclosure) -> set[str]:
        is_pending = row.status == Disclosure.Status.PROPOSED
        may = is_pending and may_decide_disclosure(self.request.user, row)
        return {"approve_disclosure", "refuse_disclosure"} if may else set()

    def get_permitted(self) -> Disclosure:
        """Return the proposal if the person decides for the group."""
        row: Disclosure = self.get_object()
        if not holds_group(self.request.user, row.issue.inspection):
            raise Forbidden(_("Only the leading group decides what is shown."))
        return row

    @post_action("approve", ApproveDisclosureSerializer, service="approve_disclosure")
    def approve(self, request: Request, pk: str) -> Response:
        row = self.get_permitted()
        services.approve_disclosure(
            disclosure=row, **self.actor_and_time(), **self.validated(ApproveDisclosureSerializer)
        )
        return self.response_for(row)

    @post_action("refuse", RefuseDisclosureSerializer, service="refuse_disclosure")
    def refuse(self, request: Request, pk: str) -> Response:
        row = self.get_permitted()
        services.refuse_disclosure(
            disclosure=row, **self.actor_and_time(), **self.validated(RefuseDisclosureSerializer)
        )
        return self.response_for(row)


class ProposeDisclosureSerializer(StrictSerializer):
    """`text` and `account` are those of a redacted issue; anything less than all has a `reason`."""

    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices)
    extent = serializers.ChoiceField(choices=Disclosure.Extent.choices)
    text = serializers.CharField(allow_blank=True, required=False, default="")
    account = serializers.CharField(allow_blank=True, required=False, default="")
    reason = serializers.CharField(allow_blank=True, required=False, default="")


class ProposeInFullSerializer(StrictSerializer):
    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices)


class DisclosureActionsMixin:
    """Beside the viewset of issues: proposing what an audience may read of one."""

    def get_proposable(self: Any) -> Issue:
        """Return the issue if the person proposes its disclosure."""
        issue: Issue = self.get_object()
        if not may_propose_disclosure(self.request.user, issue.inspection):
            raise Forbidden(_("Only the rectification office of this organisation may do this."))
        return issue

    @post_action("propose-disclosure", ProposeDisclosureSerializer, {201: DisclosureSerializer})
    def propose_disclosure(self: Any, request: Request, pk: str) -> Response:
        """A proposal that waits already is replaced."""
        issue, values = self.get_proposable(), self.validated(ProposeDisclosureSerializer)
        audience, proposal = values.pop("audience"), Proposal(**values)
        row = services.propose_disclosure(issue=issue, audience=audience, proposal=proposal, **self.actor_and_time())
        return Response(DisclosureViewSet.serialize(request, row), status=201)

    @post_action("propose-in-full", ProposeInFullSerializer, {201: DisclosureSerializer})
    def propose_in_full(self: Any, request: Request, pk: str) -> Response:
        """What is decided or waits already is left as it is, and refused."""
        issue, values = self.get_proposable(), self.validated(ProposeInFullSerializer)
        outcome = services.propose_in_full(
            inspection=issue.inspection, issues=[issue], **values, **self.actor_and_time()
        )
        for _issue, why in outcome.skipped:
            raise RuleViolation(why)
        row = issue.disclosures.filter(audience=values["audience"]).latest("pk")
        return Response(DisclosureViewSet.serialize(request, row), status=201)


class DisclosureOverviewSerializer(serializers.ModelSerializer):
    """An issue with what the audience may read of it; its own text is what would be read in full.

    `state` is `undecided`, `waiting`, or the extent that was decided; `decision` and `waiting` are disclosures.
    """

    inspection = serializers.CharField(source="inspection.code")
    audience = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    extent = serializers.SerializerMethodField()
    disclosed_text = serializers.SerializerMethodField()
    disclosed_account = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Issue
        fields = ["id", "inspection", "code", "text", "audience", "state", "extent"]
        fields += ["disclosed_text", "disclosed_account", "decision", "waiting"]

    def _disclosed(self, issue: Any) -> IssueDisclosure:
        return disclosure_from(self.get_audience(issue), issue.counting)

    def get_audience(self, _issue: Any) -> str:
        return audience_of(self.context["request"])

    def get_state(self, issue: Any) -> str:
        return self._disclosed(issue).state

    def get_extent(self, issue: Any) -> str:
        return self._disclosed(issue).extent

    def get_disclosed_text(self, issue: Any) -> str:
        disclosed = self._disclosed(issue)
        return issue.text if disclosed.extent == Disclosure.Extent.FULL else disclosed.text

    def get_disclosed_account(self, issue: Any) -> str:
        return self._disclosed(issue).account

    def get_decision(self, issue: Any) -> int | None:
        return self._disclosed(issue).decision or None

    def get_waiting(self, issue: Any) -> int | None:
        return next((row.pk for row in issue.counting if row.status == Disclosure.Status.PROPOSED), None)


class DisclosureOverviewDetailSerializer(DisclosureOverviewSerializer):
    """One issue with the account that would be read in full, and the names of people in text and account."""

    account = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()

    class Meta(DisclosureOverviewSerializer.Meta):
        fields = [*DisclosureOverviewSerializer.Meta.fields, "account", "names"]

    def get_account(self, issue: Any) -> str:
        if not hasattr(issue, "full_account"):
            issue.full_account = account_in_full(issue, told_of_issues(issue.inspection, [issue.pk]))
        account: str = issue.full_account
        return account

    def get_names(self, issue: Any) -> list[str]:
        return names_in(f"{issue.text}\n{self.get_account(issue)}", known_names())


def audience_of(request: Any) -> str:
    """Return the audience that an address names, else the public. Raises `InvalidQuery`."""
    audience: str = request.query_params.get("audience") or Disclosure.Audience.PUBLIC.value
    if audience not in Disclosure.Audience:
        raise InvalidQuery(audience=[_("There is no such audience.")])
    return audience


class DisclosureOverviewViewSet(ReadOnlyViewSet):
    """Issues of the inspections that one sees as a whole, with what an audience may read of each."""

    queryset = Issue.objects.select_related("inspection").order_by("inspection_id", "sort_key")
    serializer_class = DisclosureOverviewSerializer
    filterset_class = ShownFilter
    extra_query_params = ("audience",)
    expands = {"inspection": BaseInspectionViewSet, "decision": DisclosureViewSet, "waiting": DisclosureViewSet}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().fully_visible_to(self.request.user)
        counting = Disclosure.objects.counting().filter(audience=audience_of(self.request))
        return rows.prefetch_related(Prefetch("disclosures", counting, to_attr="counting"))

    def get_serializer_class(self) -> Any:
        return DisclosureOverviewSerializer if self.action == "list" else DisclosureOverviewDetailSerializer

    @extend_schema(parameters=[OpenApiParameter("audience", str, enum=Disclosure.Audience.values)])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
