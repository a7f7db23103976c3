"""Every answer carries the policy; what a person sees while logged in is kept by no cache."""

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from macaw.kernel import headers


def directives(policy: str) -> dict[str, list[str]]:
    return {words[0]: words[1:] for words in (part.split() for part in policy.split("; "))}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/help/", "/no-such-page/", "/admin/", "/"])
def test_every_answer_has_the_policy(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = directives(answer["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Reporting-Endpoints"] == 'csp="/csp-report"'
    assert policy["report-uri"] == ["/csp-report"]


def test_forms_may_go_to_the_login_portal_and_where_a_page_says(settings: LazySettings) -> None:
    settings.MACAW_AUTH_PORTAL_URL = "https://login.example.com"
    policy = directives(headers.policy(form_action=("https://pay.example.com",)))
    assert policy["form-action"] == ["'self'", "https://login.example.com", "https://pay.example.com"]


def test_a_page_may_bring_its_own_policy() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            headers={"Content-Security-Policy": headers.policy(form_action=("https://pay.example.com",))}
        )

    answer = headers.HeadersMiddleware(page)(HttpRequest())
    assert "https://pay.example.com" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_private_pages_are_kept_by_no_cache(as_alice: Client) -> None:
    answer = as_alice.get("/settings/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_an_answer_that_asked_for_nobody_is_not_marked_private(client: Client) -> None:
    assert "no-store" not in client.get("/signed-out").headers.get("Cache-Control", "")
