"""The first thing a request meets: only our proxy may speak, and only as an honest one does."""

import hmac
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.login import headers, incidents
from macaw.kernel.errors import MacawError
from macaw.kernel.requests import client_address, current_id

UNIX = "unix"


class Untrusted(MacawError):
    code = "untrusted"
    status = 403
    title = _("This portal is reached through its own address alone")
    advice = _(
        "Use the address you were given. If you run this portal: the proxy is not in MACAW_AUTH_PEERS or does not send the secret."
    )


class Malformed(MacawError):
    code = "malformed_identity"
    status = 400
    title = _("Who you are did not arrive as it should")
    advice = _(
        "Sign out and in again. If you run this portal: the log says what was wrong with the headers of the proxy."
    )


class GateMiddleware:
    """Refuses strangers before a session is read; hands on who the proxy says it is as `request.identity`."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if settings.MACAW_AUTH_MODE != "header":
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.identity = None  # type: ignore[attr-defined]  # ours, for LoginMiddleware
        if request.path_info not in settings.MACHINE_PATHS:
            if fault := untrusted(request):
                request.META.pop("HTTP_X_FORWARDED_FOR", None)  # their own word, which no log line shall repeat
                return _refuse(request, Untrusted(), "login.untrusted", fault)
            try:
                request.identity = headers.read(request.META)  # type: ignore[attr-defined]  # as above
            except headers.Malformed as fault_found:
                return _refuse(request, Malformed(), "login.malformed", fault_found.reason)
        headers.forget(request.META)
        return self.get_response(request)


def untrusted(request: HttpRequest) -> str:
    """Why the other end of this connection is not our proxy; empty if it is."""
    if not _known_peer(peer(request)):
        return "peer"
    given = str(request.META.get(headers.names().secret, "")).encode("latin-1", "replace")
    matches = [hmac.compare_digest(given, secret.encode()) for secret in settings.MACAW_AUTH_SECRETS]
    return "" if any(matches) else "secret"


def peer(request: HttpRequest) -> str:
    """The other end of the connection, as the server saw it; a socket file has no address."""
    return str(request.META.get("REMOTE_ADDR") or UNIX)


def _known_peer(address: str) -> bool:
    if address == UNIX:
        return UNIX in settings.MACAW_AUTH_PEERS
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in known for known in settings.MACAW_AUTH_PEERS if known != UNIX)


def _refuse(request: HttpRequest, error: MacawError, event: str, reason: str) -> HttpResponse:
    """In plain text: no page of ours is for whoever this is."""
    incidents.refused(event, peer=peer(request), reason=reason, address=client_address(request))
    text = f"{error.title}.\n{error.next_step}\n{error.code} {current_id.get()}\n"
    return HttpResponse(
        text, status=error.status, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )
