"""The product's addresses, and `/provoke/<code>/`, which fails in each way we promise to explain, on a page with a login or without."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from macaw.errors import Forged, SignedOut
from macaw.kernel.errors import Invalid, MacawError, Missing, NotAllowed, Stale, TooMany, Unavailable
from macaw.urls import handler400, handler403, handler404, handler500
from macaw.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

FAULTS: dict[str, MacawError] = {
    "forged": Forged(),
    "invalid": Invalid(),
    "missing": Missing(),
    "not_allowed": NotAllowed(),
    "signed_out": SignedOut(),
    "stale": Stale(),
    "too_many": TooMany(retry_after=90),
    "unavailable": Unavailable(retry_after=30),
}


def provoke(request: HttpRequest, code: str) -> HttpResponse:
    if code in FAULTS:
        raise FAULTS[code]
    raise RuntimeError("provoked by a test")


@login_not_required
def provoke_in_public(request: HttpRequest, code: str) -> HttpResponse:
    return provoke(request, code)


urlpatterns = [
    *product,
    path("provoke/<slug:code>/", provoke),
    path("provoke/public/<slug:code>/", provoke_in_public),
]
