"""The weekly roll-up (每周汇总): made once a week, made up after an outage, verified against the trail."""

from reporting.services.rolling import roll_up_due, roll_up_week
from reporting.services.verifying import verify_snapshots

__all__ = ["roll_up_due", "roll_up_week", "verify_snapshots"]
