"""The names of the demo, as data, and how they become rows. Days count from the moment of seeding."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from customers.models import Contact, Customer
from domains.models import Domain, DomainContact, Nameserver, TldDatum
from macaw.kernel import clock

YEAR = 365
NAMESERVERS = ("ns1.demo-dns.example", "ns2.demo-dns.example")
Role = DomainContact.Role
Status = Domain.Status


@dataclass(frozen=True, slots=True)
class Name:
    name: str  # as people write it
    due: int  # days until it expires
    years: int  # for how long it is, or was, paid since its registration
    auto_renew: bool = True
    locked: bool = True
    privacy: bool = False
    status: str = Status.ACTIVE
    confirmed: bool = True
    contact: str = "studio"
    nameservers: tuple[str, ...] = NAMESERVERS
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def ascii(self) -> str:
        return self.name.encode("idna").decode()


ASHDOWN = (
    Name("ashdown.studio", 204, 6),
    Name("ashdownstudio.com", 29, 8),
    Name("ashdown-prints.com", 6, 3, auto_renew=False),
    Name("larchandlinen.com", 17, 2),
    Name("mossgatepottery.com", 43, 4),
    Name("saltmarshletters.blog", 61, 1, privacy=True),
    Name("tidewrack.press", 78, 2),
    Name("quarrylane.co.uk", 88, 5),
    Name("quarrylane.uk", 88, 5),
    Name("harrowbeam.design", 112, 3),
    Name("thimblefold.shop", 133, 2),
    Name("grünspecht-atelier.de", 149, 4),
    Name("lumenwick.eu", 171, 3),
    Name("lumenwick.io", 171, 3),
    Name("ilovel1lac.io", 190, 1, privacy=True),
    Name("copperfern.art", 221, 2),
    Name("fernhollow.org", 248, 7),
    Name(
        "ashdown.ca",
        263,
        3,
        contact="canada",
        facts={"registrant_type": "CCO", "cira_agreement": "2.0", "language": "en"},
    ),
    Name("ashdown.us", 279, 2, facts={"nexus_category": "C31", "application_purpose": "P1", "nexus_country": "GB"}),
    Name("paperlantern.dev", 302, 1, locked=False, nameservers=("ns1.paperlantern.dev", "ns2.paperlantern.dev")),
    Name("willowgauge.net", 338, 9),
    Name("nettlecombe.coffee", 700, 3, privacy=True),
    Name("brambleworks.com", -12, 2, auto_renew=False, status=Status.GRACE),
    Name("ashdown.gallery", 365, 1, status=Status.PENDING, confirmed=False),
)
CRANE = (
    Name("crane-and-sons.com", 96, 11, contact="crane"),
    Name("craneboats.co.uk", 24, 4, contact="crane"),
    Name("slipwaysupply.com", 310, 1, contact="crane", privacy=True),
)
GLUE = {"ns1.paperlantern.dev": "192.0.2.53", "ns2.paperlantern.dev": "192.0.2.54"}

CONTACTS = {
    "studio": {
        "contact_type": Contact.Type.REGISTRANT,
        "first_name": "Alice",
        "last_name": "Ashdown",
        "organization": "Ashdown Studio",
        "email": "alice@ashdown.example",
        "phone": "+44.1632960961",
        "address1": "4 Quarry Lane",
        "city": "Lewes",
        "state_province": "East Sussex",
        "postal_code": "BN7 1AA",
        "country_code": "GB",
    },
    "tech": {
        "contact_type": Contact.Type.TECH,
        "first_name": "Bob",
        "last_name": "Breton",
        "email": "bob@ashdown.example",
        "phone": "+44.1632960962",
        "address1": "4 Quarry Lane",
        "city": "Lewes",
        "state_province": "East Sussex",
        "postal_code": "BN7 1AA",
        "country_code": "GB",
    },
    "canada": {
        "contact_type": Contact.Type.REGISTRANT,
        "first_name": "Alice",
        "last_name": "Ashdown",
        "organization": "Ashdown Studio Canada Inc.",
        "email": "canada@ashdown.example",
        "phone": "+1.6135550142",
        "address1": "88 Larch Street",
        "address2": "Suite 3",
        "city": "Ottawa",
        "state_province": "ON",
        "postal_code": "K1R 6W8",
        "country_code": "CA",
    },
    "books": {
        "contact_type": Contact.Type.BILLING,
        "first_name": "Petra",
        "last_name": "Holtkamp",
        "email": "petra@holtkamp.example",
        "phone": "+49.30123456",
        "address1": "Torstraße 12",
        "city": "Berlin",
        "state_province": "Berlin",
        "postal_code": "10119",
        "country_code": "DE",
    },
    "crane": {
        "contact_type": Contact.Type.REGISTRANT,
        "first_name": "Charlie",
        "last_name": "Crane",
        "organization": "Crane & Sons",
        "email": "charlie@crane.example",
        "phone": "+44.1632960975",
        "address1": "Slipway 2",
        "city": "Falmouth",
        "state_province": "Cornwall",
        "postal_code": "TR11 3AA",
        "country_code": "GB",
    },
}


def contacts(owner: Customer, *keys: str) -> dict[str, Contact]:
    return {key: Contact.objects.create(customer=owner, **CONTACTS[key]) for key in keys}


def hold(owner: Customer, name: Name, people: dict[str, Contact]) -> Domain:
    """One holding, with its contacts, nameservers and what the registry wants to know."""
    expires = (clock.now() + timedelta(days=name.due)).replace(hour=10, minute=30, second=0, microsecond=0)
    begun = name.status != Status.PENDING
    domain = Domain(
        customer=owner,
        domain_name=name.ascii,
        tld=name.ascii.partition(".")[2],
        status=name.status,
        registration_date=expires - timedelta(days=name.years * YEAR),
        expiration_date=expires,
        dates_confirmed=name.confirmed,
        auto_renew=name.auto_renew,
        transfer_lock=name.locked,
        whois_privacy=name.privacy,
        registry_domain_id=f"D{secrets.randbelow(10**9):09d}-DEMO" if begun else None,
    )
    domain.auth_code = secrets.token_urlsafe(12) if begun else None
    domain.save(force_insert=True)
    owner_contact = people[name.contact]
    roles = dict.fromkeys((Role.REGISTRANT, Role.ADMIN, Role.BILLING), owner_contact)
    roles[Role.TECH] = people.get("tech", owner_contact)
    DomainContact.objects.bulk_create(
        DomainContact(domain=domain, contact=contact, contact_role=role) for role, contact in roles.items()
    )
    Nameserver.objects.bulk_create(
        Nameserver(domain=domain, hostname=host, ip_address=GLUE.get(host), priority=place)
        for place, host in enumerate(name.nameservers, 1)
    )
    TldDatum.objects.bulk_create(
        TldDatum(domain=domain, data_key=key, data_value=value) for key, value in name.facts.items()
    )
    return domain
