"""The time zone in which papers name moments. Whoever uses the writers says which, once, at the start."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

_zone: tzinfo = ZoneInfo("Asia/Shanghai")


def use_zone(name: str) -> None:
    """Name moments in this zone of the IANA database from now on."""
    global _zone
    _zone = ZoneInfo(name)


def localized(moment: datetime) -> datetime:
    """Return an aware moment in the zone of the papers."""
    return moment.astimezone(_zone)
