"""What the frame of every page shows and no single app knows."""

from django.http import HttpRequest

from rectify import __version__


def version(_request: HttpRequest) -> dict[str, str]:
    """The version of the program, for the foot of the pages behind the log-in; a visitor gets no hint of it."""
    return {"version": __version__}
