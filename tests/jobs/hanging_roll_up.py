"""Loaded by workers of the tests: a roll-up that hangs at the step that `HANG_AT` names, until the file `HANG_ONCE` is.

The steps: `locked` (the chains are, nothing is counted yet), `counted`, `kept` (the snapshots are written), `recorded`
(so is the event; only the commit is left).
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reporting.services import rolling

STEPS = {"locked": ("standings", "before"), "counted": ("standings", "after"), "kept": ("_keep_rows", "after")}
STEPS["recorded"] = ("_record", "after")


def _hang() -> None:
    mark = Path(os.environ["HANG_ONCE"])
    if not mark.exists():
        mark.write_text(str(os.getpid()))
        time.sleep(60)


def _hanging(function: Callable[..., Any], when: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        if when == "before":
            _hang()
        result = function(*arguments, **named)
        if when == "after":
            _hang()
        return result

    return call


if step := os.environ.get("HANG_AT"):
    name, moment = STEPS[step]
    setattr(rolling, name, _hanging(getattr(rolling, name), moment))
