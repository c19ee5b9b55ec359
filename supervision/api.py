"""The verb of supervision on measures."""

from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Nothing, verb
from signoffs.api import MeasureAndSignOffRows
from supervision.permissions import require_urger
from supervision.services import urge_measure


class MeasureAndUrgeRows(MeasureAndSignOffRows):
    """Measures with all their verbs."""

    @verb("urge", Nothing)
    def urge(self, request: Request, pk: str) -> Response:
        """Urge the lead unit of the measure, at most once a day."""
        measure = self.get_object()
        require_urger(request.user, measure.inspection)
        self.typed(Nothing)
        urge_measure(measure=measure, **self.now())
        return self.shown(measure)
