"""The API does everything that the pages do: each address of a page is here with what does the same, or with why
nothing does."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

ELSEWHERE = ("admin/", "api/")
"""Below these nothing is looked for: the administration changes no business record, the API is what is compared."""

DOES: dict[str, str] = {
    # accounts
    "account": "GET account/",
    "tokens": "GET tokens/",
    "revoke_token": "POST tokens/{id}/revoke/",
    # jobs
    "job": "GET jobs/{id}/",
    "job_progress": "GET jobs/{id}/",
    "retry_job": "POST jobs/{id}/retry/",
    "job_result": "GET jobs/{id}/result/",
    # issues
    "inspection_settings": "GET inspections/{code}/, PATCH inspections/{code}/",
    "edit_issue": "PATCH issues/{id}/, GET task-forces/",
    "calendar": "GET calendar/, PUT calendar/{day}/",
    "clear_calendar_day": "GET calendar/{day}/, DELETE calendar/{day}/",
    # measures
    "issue": "GET issues/{id}/, GET issues/{id}/history/, GET measures/, GET evidence/, GET applications/",
    "measure": "GET measures/{id}/, GET measures/{id}/history/, GET progress-reports/, GET milestones/, GET evidence/, "
    "GET extensions/, GET applications/",
    "plan_measure": "POST measures/",
    "edit_measure": "PATCH measures/{id}/",
    "start_measure": "POST measures/{id}/start/",
    "report_progress": "POST measures/{id}/report-progress/",
    "hand_over": "POST measures/{id}/hand-over/",
    "cancel_measure": "POST measures/{id}/cancel/",
    "request_extension": "POST measures/{id}/request-extension/",
    "add_evidence": "POST measures/{id}/add-evidence/",
    "add_issue_evidence": "POST issues/{id}/add-evidence/",
    "evidence": "GET evidence/{id}/",
    "add_version": "POST evidence/{id}/add-version/",
    "withdraw_evidence": "POST evidence/{id}/withdraw/",
    "download_evidence": "GET evidence/{id}/versions/{number}/download/",
    "preview_evidence": "GET evidence/{id}/versions/{number}/preview/",
    "make_pages": "POST evidence/{id}/versions/{number}/make-pages/",
    "extensions": "GET extensions/",
    "grant_extension": "POST extensions/{id}/grant/, POST extensions/batch/",
    "refuse_extension": "POST extensions/{id}/refuse/, POST extensions/batch/",
    "hand_over_duties": "POST inspections/{code}/hand-over-duties/",
    # signoffs
    "apply_for_sign_off": "POST measures/{id}/apply/",
    "apply_for_closure": "POST issues/{id}/apply-for-closure/",
    "signoffs": "GET applications/, GET decisions/",
    "decide_batch": "POST applications/batch/",
    "batch_done": "POST applications/batch/",
    "application": "GET applications/{id}/",
    "accept_application": "POST applications/{id}/accept/",
    "return_application": "POST applications/{id}/return/",
    "withdraw_application": "POST applications/{id}/withdraw/",
    "application_form": "GET applications/{id}/form/",
    "request_archive": "POST issues/{id}/request-archive/",
    "issue_archive": "GET issues/{id}/file/{key}/",
    "set_review_steps": "GET inspections/{code}/review-steps/, PUT inspections/{code}/review-steps/",
    "audit": "GET audit-chains/, GET audit-chains/verify-document/, GET events/",
    "verify_audit": "POST audit-chains/verify/",
    # ledger
    "import_list": "GET imports/, POST imports/",
    "ledger_template": "GET imports/template/",
    "import_detail": "GET imports/{id}/, POST imports/{id}/map-names/",
    "marked_import": "GET imports/{id}/marked/",
    "compare_import": "POST imports/{id}/compare/",
    "correct_reading": "GET imports/{id}/reading/, POST imports/{id}/correct-reading/",
    "confirm_import": "POST imports/{id}/confirm/",
    "discard_import": "POST imports/{id}/discard/",
    "export_ledger": "POST inspections/{code}/export-ledger/",
    "papers": "GET papers/",
    "make_paper": "POST papers/",
    "paper": "GET papers/{id}/, GET paper-comments/",
    "edit_paper": "PATCH papers/{id}/",
    "submit_paper": "POST papers/{id}/submit/",
    "approve_paper": "POST papers/{id}/approve/",
    "return_paper": "POST papers/{id}/return/",
    "issue_paper": "POST papers/{id}/issue/",
    "discard_paper": "POST papers/{id}/discard/",
    "revise_paper": "POST papers/{id}/revise/",
    "comment_on_paper": "POST papers/{id}/comment/",
    "answer_comment": "POST paper-comments/{id}/answer/",
    "export_paper": "POST papers/{id}/export/",
    "disclosures": "GET disclosure-overview/, GET disclosures/",
    "disclose_many": "POST issues/{id}/propose-in-full/, POST issues/batch/",
    "disclosure": "GET disclosure-overview/{id}/, POST issues/{id}/propose-disclosure/",
    "approve_disclosure": "POST disclosures/{id}/approve/, POST disclosures/batch/",
    "refuse_disclosure": "POST disclosures/{id}/refuse/, POST disclosures/batch/",
    "ledger": "GET issues/, GET measures/",
    "save_filter": "GET saved-filters/, POST saved-filters/",
    "delete_saved_filter": "DELETE saved-filters/{id}/",
    # supervision
    "batch_measures": "POST measures/batch/",
    "batch_measures_done": "POST measures/batch/",
    "urge_measure": "POST measures/{id}/urge/, POST measures/batch/",
    "urges": "GET inspections/{code}/late-units/, POST inspections/{code}/urge-unit/, GET urges/",
    "feedback": "GET feedback/",
    "answer_feedback": "POST feedback/{id}/answer/",
    "close_feedback": "POST feedback/{id}/close/",
    # progress
    "home": "GET inspections/, GET stats/, GET measures/, GET applications/",
    "inspection": "GET inspections/{code}/, GET stats/, GET snapshots/",
    "screen": "GET stats/, GET measures/",
    "search": "GET search/",
    # bulletins
    "bulletins": "GET bulletins/",
    "bulletin": "GET bulletins/{id}/, GET bulletins/{id}/history/, GET bulletins/{id}/public-preview/",
    "edit_bulletin": "PATCH bulletins/{id}/",
    "preview_bulletin": "POST bulletins/{id}/preview/",
    "publish_bulletin": "POST bulletins/{id}/publish/",
    "correct_bulletin": "POST bulletins/{id}/correct/",
    "request_bulletin_paper": "POST bulletins/{id}/export/",
    # notifications
    "inbox": "GET notifications/",
    "notification": "GET notifications/{id}/, GET reminders/, POST notifications/{id}/mark-read/",
    "mark_all_read": "POST notifications/mark-all-read/",
    "preferences": "GET preferences/, PATCH preferences/",
    "set_escalation": "GET inspections/{code}/escalation-steps/, PUT inspections/{code}/escalation-steps/",
    "deliveries": "GET deliveries/",
    "send_again": "POST deliveries/{id}/send-again/, POST deliveries/send-failed-again/",
    "coverage_gaps": "GET configuration-gaps/",
    "channels": "GET channels/",
    "add_channel": "POST channels/",
    "edit_channel": "GET channels/{id}/, PATCH channels/{id}/",
    "webhooks": "GET webhooks/",
    "add_webhook": "POST webhooks/",
    "edit_webhook": "GET webhooks/{id}/, PATCH webhooks/{id}/",
    "retry_webhook": "POST webhooks/{id}/try/",
}

DOES_NOT: dict[str, str] = {
    "healthz": "For the machine that watches over the server, which has no account.",
    "readyz": "For the machine that watches over the server, which has no account.",
    "login": "A program shows its token with each request instead.",
    "logout": "A program that has ended stops sending its token; `tokens/{id}/revoke/` ends it for good.",
    "set_language": "A program asks with `Accept-Language`, each time.",
    "styleguide": "Shows the building blocks of the pages; there is no data in it.",
    "manuals": "Says to people how the pages are used; there is no data in it.",
    "manual": "Says to people how the pages are used; there is no data in it.",
    "public": "For readers without an account, whom the API does not know; what it shows comes from the rows above.",
    "public_inspection": "As `public`.",
    "public_notice": "As `public`.",
    "public_bulletin": "As `public`; `bulletins/{id}/public-preview/` is a bulletin as the public reads it.",
    "public_feedback": "Comes from visitors without an account, by whose address it is throttled; who has one is not"
    " the public.",
}

WITHOUT: dict[str, str] = {
    "account": "Changing the password: a thief of a token would lock its owner out.",
    "tokens": "Making a token: a token could outlive its own end and its own revocation.",
}
"""Pages of which one part is not done by the API, and why."""


def pages(patterns: Any = None, above: str = "") -> Iterator[str]:
    """The names of all addresses of pages; one without a name stands for itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        place = above + str(pattern.pattern)
        if place.startswith(ELSEWHERE):
            continue
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, place)
        else:
            assert isinstance(pattern, URLPattern)
            yield pattern.name or place


@cache
def operations() -> frozenset[str]:
    """What the API does, as its own description says."""
    paths = SchemaGenerator(api_version=None).get_schema(request=None, public=True)["paths"]
    return frozenset(
        f"{method.upper()} {path.removeprefix('/api/v1/')}" for path, methods in paths.items() for method in methods
    )


def test_every_page_has_its_operation_or_a_reason() -> None:
    known = {*DOES, *DOES_NOT}
    assert set(pages()) - known == set(), "say in this table what the API does for these pages"
    assert known - set(pages()) == set(), "there are no such pages any more"
    assert len(known) == len(DOES) + len(DOES_NOT), "a page stands in one table"


@pytest.mark.parametrize("name", list(DOES))
def test_what_does_the_same_is_there(name: str) -> None:
    assert set(DOES[name].split(", ")) <= operations()


@pytest.mark.parametrize("name", [*DOES_NOT, *WITHOUT])
def test_a_reason_is_a_sentence(name: str) -> None:
    assert {**DOES_NOT, **WITHOUT}[name].endswith(".")
    assert name in DOES_NOT or name in DOES


def test_every_verb_of_the_api_is_one_of_a_page() -> None:
    """What a program can change, a person can change: nothing is hidden in the API."""
    told = {each for line in DOES.values() for each in line.split(", ")}
    beside = {"POST exports/"}  # any list as a file, as the page of the ledger gives its own
    assert {each for each in operations() if not each.startswith("GET ")} - told == beside
