"""The weekly roll-up (每周汇总): made once a week, made up after an outage, verified against the trail."""

from progress.services.rolling import roll_up_due, roll_up_week
from progress.services.verifying import verify_snapshots

__all__ = ["roll_up_due", "roll_up_week", "verify_snapshots"]
