"""What is shown to whom: proposed for an issue, decided by the group, and what comes of it."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UserRows
from core.api import BadQuestion, InBatches, Name, Rows, Typed, verb
from core.exceptions import Forbidden, RuleViolation
from issues.api import InspectionRows, IssueRows
from issues.models import Disclosure, Issue
from issues.permissions import holds_group, may_decide_disclosure, may_propose_disclosure
from issues.queries import IssueDisclosure, disclosure_from, known_names, names_in
from issues.services import (
    Proposal,
    approve_disclosure,
    propose_disclosure,
    propose_in_full,
    refuse_disclosure,
)
from papers.filters import DisclosureFilter, ShownFilter
from papers.services.outline import account_in_full, told_of_issues
from signoffs.api import IssueAndClosureRows


class DisclosureSerializer(serializers.ModelSerializer):
    """A proposal with what was decided on it; `abilities` are the verbs that the person can use on it now."""

    inspection = serializers.CharField(source="issue.inspection.code")
    proposed_by = Name()
    decided_by = Name(allow_null=True)
    abilities = serializers.SerializerMethodField()

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

    def get_abilities(self, row: Disclosure) -> list[str]:
        waits = row.status == Disclosure.Status.PROPOSED
        decides = waits and may_decide_disclosure(self.context["request"].user, row)
        return ["approve_disclosure", "refuse_disclosure"] if decides else []


class Approval(Typed):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class Refusal(Typed):
    note = serializers.CharField()


class DisclosureRows(InBatches, Rows):
    """Proposals of what an audience is shown of an issue, and the decisions on them; the latest first."""

    queryset = Disclosure.objects.select_related(
        "issue__inspection__organisation", "proposed_by", "decided_by"
    ).order_by("-proposed_at", "-id")
    serializer_class = DisclosureSerializer
    filterset_class = DisclosureFilter
    expands = {
        "inspection": InspectionRows,
        "issue": IssueRows,
        "proposed_by": UserRows,
        "decided_by": UserRows,
    }

    def able(self) -> Disclosure:
        """Return the proposal if the person decides for the group."""
        row: Disclosure = self.get_object()
        if not holds_group(self.request.user, row.issue.inspection):
            raise Forbidden(_("Only the leading group decides what is shown."))
        return row

    @verb("approve", Approval)
    def approve(self, request: Request, pk: str) -> Response:
        row = self.able()
        approve_disclosure(disclosure=row, **self.now(), **self.typed(Approval))
        return self.shown(row)

    @verb("refuse", Refusal)
    def refuse(self, request: Request, pk: str) -> Response:
        row = self.able()
        refuse_disclosure(disclosure=row, **self.now(), **self.typed(Refusal))
        return self.shown(row)


class Proposed(Typed):
    """`text` and `account` are those of a redacted issue; showing less than all has a `reason`."""

    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices)
    extent = serializers.ChoiceField(choices=Disclosure.Extent.choices)
    text = serializers.CharField(allow_blank=True, required=False, default="")
    account = serializers.CharField(allow_blank=True, required=False, default="")
    reason = serializers.CharField(allow_blank=True, required=False, default="")


class ProposedInFull(Typed):
    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices)


class IssueAndDisclosureRows(InBatches, IssueAndClosureRows):
    """Issues, in the order of the plan, with the verbs that propose what an audience is shown of them."""

    def proposable(self) -> Issue:
        """Return the issue if the person proposes what is shown of it."""
        issue: Issue = self.get_object()
        if not may_propose_disclosure(self.request.user, issue.inspection):
            raise Forbidden(_("Only the rectification office of this organisation may do this."))
        return issue

    @verb("propose-disclosure", Proposed, {201: DisclosureSerializer})
    def propose_disclosure(self, request: Request, pk: str) -> Response:
        """A proposal that waits already is replaced."""
        issue, sent = self.proposable(), self.typed(Proposed)
        audience = sent.pop("audience")
        made = propose_disclosure(issue=issue, audience=audience, proposal=Proposal(**sent), **self.now())
        return self._proposed(made)

    @verb("propose-in-full", ProposedInFull, {201: DisclosureSerializer})
    def propose_in_full(self, request: Request, pk: str) -> Response:
        """What is decided or waits already is left as it is, and said to be."""
        issue, sent = self.proposable(), self.typed(ProposedInFull)
        outcome = propose_in_full(inspection=issue.inspection, issues=[issue], **sent, **self.now())
        for _issue, why in outcome.skipped:
            raise RuleViolation(why)
        return self._proposed(issue.disclosures.filter(audience=sent["audience"]).latest("pk"))

    def _proposed(self, row: Disclosure) -> Response:
        return Response(DisclosureSerializer(row, context=self.get_serializer_context()).data, status=201)


class ShownIssueSerializer(serializers.ModelSerializer):
    """An issue with what the audience is shown of it; its own text is what would be read in full.

    `state` is `undecided`, `waiting`, or the extent that was decided; `decision` and `waiting` are disclosures.
    """

    inspection = serializers.CharField(source="inspection.code")
    audience = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    extent = serializers.SerializerMethodField()
    shown_text = serializers.SerializerMethodField()
    shown_account = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()

    class Meta:
        model = Issue
        fields = ["id", "inspection", "code", "text", "audience", "state", "extent", "shown_text", "shown_account"]
        fields += ["decision", "waiting"]

    def _shown(self, issue: Any) -> IssueDisclosure:
        return disclosure_from(self.get_audience(issue), issue.counting)

    def get_audience(self, _issue: Any) -> str:
        return audience_of(self.context["request"])

    def get_state(self, issue: Any) -> str:
        return self._shown(issue).state

    def get_extent(self, issue: Any) -> str:
        return self._shown(issue).extent

    def get_shown_text(self, issue: Any) -> str:
        shown = self._shown(issue)
        return issue.text if shown.extent == Disclosure.Extent.FULL else shown.text

    def get_shown_account(self, issue: Any) -> str:
        return self._shown(issue).account

    def get_decision(self, issue: Any) -> int | None:
        return self._shown(issue).decision or None

    def get_waiting(self, issue: Any) -> int | None:
        return next((row.pk for row in issue.counting if row.status == Disclosure.Status.PROPOSED), None)


class OneShownIssueSerializer(ShownIssueSerializer):
    """One issue with the account that would be read in full, and the names of people in text and account."""

    account = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()

    class Meta(ShownIssueSerializer.Meta):
        fields = [*ShownIssueSerializer.Meta.fields, "account", "names"]

    def get_account(self, issue: Any) -> str:
        if not hasattr(issue, "told"):
            issue.told = account_in_full(issue, told_of_issues(issue.inspection, [issue.pk]))
        told: str = issue.told
        return told

    def get_names(self, issue: Any) -> list[str]:
        return names_in(f"{issue.text}\n{self.get_account(issue)}", known_names())


def audience_of(request: Any) -> str:
    """Return the audience that an address asks about; the public where it names none. Raises `BadQuestion`."""
    asked: str = request.query_params.get("audience") or Disclosure.Audience.PUBLIC.value
    if asked not in Disclosure.Audience:
        raise BadQuestion(audience=[_("There is no such audience.")])
    return asked


class ShownIssueRows(Rows):
    """Issues of the inspections that one sees as a whole, with what an audience is shown of each."""

    queryset = Issue.objects.select_related("inspection").order_by("inspection_id", "sort_key")
    serializer_class = ShownIssueSerializer
    filterset_class = ShownFilter
    also_asked = ("audience",)
    expands = {"inspection": InspectionRows, "decision": DisclosureRows, "waiting": DisclosureRows}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().fully_visible_to(self.request.user)
        counting = Disclosure.objects.counting().filter(audience=audience_of(self.request))
        return rows.prefetch_related(Prefetch("disclosures", counting, to_attr="counting"))

    def get_serializer_class(self) -> Any:
        return ShownIssueSerializer if self.action == "list" else OneShownIssueSerializer

    @extend_schema(parameters=[OpenApiParameter("audience", str, enum=Disclosure.Audience.values)])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)
