"""The request of a page that only people who are logged in reach."""

from django.http import HttpRequest

from accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """For annotations of views below `login_required`: `user` is never anonymous."""

    user: User
