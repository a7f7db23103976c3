"""The demo's way in: who may be picked, where it leads, and that it is nowhere but in a demo."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from customers.models import User
from macaw.demo import seed
from tests import make

pytestmark = pytest.mark.django_db
SHOWN = 3  # people, memberships, customers
TOKENLESS = 403


@pytest.fixture
def demo() -> None:
    seed.plant()


def be(client: Client, person: str, **fields: str) -> int:
    return client.post("/demo/", {"person": person, **fields}).status_code


def who(client: Client) -> str:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else ""


def test_all_people_of_the_demo_are_offered_with_what_they_are(
    demo: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(SHOWN):
        text = Client().get("/demo/").content.decode()
    for name in ("Alice Ashdown", "Bob Breton", "Charlie Crane", "Sam Stone"):
        assert name in text
    assert "Owner of" in text
    assert "Viewer of" in text
    assert "the desk and the admin" in text


@pytest.mark.parametrize(("person", "path"), [("alice", "/settings/"), ("sam", "/admin/"), ("sam", "/desk/")])
def test_a_pick_is_a_login(demo: None, person: str, path: str) -> None:
    client = Client()
    assert client.get(path).headers["Location"] == f"/demo/?next={path}"
    answer = client.post("/demo/", {"person": person, "next": path})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert client.get(path).status_code == 200
    assert User.objects.get(username=person).last_login is not None


def test_another_pick_takes_a_new_session(demo: None) -> None:
    client = Client()
    be(client, "alice")
    before = client.session.session_key
    client.session["basket"] = ["alices.com"]
    assert be(client, "charlie") == 303
    assert who(client) == "charlie"
    assert client.session.session_key != before
    assert "basket" not in client.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_login_leads_nowhere_else(demo: None, elsewhere: str) -> None:
    answer = Client().post("/demo/", {"person": "alice", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_only_the_demos_own_people_can_be_picked(demo: None) -> None:
    make.user("mallory")
    User.objects.filter(username="bob").update(is_active=False)
    for person in ("mallory", "bob", "nobody", ""):
        client = Client()
        assert be(client, person) == 422
        assert who(client) == ""


def test_without_demo_mode_there_is_no_such_page(demo: None, settings: Settings) -> None:
    settings.MACAW_DEMO = False
    client = Client()
    assert client.get("/demo/").status_code == 404
    assert be(client, "alice") == 404
    assert who(client) == ""


def test_a_pick_from_another_site_is_refused(demo: None) -> None:
    client = Client(enforce_csrf_checks=True)
    assert be(client, "alice") == TOKENLESS
    assert who(client) == ""


def test_picking_too_often_is_slowed_down(demo: None) -> None:
    client = Client()
    answers = [be(client, "alice") for _ in range(40)]
    assert answers[0] == 303
    assert answers[-1] == 429


def test_who_was_locked_out_is_out_at_once(demo: None) -> None:
    client = Client()
    be(client, "alice")
    assert client.get("/").status_code == 200
    User.objects.filter(username="alice").update(is_active=False)
    assert client.get("/").status_code == 302
