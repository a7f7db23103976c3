"""Plain factories. Alice owns, Bob is in her team, Charlie must see nothing, Sam is staff."""

from datetime import timedelta
from itertools import count
from typing import Any

from customers.mailing.models import Notice
from customers.models import Contact, Customer, Membership, User
from domains.models import Domain
from macaw.kernel import clock

_number = count(1)


def user(name: str = "", **facts: Any) -> User:
    name = name or f"user-{next(_number)}"
    return User.objects.known_as(issuer="tests", subject=name, email=f"{name}@example.com", **facts)


def staff(name: str = "sam", **facts: Any) -> User:
    return user(name, is_staff=True, **{"is_superuser": True, **facts})


def customer(owner: User | None = None, role: str = Membership.Role.OWNER, **facts: Any) -> Customer:
    name = owner.username if owner else f"customer-{next(_number)}"
    made = Customer.objects.create(**{"username": name, "email": f"{name}@example.com", **facts})
    if owner:
        Membership.objects.create(user=owner, customer=made, role=role)
    return made


def contact(owner: Customer, **facts: Any) -> Contact:
    return Contact.objects.create(
        **{
            "customer": owner,
            "contact_type": Contact.Type.REGISTRANT,
            "first_name": "Ada",
            "last_name": "Byron",
            "email": "ada@example.com",
            "phone": "+44.2079460000",
            "address1": "1 Square",
            "city": "London",
            "state_province": "London",
            "postal_code": "SW1Y 4LE",
            "country_code": "GB",
            **facts,
        }
    )


def domain(owner: Customer, name: str = "", **facts: Any) -> Domain:
    name = name or f"name-{next(_number)}.com"
    return Domain.objects.create(
        **{
            "customer": owner,
            "domain_name": name,
            "tld": name.partition(".")[2],
            "status": Domain.Status.ACTIVE,
            "registration_date": clock.now() - timedelta(days=100),
            "expiration_date": clock.now() + timedelta(days=265),
            "dates_confirmed": True,
            **facts,
        }
    )


def notice(reader: User | None, **facts: Any) -> Notice:
    """A mail to this person, due at once; with `reader=None` to all of a `customer`."""
    return Notice.objects.create(
        **{
            "kind": Notice.Kind.WELCOME,
            "user": reader,
            "recipient": reader.email if reader else "all@example.com",
            "subject": f"Letter {next(_number)}",
            "body_text": "What it says.\n",
            "body_html": "<p>What it says.</p>",
            "decided_at": clock.now(),
            **facts,
        }
    )
