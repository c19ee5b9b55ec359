"""One verb on many rows: each by itself, as if it were sent alone, and the answer says what became of each."""

from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.exceptions import told_of
from core.api.serializers import Typed
from core.batches import BatchItemResult, BatchResult, run_item

MOST_ROWS = 200


class Batch(Typed):
    """`verb` is the last part of its address. Every row has its `id`, and what it sends beyond `all`.

    A `trial` tells what would become of each now, and takes all of it back.
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
            raise serializers.ValidationError(_("A row is there twice."))
        return rows


class Became(serializers.Serializer):
    """What became of one row; of one that was skipped, why: the same words and code as if it were sent alone."""

    id = serializers.IntegerField()
    done = serializers.BooleanField()
    status = serializers.IntegerField()
    code = serializers.CharField(required=False)
    why = serializers.CharField(required=False)
    errors = serializers.JSONField(required=False)


class BatchOutcome(serializers.Serializer):
    done = serializers.IntegerField()
    skipped = serializers.IntegerField()
    rows = Became(many=True)


class InBatches:
    """Beside `Rows`: the verbs of one row for up to two hundred of them."""

    @extend_schema(request=Batch, responses=BatchOutcome)
    @action(detail=False, methods=["post"], url_path="batch")
    def batch(self: Any, request: Request) -> Response:
        data = self.typed(Batch)
        method = self._verb(data["verb"])
        result = BatchResult(tuple(self._run(method, row, data["all"], is_trial=data["trial"]) for row in data["rows"]))
        rows = [_item(item) for item in result.items]
        return Response({"done": len(result.done), "skipped": len(result.skipped), "rows": rows})

    def _verb(self: Any, path: str) -> str:
        """Return the name of the method behind the address of a verb."""
        found = {each.verb: each.__name__ for each in self.get_extra_actions() if hasattr(each, "verb")}
        if path not in found:
            told = _("There is no such verb here. These are: %(verbs)s.") % {"verbs": ", ".join(sorted(found))}
            raise serializers.ValidationError({"verb": [told]})
        return str(found[path])

    def _run(
        self: Any, method: str, row: dict[str, Any], shared: dict[str, Any], *, is_trial: bool
    ) -> BatchItemResult[int]:
        pk = row["id"]
        self.action, self.kwargs = method, {"pk": str(pk)}
        self.sent = {**shared, **{name: value for name, value in row.items() if name != "id"}}
        use = partial(getattr(self, method), self.request, pk=str(pk))
        item = run_item(pk, method, use, is_trial=is_trial, refusals=(Exception,))
        if item.refusal and told_of(item.refusal) is None:  # an error of the program, no answer to one row
            raise item.refusal
        return item


def _item(item: BatchItemResult[int]) -> dict[str, Any]:
    if item.refusal is None:
        return {"id": item.row, "done": True, "status": 200}
    told = told_of(item.refusal)
    assert told is not None
    errors = {"errors": told.more["errors"]} if "errors" in told.more else {}
    return {"id": item.row, "done": False, "status": told.status, "code": told.code, "why": told.detail, **errors}
