"""The traffic light (亮灯): its four states with their words and colours, and the one rule by which it is set."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Light(models.TextChoices):
    """A state of the light and its word; the colour belongs to the state and is drawn by the style sheet."""

    ON_COURSE = "on_course", _("on course")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    SIGNED_OFF = "signed_off", _("signed off")


COLOUR_NAMES = {Light.ON_COURSE: "绿", Light.DUE_SOON: "黄", Light.OVERDUE: "红", Light.SIGNED_OFF: "蓝"}
"""The colours as offices name them; an inspection may name them otherwise, the colours stay."""
OFFICIAL_WORDS = {
    Light.ON_COURSE: "正常推进",
    Light.DUE_SOON: "临近到期",
    Light.OVERDUE: "已逾期",
    Light.SIGNED_OFF: "全部销号",
}
"""The words on official papers, which are Chinese whatever the language of the page."""


def default_lights() -> dict[str, str]:
    """Return the names of the colours with which an inspection begins."""
    return {light.value: name for light, name in COLOUR_NAMES.items()}


def light_of(*, overdue: int, due_soon: int, signed_off: int, counted: int) -> Light:
    """Return the light of what is counted, one measure or many: the worst there is, signed off once all of it is."""
    if overdue:
        return Light.OVERDUE
    if due_soon:
        return Light.DUE_SOON
    return Light.SIGNED_OFF if counted and signed_off == counted else Light.ON_COURSE
