"""Spends tokens, exactly, however many processes do so at once.

A bucket is one number, the moment at which it is full again (GCRA). Taking a token moves that moment one interval on,
unless this would put it further away than the bucket is deep: one conditional UPSERT, which the database does atomically.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection, transaction
from django.http import HttpRequest
from django.utils.translation import ngettext

from macaw.kernel import clock
from macaw.kernel.errors import TooMany
from macaw.kernel.limits.policies import POLICIES, Policy
from macaw.kernel.requests import client_address

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000  # microseconds
MINUTE = 60  # seconds
ONE_SUBSCRIBER = 64  # bits of an IPv6 address that tell one network from another

TAKE = """
    INSERT INTO limit_buckets (key, full_at) VALUES (%(key)s, %(now)s + %(interval)s)
    ON CONFLICT (key) DO UPDATE SET full_at = {later}(limit_buckets.full_at, %(now)s) + %(interval)s
    WHERE {later}(limit_buckets.full_at, %(now)s) + %(interval)s <= %(now)s + %(depth)s
    RETURNING full_at
"""
LATER = {"sqlite": "MAX", "postgresql": "GREATEST"}


class Priority(StrEnum):
    RENEWAL = "renewal"  # may use all: a name is lost if it comes late
    CUSTOMER = "customer"  # stops at the reserve


def spend(
    name: str,
    request: HttpRequest | None = None,
    *,
    user: int | None = None,
    address: str = "",
    priority: Priority = Priority.CUSTOMER,
) -> None:
    """Take one token from each bucket of this limit, or none at all and raise TooMany."""
    policy = POLICIES[name]
    if request is not None:
        user, address = request.user.pk, client_address(request)
    with transaction.atomic(durable=True):  # a token that a rollback gives back would be no limit
        wait = max(_take(*bucket) for bucket in _buckets(name, policy, user, address, priority))
        if wait:
            raise TooMany(policy.sentence, advice=_advice(wait), retry_after=wait)


def prune() -> int:
    """Forget the buckets that are full again; they are as good as absent."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM limit_buckets WHERE full_at <= %s", [_now()])
        return int(cursor.rowcount)


def _buckets(
    name: str, policy: Policy, user: int | None, address: str, priority: Priority
) -> list[tuple[str, int, int]]:
    """Key, interval and usable depth in microseconds; always in this order, so that two spenders cannot deadlock."""
    found = []
    if policy.user and user is not None:
        found.append((f"{name}:user:{user}", policy.user, policy.user.count))
    if policy.address and address:
        found.append((f"{name}:address:{_network(address)}", policy.address, policy.address.count))
    if policy.everyone:
        kept = 0 if priority is Priority.RENEWAL else policy.reserve
        found.append((f"{name}:everyone", policy.everyone, policy.everyone.count - kept))
    if not found:
        raise ValueError(f"The limit {name} needs to know who asks.")
    return [(key, rate.interval, tokens * rate.interval) for key, rate, tokens in found]


def _take(key: str, interval: int, depth: int) -> int:
    """0 if a token was taken, else the whole seconds until one is there."""
    now = _now()
    with connection.cursor() as cursor:
        facts: dict[str, str | int] = {"key": key, "now": now, "interval": interval, "depth": depth}
        cursor.execute(TAKE.format(later=LATER[connection.vendor]), facts)
        if cursor.fetchone():
            return 0
        cursor.execute("SELECT full_at FROM limit_buckets WHERE key = %s", [key])
        full_at = int(cursor.fetchone()[0])
    missing = full_at + interval - now - depth
    return max(1, -(-missing // SECOND))  # rounded up: who waits that long must not be refused again


def _now() -> int:
    return (clock.now() - EPOCH) // MICROSECOND


def _network(address: str) -> str:
    """One subscriber: an IPv4 address, or the /64 of an IPv6 address, which is theirs to vary."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # "unix": the peer of a socket file
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, ONE_SUBSCRIBER), strict=False))


def _advice(wait: int) -> str:
    if wait <= 2 * MINUTE:
        return ngettext(
            "Nothing was changed. Wait %(count)d second, then go on.",
            "Nothing was changed. Wait %(count)d seconds, then go on.",
            wait,
        ) % {"count": wait}
    minutes = -(-wait // MINUTE)
    return ngettext(
        "Nothing was changed. Wait %(count)d minute, then go on.",
        "Nothing was changed. Wait %(count)d minutes, then go on.",
        minutes,
    ) % {"count": minutes}
