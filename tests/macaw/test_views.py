"""The shell's own pages: settings, help, states, reports, and the door of the admin."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, User
from macaw import shell
from macaw.views import reports

BELL = sum(door.view == shell.BELL for door in shell.DOORS)  # its count is one query
HTMX = {"HX-Request": "true"}
REPORT = {"type": "csp-violation", "body": {"documentURL": "https://x.example/jump/?q=secret", "blockedURL": "inline"}}


def test_a_theme_is_stored_and_told_to_the_browser(as_alice: Client, alice: User) -> None:
    answer = as_alice.post("/settings/", {"theme": "dark"})
    assert (answer.status_code, answer["Location"]) == (303, "/settings/")
    cookie = answer.cookies["theme"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("dark", True, "Lax")
    alice.refresh_from_db()
    assert alice.theme == "dark"
    page = as_alice.get("/settings/").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert "Saved." in page  # as a toast, without JavaScript too


def test_the_choice_of_the_device_leaves_the_theme_open(as_alice: Client, alice: User) -> None:
    as_alice.post("/settings/", {"theme": "dark"})
    as_alice.post("/settings/", {"theme": "system"})
    assert '<html lang="en">' in as_alice.get("/").content.decode()
    assert '<html lang="en">' in as_alice.get("/help/").content.decode()


def test_with_htmx_the_panel_comes_back_with_a_toast(as_alice: Client, alice: User) -> None:
    answer = as_alice.post("/settings/", {"shortcuts": "0"}, headers=HTMX)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in part
    assert 'aria-checked="false"' in part
    assert '<hx-partial hx-target="#toasts"' in part
    assert "data-shortcuts" not in as_alice.get("/").content.decode()
    alice.refresh_from_db()
    assert alice.shortcuts is False


@pytest.mark.parametrize("sent", [{}, {"theme": "pink"}, {"shortcuts": "maybe"}, {"is_staff": "1"}])
def test_what_we_do_not_know_is_refused_and_changes_nothing(
    as_alice: Client, alice: User, sent: dict[str, str]
) -> None:
    before = User.objects.values().get(pk=alice.pk)
    assert as_alice.post("/settings/", sent).status_code == 422
    assert User.objects.values().get(pk=alice.pk) == before


def test_settings_touch_nobody_else(as_alice: Client, charlie: User) -> None:
    as_alice.post("/settings/", {"theme": "dark"})
    charlie.refresh_from_db()
    assert charlie.theme == "system"


def test_settings_tell_the_role(as_alice: Client) -> None:
    assert "Owner" in as_alice.get("/settings/").content.decode()


@pytest.mark.parametrize(("address", "asked"), [("/settings/", 4 + BELL), ("/help/", 2), ("/jump/", 3 + BELL)])
def test_pages_ask_exactly_what_they_need(
    as_alice: Client, address: str, asked: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(asked):
        as_alice.get(address)


def test_help_for_a_stranger_asks_nothing(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/help/").status_code == 200


def test_help_names_the_support_address(db: None, settings: Any) -> None:
    settings.MACAW_SUPPORT_EMAIL = "help@names.example"
    assert "mailto:help@names.example" in Client().get("/help/").content.decode()


def test_states_are_for_staff(as_alice: Client, as_sam: Client) -> None:
    assert as_alice.get("/_states/").status_code == 404
    assert as_sam.get("/_states/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("application/reports+json", [REPORT]),
        ("application/csp-report", {"csp-report": {"document-uri": "https://x.example/?q=secret", "blocked-uri": "x"}}),
    ],
)
def test_a_violation_is_logged_without_what_was_searched(
    db: None, kind: str, sent: Any, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Client(enforce_csrf_checks=True).post("/csp-report", json.dumps(sent), content_type=kind)
    assert (answer.status_code, answer.content) == (204, b"")
    [record] = [str(record.msg) for record in caplog.records if "csp.violated" in str(record.msg)]
    assert "https://x.example/" in record
    assert "secret" not in record


@pytest.mark.parametrize("sent", [b"", b"nonsense", b"[1, 2]", b'{"csp-report": 7}', b"[" * 9_000, b'"' * 20_000])
def test_nonsense_is_swallowed(db: None, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert Client().post("/csp-report", sent, content_type="application/csp-report").status_code == 204
    assert "csp.violated" not in caplog.text


def test_a_flood_of_reports_is_bounded(db: None, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    answers = [
        client.post("/csp-report", json.dumps([REPORT] * 50), content_type="application/reports+json")
        for _ in range(25)
    ]
    assert {answer.status_code for answer in answers} == {204, 429}
    assert caplog.text.count("csp.violated") <= 20 * reports.MOST


def test_the_admin_does_not_exist_for_customers(as_alice: Client, ashdown: Customer) -> None:
    assert as_alice.get(reverse("admin:index")).status_code == 404
    assert as_alice.get(reverse("admin:customers_customer_change", args=[ashdown.pk])).status_code == 404


def test_a_stranger_at_the_admin_is_sent_to_the_one_login(db: None) -> None:
    for address in ("/admin/", "/admin/login/"):
        assert Client().get(address).status_code == 302
    assert b'name="password"' not in Client().get("/admin/login/", follow=True).content


def test_the_admin_wears_our_skin_and_leads_back(as_sam: Client) -> None:
    page = as_sam.get("/admin/").content.decode()
    assert "macaw-admin.css" in page
    assert f'href="{reverse("home")}"' in page
    assert f'href="{reverse("desk")}"' in page
    assert "password" not in page


def test_there_is_no_password_to_change(as_sam: Client) -> None:
    assert as_sam.get("/admin/password_change/").status_code == 404
