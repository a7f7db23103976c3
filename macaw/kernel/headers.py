"""Security headers on every answer. Nothing inline, nothing from elsewhere, on customers' pages and in the admin alike."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from macaw.kernel.requests import known_user

REPORT_PATH = "/csp-report"


def policy(*, form_action: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy; a page that must post to another origin names it."""
    portal = (settings.MACAW_AUTH_PORTAL_URL,) if settings.MACAW_AUTH_PORTAL_URL else ()
    rules = {
        "default-src": ("'none'",),
        "script-src": ("'self'",),
        "style-src": ("'self'",),
        "img-src": ("'self'",),
        "font-src": ("'self'",),
        "connect-src": ("'self'",),
        "form-action": ("'self'", *portal, *form_action),
        "frame-ancestors": ("'none'",),
        "base-uri": ("'none'",),
        "object-src": ("'none'",),
        "report-uri": (REPORT_PATH,),
        "report-to": ("csp",),
    }
    return "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault("Reporting-Endpoints", f'csp="{REPORT_PATH}"')
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if known_user(request):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
