"""For each CHECK, values that break it and nothing else. A CHECK without an entry fails the build.

A value is set on a row that is valid otherwise. Where only one database can hold the value at all, the entry names it.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Violation:
    values: dict[str, Any]
    only: str = ""  # the one database that can be asked
    refused_as: str = "check"


def v(only: str = "", refused_as: str = "check", **values: Any) -> Violation:
    return Violation(values, only, refused_as)


def amount(column: str, **with_it: Any) -> list[Violation]:
    """What DECIMAL(10,2) cannot hold. PostgreSQL's type rounds and refuses by itself; NaN alone gets past it."""
    broken: list[Any] = [0.001, 100_000_000, -100_000_000, "abc", 9e999]
    return [v(only="sqlite", **{column: value}, **with_it) for value in broken] + [
        v(only="postgresql", **{column: "NaN"})
    ]


def currencies(column: str = "currency") -> list[Violation]:
    return [v(**{column: value}) for value in ("usd", "US", "USDX", "U$D")]


NOBODY = [v(customer_id=None, user_id=None)]
LONG_LABEL = "a" * 64
BAD_NAMES = [
    "nodot",
    "UPPER.com",
    ".com",
    "a..com",
    "a.com.",
    "-a.com",
    "a-.com",
    "a b.com",
    "ünïcode.com",
    "a_b.com",
    f"{LONG_LABEL}.com",
    ".".join(["a" * 60] * 5),
]


def names(column: str) -> list[Violation]:
    return [v(**{column: name}) for name in BAD_NAMES]


VIOLATIONS: dict[str, list[Violation]] = {
    "audit_log_action": [v(action="TRUNCATE"), v(action="insert")],
    "billing_items_kind": [v(kind="gift")],
    "billing_items_product": [v(quantity=3, unit_price="0.10", total_price="0.31"), v(total_price="0.11")],
    "billing_items_quantity": [v(quantity=0, unit_price="1.00", total_price="0.00")],
    "billing_items_total_cents": [
        v(only="sqlite", unit_price="1.00", total_price=1.001),
        v(only="sqlite", unit_price=0, total_price="abc"),
        v(only="postgresql", refused_as="type", total_price="NaN"),
    ],
    "billing_items_type": [v(item_type="gift")],
    "billing_items_unit_cents": [
        v(only="sqlite", unit_price=0.001, total_price=0),
        v(only="sqlite", unit_price="abc", total_price=0),
        v(only="postgresql", refused_as="type", unit_price="NaN"),
    ],
    "confirmations_kind": [v(kind="anything")],
    "contacts_country": [v(country_code="gb"), v(country_code="GBR"), v(country_code="G1")],
    "contacts_type": [v(contact_type="owner")],
    "customers_balance_cents": amount("account_balance"),
    "customers_credit_cents": [*amount("credit_limit"), v(credit_limit=-1)],
    "customers_currency": currencies(),
    "customers_held_cents": [*amount("held_amount"), v(held_amount="-0.01")],
    "customers_status": [v(status="dormant")],
    "customers_username_given": [v(username="")],
    "domain_contacts_role": [v(contact_role="owner")],
    "domains_auth_code_sealed": [v(auth_code="plain text"), v(auth_code="V1.k1.x.y")],
    "domains_dates": [v(expiration_date="2026-01-01 00:00:00+00:00")],
    "domains_ended_reason": [
        v(ended_reason="left"),
        v(status="transferred_away", ended_reason="lapsed"),
        v(status="cancelled", ended_reason="moved"),
        v(status="cancelled", ended_reason="bored"),
    ],
    "domains_name_form": [v(domain_name=name, tld=name.partition(".")[2] or name) for name in BAD_NAMES],
    "domains_status": [v(status="lost")],
    "domains_tld": [v(tld="net"), v(tld=""), v(domain_name="shop.co.uk", tld="uk")],
    "duty_given_up_rests": [v(failed_at="2026-01-02 03:04:05+00:00")],
    "glue_addresses_form": [v(ip_address=""), v(ip_address="2001:DB8::1"), v(ip_address="ns1.example.net")],
    "invitations_addressed": [v(email="")],
    "invitations_one_end": [v(accepted_at="2026-01-02 03:04:05+00:00", revoked_at="2026-01-02 03:04:05+00:00")],
    "invitations_role": [v(role="guest")],
    "invoice_taxes_net_cents": amount("net_amount"),
    "invoice_taxes_rate": [v(rate="-1"), v(rate="100.001")],
    "invoices_currency": currencies(),
    "invoices_number_at_issue": [v(status="issued", invoice_number="draft-1")],
    "invoices_paid_cents": amount("paid_amount"),
    "invoices_status": [v(status="lost")],
    "invoices_total_cents": amount("total_amount"),
    "job_duties_every": [v(every=0)],
    "job_given_up_rests": [v(failed_at="2026-01-02 03:04:05+00:00")],
    "jobs_failed_is_given_up": [v(state="failed", due_at=None)],
    "jobs_kind_given": [v(kind="")],
    "jobs_queued_is_due": [v(due_at=None)],
    "jobs_state": [v(state="asleep", due_at=None)],
    "jobs_wanted": [v(wanted="more")],
    "memberships_role": [v(role="guest")],
    "nameservers_address_form": [v(ip_address=""), v(ip_address="2001:DB8::1")],
    "nameservers_hostname": names("hostname"),
    "notice_given_up_rests": [v(failed_at="2026-01-02 03:04:05+00:00")],
    "notices_addressed": [v(recipient=""), v(subject="")],
    "notices_for_somebody": NOBODY,
    "notices_kind": [v(kind="gossip")],
    "notices_one_line": [v(subject="Hello\nBcc: x@example.com"), v(recipient="a@example.com\r")],
    "notices_sent_is_done": [v(sent_at="2026-01-02 03:04:05+00:00")],
    "payments_amount_cents": [*amount("amount"), v(amount=0)],
    "payments_method": [v(payment_method="barter")],
    "payments_status": [v(status="lost")],
    "users_theme": [v(theme="pink")],
    "visits_reason_given": [v(reason="")],
}

# For each unique rule with a condition, what takes the second row out of it.
OUTSIDE: dict[str, dict[str, Any]] = {
    "idx_domains_name": {"status": "cancelled"},
    "invitations_one_open": {"revoked_at": "2026-01-02 03:04:05+00:00"},
}
