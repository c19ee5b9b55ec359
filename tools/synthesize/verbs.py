"""What the trail records of synthetic data."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class SynthesizeVerb(Verb):
    """One event of the city for its organisations, one of each inspection for its plan."""

    SYNTHESIZE = "synthesize", _("loaded synthetic data"), ""
