"""One action on many rows: each by itself, as if it were sent alone, and the answer says what became of each."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.exceptions import to_problem
from core.api.serializers import StrictSerializer
from core.batches import BatchItemResult, BatchResult, run_item

MOST_ROWS = 200


class BatchSerializer(StrictSerializer):
    """`verb` is the last part of an action's address, `update` or `delete`: what `abilities` names.

    Every row has its `id`, and what it sends beyond `all`. A `trial` says what would become of each now, and takes all
    of it back.
    """

    verb = serializers.CharField(max_length=60)
    rows = serializers.ListField(child=serializers.DictField(), allow_empty=False, max_length=MOST_ROWS)
    all = serializers.DictField(required=False, default=dict)
    trial = serializers.BooleanField(default=False)

    def validate_rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ids = [row.get("id") for row in rows]
        if not all(type(each) is int and 0 < each < 2**63 for each in ids):
            raise serializers.ValidationError(_("Every row needs its id, a number."))
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError(_("A row is listed twice."))
        return rows


class BatchItemSerializer(serializers.Serializer):
    """What became of one row; of one that was skipped, why: the same words and code as if it were sent alone."""

    id = serializers.IntegerField()
    done = serializers.BooleanField()
    status = serializers.IntegerField()
    code = serializers.CharField(required=False)
    why = serializers.CharField(required=False)
    errors = serializers.JSONField(required=False)


class BatchResultSerializer(serializers.Serializer):
    done = serializers.IntegerField()
    skipped = serializers.IntegerField()
    rows = BatchItemSerializer(many=True)


class BatchActionsMixin:
    """Beside a `ReadOnlyViewSet`: the actions of one row for up to two hundred of them."""

    @extend_schema(request=BatchSerializer, responses=BatchResultSerializer)
    @action(detail=False, methods=["post"], url_path="batch")
    def batch(self: Any, request: Request) -> Response:
        data = self.validated(BatchSerializer)
        method = self._method_of(data["verb"])
        result = BatchResult(tuple(self._run(method, row, data["all"], is_trial=data["trial"]) for row in data["rows"]))
        rows = [_item(item) for item in result.items]
        return Response({"done": len(result.done), "skipped": len(result.skipped), "rows": rows})

    def _method_of(self: Any, verb: str) -> str:
        """Return the name of the method that does what `abilities` calls this."""
        actions = self.row_actions()
        if verb not in actions:
            names = ", ".join(sorted(actions))
            message = _("There is no such action here. Available: %(verbs)s.") % {"verbs": names}
            raise serializers.ValidationError({"verb": [message]})
        return str(actions[verb].method)

    def _run(
        self: Any, method: str, row: dict[str, Any], shared: dict[str, Any], *, is_trial: bool
    ) -> BatchItemResult[int]:
        pk = row["id"]
        self.action, self.kwargs = method, {"pk": str(pk)}
        self.batch_row = {**shared, **{name: value for name, value in row.items() if name != "id"}}
        use = partial(getattr(self, method), self.request, pk=str(pk))
        item = run_item(pk, method, use, is_trial=is_trial, refusals=(Exception,))
        if item.refusal and to_problem(item.refusal) is None:  # an error of the program, no answer to one row
            raise item.refusal
        return item


def _item(item: BatchItemResult[int]) -> dict[str, Any]:
    if item.refusal is None:
        return {"id": item.row, "done": True, "status": 200}
    problem = to_problem(item.refusal)
    assert problem is not None
    result = {"id": item.row, "done": False, "status": problem.status, "code": problem.code, "why": problem.detail}
    return result | {name: value for name, value in problem.extensions.items() if name == "errors"}
