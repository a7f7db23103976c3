"""Views that do what ours must never do by accident, to see that even then nothing shows."""

import sys

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.debug import ExceptionReporter
from django.views.decorators.csrf import csrf_exempt

from domains.models import Domain

log = structlog.get_logger("tests.canary")


@csrf_exempt
@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    password, auth_code = request.POST["password"], request.POST["auth_code"]
    raise RuntimeError(f"failed with {len(password + auth_code)} characters in hand")


@login_not_required
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never: it asks for a token")


@csrf_exempt
@login_not_required
def report(request: HttpRequest) -> HttpResponse:
    """Django's own error report, as DEBUG or a mail to administrators would show it."""
    password, auth_code = request.POST["password"], request.POST["auth_code"]
    reporter = None
    try:
        int(f"{len(password + auth_code)} characters in hand")
    except ValueError:
        reporter = ExceptionReporter(request, *sys.exc_info())
    return HttpResponse(reporter.get_traceback_html() + reporter.get_traceback_text() if reporter else "")


@login_not_required
def careless(request: HttpRequest) -> HttpResponse:
    domain = Domain.objects.get()
    log.info(
        "domain.shown", domain=domain, secret=domain.auth_code, text=f"{domain.auth_code!r}", headers=request.headers
    )
    return HttpResponse(f"{domain} {domain.auth_code} {request.GET.get('visible')}")


urlpatterns = [
    path("canary/fail/", fail),
    path("canary/guarded/", guarded),
    path("canary/report/", report),
    path("canary/careless/", careless),
    path("", include("macaw.urls")),
]
handler400 = "macaw.errors.bad_request"
handler403 = "macaw.errors.forbidden"
handler404 = "macaw.errors.not_found"
handler500 = "macaw.errors.server_error"
