"""What could harm asks once more: for one act of one kind, in one session, and what was typed is not lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import DjangoAssertNumQueries

import macaw.urls
from customers.login import confirmation
from customers.login.confirmation import Kind
from customers.models import Confirmation, Customer, User
from macaw import shell

BELL = sum(door.view == shell.BELL for door in shell.DOORS)
TYPED = {"hosts": ["ns1.example.net", "ns2.example.net"], "note": "a <b>note</b> & more"}
done: list[dict[str, Any]] = []


def change(request: HttpRequest, kind: str) -> HttpResponse:
    confirmation.require(request, Kind(kind))
    done.append({"hosts": request.POST.getlist("hosts"), "note": request.POST.get("note")})
    return HttpResponse("done")


urlpatterns = [path("change/<slug:kind>/", change), path("", include(macaw.urls))]
handler400, handler403 = macaw.urls.handler400, macaw.urls.handler403
handler404, handler500 = macaw.urls.handler404, macaw.urls.handler500
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


def confirm(client: Client) -> str:
    assert client.post("/secure/confirm/").status_code == 303
    return client.get("/secure/confirm/").content.decode()


def test_an_act_waits_for_the_confirmation_and_then_goes_on_as_it_was_typed(as_alice: Client) -> None:
    answer = as_alice.post("/change/nameservers/?from=list", TYPED)
    assert (answer.status_code, answer["Location"]) == (303, "/secure/confirm/")
    page = as_alice.get("/secure/confirm/").content.decode()
    assert "change nameservers" in page
    assert "ns1.example.net" not in page, "nothing can be sent yet"
    page = confirm(as_alice)
    assert 'action="/change/nameservers/?from=list"' in page
    assert page.count('name="hosts"') == 2
    assert "a &lt;b&gt;note&lt;/b&gt; &amp; more" in page
    assert done == []
    assert as_alice.post("/change/nameservers/?from=list", TYPED).content == b"done"
    assert done == [TYPED]
    assert "Nothing waits" in as_alice.get("/secure/confirm/").content.decode()


def test_a_confirmation_is_good_once(as_alice: Client) -> None:
    as_alice.post("/change/unlock/", TYPED)
    confirm(as_alice)
    assert as_alice.post("/change/unlock/", TYPED).status_code == 200
    assert as_alice.post("/change/unlock/", TYPED).status_code == 303
    assert len(done) == 1


def test_a_confirmation_is_good_for_one_kind_of_act(as_alice: Client) -> None:
    as_alice.post("/change/unlock/", TYPED)
    confirm(as_alice)
    assert as_alice.post("/change/auth_code/", TYPED).status_code == 303
    assert done == []


def test_a_confirmation_is_good_in_its_own_session(as_alice: Client, alice: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)
    as_alice.post("/change/unlock/", TYPED)
    confirm(as_alice)
    assert elsewhere.post("/change/unlock/", TYPED).status_code == 303
    assert done == []


def test_a_confirmation_is_good_for_ten_minutes(as_alice: Client, clock: time_machine.Traveller) -> None:
    as_alice.post("/change/unlock/", TYPED)
    confirm(as_alice)
    clock.shift(timedelta(minutes=10))
    assert as_alice.post("/change/unlock/", TYPED).status_code == 303
    assert done == []


def test_what_waits_is_forgotten_after_ten_minutes(as_alice: Client, clock: time_machine.Traveller) -> None:
    as_alice.post("/change/unlock/", TYPED)
    clock.shift(timedelta(minutes=11))
    assert "Nothing waits" in as_alice.get("/secure/confirm/").content.decode()
    assert as_alice.post("/secure/confirm/").status_code == 422
    assert not Confirmation.objects.exists()


def test_leaving_takes_the_confirmation_along(as_alice: Client, alice: User) -> None:
    as_alice.post("/change/unlock/", TYPED)
    confirm(as_alice)
    as_alice.post("/logout/")
    assert not Confirmation.objects.exists()


def test_nobody_confirms_what_nobody_asked_for(as_alice: Client) -> None:
    assert as_alice.post("/secure/confirm/", {"kind": "unlock"}).status_code == 422
    assert not Confirmation.objects.exists()


def test_another_site_cannot_confirm(as_alice: Client) -> None:
    as_alice.post("/change/unlock/", TYPED)
    client = Client(enforce_csrf_checks=True)
    client.cookies = as_alice.cookies
    assert client.post("/secure/confirm/").status_code == 403
    assert not Confirmation.objects.exists()


def test_with_htmx_the_whole_page_goes_to_be_confirmed(as_alice: Client) -> None:
    answer = as_alice.post("/change/unlock/", TYPED, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/secure/confirm/")


def test_a_form_without_end_does_not_wait(as_alice: Client) -> None:
    assert as_alice.post("/change/unlock/", {"note": "x" * 30_000}).status_code == 422


@pytest.mark.parametrize("forms", [1, 30])
def test_the_page_asks_one_query_more_than_any(
    as_alice: Client, ashdown: Customer, forms: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    as_alice.post("/change/unlock/", {"hosts": ["ns.example.net"] * forms})
    with django_assert_num_queries(4 + BELL):
        as_alice.get("/secure/confirm/")


def test_without_the_guard_the_act_would_go_through_unasked(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirmation, "require", lambda request, kind: None)
    assert as_alice.post("/change/unlock/", TYPED).status_code == 200
    assert done == [TYPED]
