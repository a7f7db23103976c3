"""Logging out ends the session, here and in the admin, and only when it was meant."""

import pytest
from django.test import Client

from customers.models import Session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/logout/", "/admin/logout/"])
def test_logging_out_ends_the_session(as_sam: Client, path: str) -> None:
    answer = as_sam.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/demo/")
    assert not Session.objects.exists()
    assert as_sam.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/logout/", "/admin/logout/"])
def test_a_link_cannot_log_anybody_out(as_sam: Client, path: str) -> None:
    assert as_sam.get(path).status_code == 405
    assert as_sam.get("/").status_code == 200


def test_another_site_cannot_log_anybody_out(as_alice: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = as_alice.cookies
    assert client.post("/logout/").status_code == 403
    assert client.get("/").status_code == 200


def test_logging_out_twice_harms_nobody() -> None:
    assert Client().post("/logout/").status_code == 303
