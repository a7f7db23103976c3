"""The login by headers, as an installation has it: one proxy, one secret, one portal."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from django.test import Client

from customers.login import incidents

PORTAL = "https://login.example.com"
SECRET = "0123456789abcdef0123456789abcdef"
OLD_SECRET = "fedcba9876543210fedcba9876543210"
PROXY = "192.0.2.7"

Visitor = Callable[..., Client]


@pytest.fixture
def header_mode(settings: Any) -> Iterator[Any]:
    settings.MACAW_AUTH_MODE = "header"
    settings.MACAW_DEMO = False
    settings.MACAW_BASE_URL = "https://names.example.com"
    settings.MACAW_AUTH_PORTAL_URL = PORTAL
    settings.MACAW_AUTH_PEERS = ("unix", ip_network("192.0.2.0/29"), ip_network("2001:db8::7"))
    settings.MACAW_AUTH_SECRETS = (SECRET, OLD_SECRET)
    settings.MACAW_AUTH_GROUPS = {"portal-admins": "admin", "portal-support": "support"}
    settings.LOGOUT_REDIRECT_URL = f"{PORTAL}/logout?rd=https://names.example.com/signed-out/"
    incidents.forget()
    yield settings
    incidents.forget()


def meta(user: str | None = None, **more: Any) -> dict[str, Any]:
    """What a server makes of an honest proxy's request; `more` changes keys of it, None takes one away."""
    found = {"REMOTE_ADDR": PROXY, "HTTP_REMOTE_SECRET": SECRET}
    if user is not None:
        found |= {"HTTP_REMOTE_USER": user, "HTTP_REMOTE_NAME": user.title(), "HTTP_REMOTE_EMAIL": f"{user}@x.example"}
    return {key: value for key, value in (found | more).items() if value is not None}


def wire(text: str) -> str:
    """The text as a server shows its UTF-8 bytes."""
    return text.encode().decode("latin-1")


def visitor(user: str | None = None, **more: Any) -> Client:
    """A browser whose requests all come through the proxy."""
    return Client(**meta(user, **more))
