"""Search from the top bar of every page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from measures.filters import LONGEST_SEARCH
from reporting.queries.search import find


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Show what contains the words, a few of each kind; nothing but what this person sees."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    context = {"words": words, "results": find(words, user=request.user) if words else None}
    return render(request, "reporting/search.html", context)
