"""Which function handles which job type. Upper apps register in their `tasks` module, which every process loads."""

from collections.abc import Callable

from jobs.models import Job

JobHandler = Callable[[Job], None]
_registered: dict[str, JobHandler] = {}


def job_handler(name: str) -> Callable[[JobHandler], JobHandler]:
    """Register a function under a name that does not change, for rows hold it: `@job_handler("imports.apply")`.

    The function gets the claimed job. It does its effects and `finish` in one transaction, and reports before that,
    outside of it, how far it is by `advance`. It may be begun again at any time: what it does outside of that
    transaction must be idempotent.
    """

    def register(function: JobHandler) -> JobHandler:
        if name in _registered and _registered[name].__qualname__ != function.__qualname__:
            raise ValueError(f"Two functions are registered as {name}.")
        _registered[name] = function
        return function

    return register


def get_handler(name: str) -> JobHandler:
    """Return the registered function. Raises `LookupError` where there is none."""
    try:
        return _registered[name]
    except KeyError:
        raise LookupError(f"No job type is registered as {name}.") from None
