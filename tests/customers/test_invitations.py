"""Invitations: sent by owners alone, good once and for seven days, and a token stands nowhere but in the mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.mailing import outbox
from customers.mailing.masks import MASK, secret_of
from customers.mailing.models import Notice
from customers.models import Customer, Invitation, Membership, User
from customers.services import invitations, members
from macaw.kernel.errors import Invalid
from tests import make

pytestmark = pytest.mark.django_db
Clock = time_machine.Traveller
PAGE = "/settings/customer/"
INVITE = "/settings/customer/invite/"
DORA = "dora@example.com"


@pytest.fixture
def dora(db: None) -> User:
    """Somebody who logs in and acts for nobody yet."""
    return make.user("dora", full_name="Dora Dahl")


@pytest.fixture
def as_dora(dora: User) -> Client:
    client = Client()
    client.force_login(dora)
    return client


def owner_of(customer: Customer) -> Membership:
    return customer.memberships.filter(role="owner").earliest("pk")


def invite(customer: Customer, email: str = DORA, role: str = "manager") -> str:
    """Send one; the token of its mail."""
    by = owner_of(customer)
    invitations.invite(actor=by.user.actor, by=by, email=email, role=role)
    return newest_token()


def newest_notice() -> Notice:
    return Notice.objects.filter(kind="invitation").latest("pk")


def newest_token() -> str:
    """As it stands in the mail that leaves."""
    mail = outbox.message(newest_notice())
    [found] = re.findall(r"/invitations/([\w-]+)/", str(mail.body))
    return str(found)


def post(client: Client, token: str) -> Any:
    return client.post(f"/settings/invitations/{token}/")


def roles(customer: Customer) -> dict[str, str]:
    return dict(customer.memberships.values_list("user__username", "role"))


def test_an_owner_invites_and_the_mail_is_decided(as_alice: Client, ashdown: Customer) -> None:
    answer = as_alice.post(INVITE, {"customer": ashdown.pk, "email": "Dora@Example.com", "role": "billing"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.customer) == (DORA, "billing", ashdown)
    assert invitation.expires_at - invitation.sent_at == timedelta(days=7)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject) == (DORA, "Alice Ashdown invites you to act for Ashdown Studio")
    assert "Billing" in notice.body_text
    assert DORA in as_alice.get(PAGE).content.decode()


def test_the_token_is_in_the_mail_and_nowhere_else(ashdown: Customer) -> None:
    token = invite(ashdown)
    mail = outbox.message(newest_notice())
    html = str(mail.alternatives[0][0])
    assert len(token) == 43
    assert f"/invitations/{token}/" in html
    assert MASK not in f"{mail.body}{html}"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert token not in str(cursor.fetchall()), table
    assert f"/invitations/{MASK}/" in newest_notice().body_text


def test_two_mails_never_carry_the_same_token(ashdown: Customer) -> None:
    assert invite(ashdown) != invite(ashdown, "eve@example.com")
    assert secret_of("a") == secret_of("a") != secret_of("b")


def test_the_page_shows_who_invites_to_what_and_changes_nothing(ashdown: Customer) -> None:
    token = invite(ashdown)
    before = list(Invitation.objects.values())
    answer = Client().get(f"/invitations/{token}/")
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Alice Ashdown", "Ashdown Studio", "Manager", DORA):
        assert words in page
    assert "no-store" in answer["Cache-Control"]
    assert list(Invitation.objects.values()) == before
    assert Client().post(f"/invitations/{token}/").status_code == 405


def test_the_page_knows_nobody(as_charlie: Client, ashdown: Customer) -> None:
    assert "Charlie" not in as_charlie.get(f"/invitations/{invite(ashdown)}/").content.decode()


def test_it_is_accepted_by_a_post_of_who_is_signed_in(as_dora: Client, ashdown: Customer) -> None:
    token = invite(ashdown)
    assert Client().post(f"/settings/invitations/{token}/").status_code == 302
    assert "Dora Dahl" in as_dora.get(f"/settings/invitations/{token}/").content.decode()
    assert roles(ashdown) == {"alice": "owner"}  # so far
    answer = post(as_dora, token)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert roles(ashdown) == {"alice": "owner", "dora": "manager"}
    assert "You now act for Ashdown Studio." in as_dora.get(PAGE).content.decode()
    assert not Invitation.objects.open().exists()


def test_who_accepts_acts_for_the_new_customer_at_once(as_charlie: Client, ashdown: Customer) -> None:
    post(as_charlie, invite(ashdown, "charlie@example.com"))
    assert as_charlie.get("/").context["shell"].customer == ashdown


def test_it_needs_the_token_of_a_form(dora: User, ashdown: Customer) -> None:
    strict: Any = Client(enforce_csrf_checks=True)
    strict.force_login(dora)
    assert post(strict, invite(ashdown)).status_code == 403
    assert "dora" not in roles(ashdown)


def spoil(how: str, customer: Customer, clock: Clock) -> str:
    """A token that opens nothing, for each reason there is."""
    token = invite(customer)
    by, found = owner_of(customer), Invitation.objects.get()
    if how == "guessed":
        return "A" * 43
    if how == "cut off":
        return token[:-1]
    if how == "expired":
        clock.shift(timedelta(days=7))
    elif how == "withdrawn":
        invitations.revoke(actor=by.user.actor, by=by, invitation=found.pk)
    elif how == "sent again":
        invitations.again(actor=by.user.actor, by=by, invitation=found.pk)
    elif how == "used":
        other = make.user("eve")
        invitations.accept(actor=other.actor, user=other, token=token)
    elif how == "closed":
        Customer.objects.filter(pk=customer.pk).update(status="closed")
    return token


@pytest.mark.parametrize("how", ["guessed", "cut off", "expired", "withdrawn", "sent again", "used", "closed"])
def test_a_token_that_opens_nothing_has_one_page(dora: User, ashdown: Customer, clock: Clock, how: str) -> None:
    token = spoil(how, ashdown, clock)
    as_dora = Client()
    as_dora.force_login(dora)
    before = roles(ashdown)
    for answer in (
        Client().get(f"/invitations/{token}/"),
        as_dora.get(f"/settings/invitations/{token}/"),
        post(as_dora, token),
    ):
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "This invitation cannot be used" in page
        assert "no_invitation" in page
        assert "Ashdown" not in page
    assert roles(ashdown) == before


def test_it_is_good_until_the_last_moment(as_dora: Client, ashdown: Customer, clock: Clock) -> None:
    token = invite(ashdown)
    clock.shift(timedelta(days=7) - timedelta(seconds=1))
    as_dora.get("/")  # the session began a week ago
    dora = User.objects.get(username="dora")
    invitations.accept(actor=dora.actor, user=dora, token=token)
    assert "dora" in roles(ashdown)


def test_a_second_tab_finds_it_done(as_dora: Client, ashdown: Customer) -> None:
    token = invite(ashdown)
    assert [post(as_dora, token).status_code, post(as_dora, token).status_code] == [303, 303]
    assert roles(ashdown)["dora"] == "manager"


def test_a_second_person_finds_it_used(as_dora: Client, as_charlie: Client, ashdown: Customer) -> None:
    token = invite(ashdown)
    assert [post(as_dora, token).status_code, post(as_charlie, token).status_code] == [303, 404]
    assert "charlie" not in roles(ashdown)


def test_who_was_removed_does_not_come_back_by_the_old_mail(as_dora: Client, ashdown: Customer) -> None:
    token = invite(ashdown)
    post(as_dora, token)
    ashdown.memberships.filter(user__username="dora").delete()
    assert post(as_dora, token).status_code == 404
    assert roles(ashdown) == {"alice": "owner"}


def test_a_member_keeps_their_role_and_the_invitation_stays(
    as_alice: Client, as_dora: Client, ashdown: Customer
) -> None:
    """An owner who tries the link out must neither burn it nor lose what they are."""
    token = invite(ashdown, role="viewer")
    page = as_alice.get(f"/settings/invitations/{token}/").content.decode()
    assert "You act for this customer already" in page
    assert f'action="/settings/invitations/{token}/"' not in page
    assert post(as_alice, token).status_code == 422
    assert roles(ashdown) == {"alice": "owner"}
    assert post(as_dora, token).status_code == 303  # the control


def test_an_address_of_a_member_is_not_invited(as_alice: Client, bob: User, ashdown: Customer) -> None:
    answer = as_alice.post(INVITE, {"customer": ashdown.pk, "email": "BOB@example.com", "role": "owner"})
    assert answer.status_code == 422
    assert "A member of Ashdown Studio has this address already" in answer.content.decode()
    assert 'value="BOB@example.com"' in answer.content.decode()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "sent", [{"email": "x"}, {"role": "root"}, {"email": ""}, {"email": "a@b.example\nBcc: c@d.example"}]
)
def test_what_is_no_invitation_comes_back(as_alice: Client, ashdown: Customer, sent: dict[str, str]) -> None:
    answer = as_alice.post(INVITE, {"customer": ashdown.pk, "email": DORA, "role": "viewer", **sent})
    assert answer.status_code == 422
    assert "No invitation was sent." in answer.content.decode()
    assert not Invitation.objects.exists()


def test_inviting_the_same_address_again_renews_the_one(ashdown: Customer) -> None:
    old = invite(ashdown, role="owner")
    new = invite(ashdown, role="viewer")
    found = Invitation.objects.get()
    assert found.role == "viewer"
    assert found.token_hash == invitations.hashed(new) != invitations.hashed(old)


def test_it_is_sent_again_and_withdrawn_from_the_page(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    invite(ashdown)
    where = f"{PAGE}invitations/{Invitation.objects.get().pk}/"
    clock.shift(timedelta(days=8))
    as_alice.force_login(User.objects.get(username="alice"))
    assert "expired yesterday" in as_alice.get(PAGE).content.decode()
    assert as_alice.post(f"{where}again/", {"customer": ashdown.pk}).status_code == 303
    assert not Invitation.objects.get().expired
    assert Notice.objects.count() == 2
    assert as_alice.post(f"{where}revoke/", {"customer": ashdown.pk}).status_code == 303
    assert "Nobody is invited now" in as_alice.get(PAGE).content.decode()
    assert as_alice.post(f"{where}again/", {"customer": ashdown.pk}).status_code == 404


@pytest.mark.parametrize("role", ["manager", "billing", "viewer"])
def test_only_an_owner_invites(bob: User, ashdown: Customer, role: str) -> None:
    invite(ashdown)
    Membership.objects.filter(user=bob).update(role=role)
    client, before = Client(), list(Invitation.objects.values())
    client.force_login(bob)
    key = Invitation.objects.get().pk
    assert client.get(INVITE).status_code == 403
    for where in (INVITE, f"{PAGE}invitations/{key}/again/", f"{PAGE}invitations/{key}/revoke/"):
        answer = client.post(where, {"customer": ashdown.pk, "email": "x@example.com", "role": "owner"})
        assert answer.status_code == 403
    assert list(Invitation.objects.values()) == before
    page = client.get(PAGE).content.decode()
    assert DORA in page
    assert "Withdraw" not in page
    assert "Invite somebody" not in page


def test_anothers_invitation_does_not_exist(as_alice: Client, charlie: User, ashdown: Customer) -> None:
    invite(Customer.objects.get(company_name="Crane and Sons"))
    where = f"{PAGE}invitations/{Invitation.objects.get().pk}/"
    for act in ("again", "revoke"):
        assert as_alice.post(f"{where}{act}/", {"customer": ashdown.pk}).status_code == 404
    assert Invitation.objects.open().count() == 1
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("how", ["removed", "demoted", "stays"])
def test_what_an_owner_sent_ends_with_their_right(
    as_dora: Client, alice: User, bob: User, ashdown: Customer, how: str
) -> None:
    ashdown.memberships.filter(user=bob).update(role="owner")
    token = invite(ashdown)
    other, first = ashdown.memberships.get(user=bob), ashdown.memberships.get(user=alice)
    if how == "removed":
        members.end(actor=bob.actor, by=other, member=first.pk)
    elif how == "demoted":
        members.change_role(actor=bob.actor, by=other, member=first.pk, role="manager")
    assert post(as_dora, token).status_code == (303 if how == "stays" else 404)


def test_an_invitation_is_in_nobodys_inbox(as_alice: Client, as_dora: Client, ashdown: Customer) -> None:
    invite(ashdown)
    assert "invites you" not in as_alice.get("/notices/").content.decode()
    post(as_dora, newest_token())
    assert "invites you" not in as_dora.get("/notices/").content.decode()
    assert as_alice.get(f"/notices/{newest_notice().uuid}/").status_code == 404


def test_guessing_is_slow(db: None) -> None:
    client = Client()
    answers = [client.get(f"/invitations/{nth}/").status_code for nth in range(25)]
    assert answers == [404] * 20 + [429] * 5


def test_inviting_is_limited(as_alice: Client, ashdown: Customer, clock: Clock) -> None:
    sent = [
        as_alice.post(INVITE, {"customer": ashdown.pk, "email": f"p{nth}@example.com", "role": "viewer"}).status_code
        for nth in range(22)
    ]
    assert sent == [303] * 20 + [429] * 2
    assert Invitation.objects.count() == 20


def test_a_token_stands_in_no_log(as_dora: Client, ashdown: Customer, caplog: pytest.LogCaptureFixture) -> None:
    token = invite(ashdown)
    Client().get(f"/invitations/{token}/")
    as_dora.get(f"/settings/invitations/{token}/")
    post(as_dora, token)
    assert "/invitations/" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_of_the_customer_asks_as_much_for_thirty(
    as_alice: Client, ashdown: Customer, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for nth in range(number):
        invite(ashdown, f"p{nth}@example.com")
    with django_assert_num_queries(6):  # session, user, memberships, unread; team, invitations
        assert as_alice.get(PAGE).content.decode().count('id="i-') == number


def test_a_refused_invitation_sends_nothing(ashdown: Customer, alice: User, bob: User) -> None:
    by = ashdown.memberships.get(user=alice)
    with pytest.raises(Invalid):
        invitations.invite(actor=alice.actor, by=by, email="bob@example.com", role="viewer")
    assert not Invitation.objects.exists()
    assert not Notice.objects.exists()
