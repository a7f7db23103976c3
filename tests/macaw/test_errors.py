"""Every error, to whomever asks: a page, a note in place, or JSON."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

import macaw.urls
from customers.models import Customer
from macaw import errors
from macaw.kernel.errors import MacawError, Stale, TooMany, Unavailable
from macaw.shell import Shell

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}


def kinds(base: type[MacawError] = MacawError) -> Iterator[type[MacawError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


OURS = {kind.code: kind for kind in kinds() if kind.__module__.startswith(("macaw.", "customers.", "domains."))}
ODD: dict[str, Exception] = {
    "bug": RuntimeError("a planted secret"),
    "denied": PermissionDenied(),
    "malformed": BadRequest(),
    "database": OperationalError("gone away"),
    "own": Stale("Tomas changed it a minute ago.", advice="Look again."),
    "busy": TooMany("You searched very often.", retry_after=42),
}


@login_not_required
def raising(request: HttpRequest, code: str) -> HttpResponse:
    raise ODD[code] if code in ODD else OURS[code]


def raising_inside(request: HttpRequest, code: str) -> HttpResponse:
    raise OURS[code]


urlpatterns = [
    path("fails/<code>/", raising),
    path("inside/<code>/", raising_inside),
    path("", include(macaw.urls)),
]
handler400, handler403 = macaw.urls.handler400, macaw.urls.handler403
handler404, handler500 = macaw.urls.handler404, macaw.urls.handler500
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def ask(address: str, headers: dict[str, str] | None = None) -> Any:
    return Client(raise_request_exception=False).get(address, headers=headers)


@pytest.mark.parametrize("code", sorted(OURS))
def test_each_error_has_a_page_with_code_words_and_request_id(code: str) -> None:
    answer = ask(f"/fails/{code}/")
    page = answer.content.decode()
    assert answer.status_code == OURS[code].status
    assert str(OURS[code].title) in page
    assert str(OURS[code].advice) in page
    assert f">{code}</code>" in page
    assert answer["X-Request-Id"] in page
    assert answer["Cache-Control"] == "no-store"
    assert ('class="side"' in page) == (code != "unavailable")  # the shell is built of what is not there then


@pytest.mark.parametrize("code", sorted(OURS))
def test_each_error_reaches_htmx_as_a_note_at_its_place(code: str) -> None:
    answer = ask(f"/fails/{code}/", HTMX)
    note = answer.content.decode()
    assert answer.status_code == OURS[code].status
    assert answer["HX-Retarget"] == "#page-note"
    assert str(OURS[code].advice) in note
    assert answer["X-Request-Id"] in note
    assert "<html" not in note
    assert "HX-Redirect" not in answer  # the page and what was typed stay


@pytest.mark.parametrize("code", sorted(OURS))
def test_each_error_speaks_json_to_who_wants_json(code: str) -> None:
    answer = ask(f"/fails/{code}/", JSON)
    assert json.loads(answer.content) == {
        "code": code,
        "message": str(OURS[code].title),
        "next": str(OURS[code].advice),
        "request_id": answer["X-Request-Id"],
    }


@pytest.mark.parametrize("code", sorted(OURS))
def test_inside_the_login_an_error_keeps_the_persons_shell(as_alice: Client, ashdown: Customer, code: str) -> None:
    page = as_alice.get(f"/inside/{code}/").content.decode()
    assert ("Ashdown Studio" in page) == (code != "unavailable")
    assert f">{code}</code>" in page


@pytest.mark.parametrize(
    ("code", "status", "shown"),
    [("bug", 500, "error"), ("denied", 403, "not_allowed"), ("malformed", 400, "invalid"), ("busy", 429, "too_many")],
)
@pytest.mark.parametrize("headers", [{}, HTMX, JSON])
def test_other_exceptions_are_told_in_our_words(
    code: str, status: int, shown: str, headers: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    answer = ask(f"/fails/{code}/", headers)
    assert answer.status_code == status
    assert shown in answer.content.decode()
    assert "planted secret" not in answer.content.decode()


def test_an_unforeseen_failure_is_logged_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    ask("/fails/bug/")
    [record] = [record for record in caplog.records if "request.failed" in str(record.msg)]
    assert "a planted secret" in str(record.msg)


def test_waiting_is_told_in_the_header_and_in_words() -> None:
    answer = ask("/fails/busy/")
    assert answer["Retry-After"] == "42"
    assert "42 seconds" in answer.content.decode()


def test_an_unknown_address_is_answered_in_the_shell() -> None:
    answer = ask("/nowhere/")
    assert answer.status_code == 404
    assert 'class="side"' in answer.content.decode()


def refuse(*_: Any) -> Any:
    raise OperationalError("gone away")


@pytest.mark.parametrize("headers", [{}, HTMX, JSON])
def test_without_a_database_the_answer_is_bare_and_still_ours(as_alice: Client, headers: dict[str, str]) -> None:
    as_alice.cookies["theme"] = "dark"
    as_alice.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        answer = as_alice.get("/", headers=headers)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert answer["X-Request-Id"] in answer.content.decode()
    if not headers:
        assert 'class="lone"' in answer.content.decode()
        assert 'data-theme="dark"' in answer.content.decode()


@pytest.mark.parametrize("address", ["/nowhere/", "/fails/not_allowed/"])
def test_any_error_survives_a_shell_that_cannot_be_built(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shell, "groups", property(refuse))
    answer = ask(address)
    assert answer.status_code in {403, 404}
    assert 'class="lone"' in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(as_alice: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = as_alice.cookies
    answer = client.post("/settings/", {"theme": "dark"})
    assert answer.status_code == 403
    assert ">forged</code>" in answer.content.decode()


def test_signed_out_leads_back_to_where_the_person_was() -> None:
    assert b'href="/settings/"' in ask("/signed-out/?next=/settings/").content


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", r"/\evil.example"]
)
def test_signed_out_never_leads_elsewhere(elsewhere: str) -> None:
    answer = Client().get("/signed-out/", {"next": elsewhere})
    assert answer.status_code == 401
    assert "evil" not in answer.content.decode()
    assert "javascript" not in answer.content.decode()


def test_what_was_raised_with_its_own_words_is_told_in_them() -> None:
    page = ask("/fails/own/").content.decode()
    assert "Tomas changed it a minute ago." in page
    assert "Look again." in page


def test_explaining_keeps_our_own_errors_as_they_are() -> None:
    error = Unavailable()
    assert errors.explained(error) is error
    assert isinstance(errors.explained(OperationalError()), Unavailable)
    assert type(errors.explained(ValueError())) is MacawError
