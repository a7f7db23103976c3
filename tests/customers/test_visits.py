"""View as a customer: staff look, for half an hour, with a reason, and change nothing."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from customers.login.acting import VISIT
from customers.login.roles import StaffRole
from customers.mailing.models import Notice
from customers.models import Customer, Membership, User, Visit
from customers.services import invitations, members, visits
from macaw.kernel import clock as time
from macaw.kernel.errors import NotAllowed
from tests import make
from tests.browser.addresses import ADDRESSES
from tests.customers.test_desk import as_role

pytestmark = pytest.mark.django_db
Clock = time_machine.Traveller
BAR = "Nothing can be changed."


def begin(client: Client, customer: Customer, reason: str = "ticket 12") -> Any:
    return client.post(f"/desk/customers/{customer.pk}/visit/", {"reason": reason})


def text(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Customer, Membership, User, Notice)]


def test_staff_see_what_the_customer_sees(as_sam: Client, ashdown: Customer, bob: User) -> None:
    make.domain(ashdown, "ashdown.studio")
    answer = begin(as_sam, ashdown)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    page = text(as_sam)
    assert BAR in page
    assert "One name held." in page
    assert "Bob Breton" in text(as_sam, "/settings/customer/")


def test_it_is_recorded_with_its_reason(as_sam: Client, sam: User, ashdown: Customer, clock: Clock) -> None:
    begin(as_sam, ashdown)
    visit = Visit.objects.get()
    assert (visit.staff, visit.customer, visit.reason) == (sam, ashdown, "ticket 12")
    assert visit.ends_at - visit.created_at == timedelta(minutes=30)
    clock.shift(timedelta(minutes=5))
    assert as_sam.post("/desk/visit/end/").status_code == 303
    visit.refresh_from_db()
    assert visit.ended_at == visit.created_at + timedelta(minutes=5)
    assert BAR not in text(as_sam)
    assert as_sam.get("/settings/customer/").status_code == 404


def test_begin_and_end_are_logged(as_sam: Client, ashdown: Customer, caplog: pytest.LogCaptureFixture) -> None:
    begin(as_sam, ashdown)
    as_sam.post("/desk/visit/end/")
    assert "visit.began" in caplog.text
    assert "visit.ended" in caplog.text


@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_nothing_begins(as_sam: Client, ashdown: Customer, reason: str) -> None:
    answer = begin(as_sam, ashdown, reason)
    assert answer.status_code == 422
    assert "The view did not begin." in answer.content.decode()
    assert not Visit.objects.exists()
    assert VISIT not in as_sam.session


def test_it_ends_by_itself(as_sam: Client, ashdown: Customer, clock: Clock) -> None:
    begin(as_sam, ashdown)
    clock.shift(timedelta(minutes=29, seconds=59))
    assert BAR in text(as_sam)
    clock.shift(timedelta(seconds=1))
    assert BAR not in text(as_sam)
    assert as_sam.get("/settings/customer/").status_code == 404
    assert VISIT not in as_sam.session


def unsafe_pages() -> list[str]:
    """Every page of the portal that is no staff page and asks for a login."""
    public = {"help", "signed_out", "demo", "invitation", "healthz", "readyz", "metrics", "csp_report", "log_out"}
    return [each.view for each in ADDRESSES if each.view not in public and not each.view.startswith("desk")]


@pytest.mark.parametrize("view", unsafe_pages())
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_on_any_page_of_the_portal(
    as_sam: Client, ashdown: Customer, view: str, method: str
) -> None:
    pattern = next(each for each in patterns() if each.name == view)
    kinds: dict[str, Any] = {"int": 1, "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "str": "x", "slug": "x"}
    kwargs = {
        name: kinds[type(kind).__name__.removesuffix("Converter").lower().replace("string", "str")]
        for name, kind in pattern.pattern.converters.items()
    }
    begin(as_sam, ashdown)
    before = everything()
    answer = getattr(as_sam, method)(reverse(view, kwargs=kwargs), {"customer": ashdown.pk, "theme": "dark"})
    assert answer.status_code == 403
    assert "only_looking" in answer.content.decode()
    assert everything() == before


def patterns() -> list[URLPattern]:
    def walk(resolver: Any) -> Any:
        for each in resolver.url_patterns:
            if isinstance(each, URLPattern):
                yield each
            elif each.namespace != "admin":
                yield from walk(each)

    return list(walk(get_resolver()))


def test_htmx_is_told_in_place(as_sam: Client, ashdown: Customer) -> None:
    begin(as_sam, ashdown)
    answer = as_sam.post("/settings/", {"theme": "dark"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#page-note")
    assert "You are only looking" in answer.content.decode()


def test_the_desk_and_the_admin_stay_theirs(as_sam: Client, ashdown: Customer) -> None:
    begin(as_sam, ashdown)
    desk = as_sam.get("/desk/")
    assert desk.context["shell"].customer is None
    assert BAR in desk.content.decode()
    assert as_sam.post("/desk/jobs/", {"kind": "rekey"}).status_code == 303
    assert as_sam.get("/admin/customers/customer/").status_code == 200
    assert as_sam.post("/admin/customers/customer/add/", {}).status_code == 200  # asked again, not refused


def test_a_visitor_does_not_slip_past_the_page_into_a_service(
    as_sam: Client, sam: User, ashdown: Customer, bob: User
) -> None:
    """The page refuses first; behind it, the membership of a visit is none."""
    pretended = Membership(user=sam, customer=ashdown, role="owner")
    theirs = ashdown.memberships.get(user=bob)
    with pytest.raises(NotAllowed):
        members.end(actor=sam.actor, by=pretended, member=theirs.pk)
    with pytest.raises(NotAllowed):
        invitations.invite(actor=sam.actor, by=pretended, email="sam@example.com", role="owner")


def test_staff_without_a_role_see_nothing(ashdown: Customer) -> None:
    nobody = make.staff("norole", is_superuser=False)
    client = Client()
    client.force_login(nobody)
    assert client.get(f"/desk/customers/{ashdown.pk}/visit/").status_code == 403
    assert begin(client, ashdown).status_code == 403
    assert "View as" not in text(client, "/desk/customers/").partition("<main")[2]
    assert not Visit.objects.exists()


@pytest.mark.parametrize("role", StaffRole.values)
def test_every_staff_role_may_look(role: str, ashdown: Customer) -> None:
    client = as_role(role)
    assert begin(client, ashdown).status_code == 303
    assert BAR in text(client)


def test_customers_visit_nobody(as_alice: Client, charlie: User) -> None:
    crane = Customer.objects.get(company_name="Crane and Sons")
    assert begin(as_alice, crane).status_code == 403
    assert as_alice.post("/desk/visit/end/").status_code == 403
    assert not Visit.objects.exists()


@pytest.mark.parametrize("loss", [{"is_staff": False}, {"is_superuser": False}])
def test_who_loses_the_role_loses_the_view(as_sam: Client, sam: User, ashdown: Customer, loss: dict[str, bool]) -> None:
    begin(as_sam, ashdown)
    assert "Ashdown Studio" in text(as_sam)
    User.objects.filter(pk=sam.pk).update(**loss)
    assert "Ashdown Studio" not in text(as_sam)


def test_a_visit_of_another_opens_nothing(as_sam: Client, sam: User, ashdown: Customer) -> None:
    other = make.staff("tess")
    theirs = visits.begin(staff=other, customer=ashdown.pk, reason="theirs")
    session = as_sam.session
    session[VISIT] = theirs.pk
    session.save()
    assert BAR not in text(as_sam)


def test_one_visits_one_customer_at_a_time(as_sam: Client, ashdown: Customer, charlie: User) -> None:
    begin(as_sam, ashdown)
    crane = Customer.objects.get(company_name="Crane and Sons")
    begin(as_sam, crane)
    assert [visit.customer for visit in Visit.objects.under_way()] == [crane]
    assert "Crane and Sons" in text(as_sam)


def test_a_closed_customer_sees_nothing_and_is_not_visited(as_sam: Client, ashdown: Customer) -> None:
    Customer.objects.filter(pk=ashdown.pk).update(status="closed")
    assert begin(as_sam, ashdown).status_code == 422
    assert begin(as_sam, Customer(pk=0)).status_code == 404


def test_notices_are_the_customers_and_stay_unread(as_sam: Client, sam: User, alice: User, ashdown: Customer) -> None:
    facts = {"kind": "test", "recipient": "a@example.com", "body_text": "b", "body_html": "b"}
    shared = Notice.objects.create(customer=ashdown, subject="For all of Ashdown", decided_at=time.now(), **facts)
    Notice.objects.create(customer=ashdown, user=alice, subject="For Alice alone", decided_at=time.now(), **facts)
    Notice.objects.create(user=sam, subject="For Sam", decided_at=time.now(), **facts)
    begin(as_sam, ashdown)
    page = text(as_sam, "/notices/")
    assert "For all of Ashdown" in page
    assert "For Alice alone" not in page
    assert "For Sam" not in page
    text(as_sam, f"/notices/{shared.uuid}/")
    shared.refresh_from_db()
    assert shared.read_at is None
