"""What browsers tell us about our own policy."""

import json
from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from macaw.kernel.limits import spend

log = structlog.get_logger("macaw.csp")
LARGEST = 16_384  # bytes
MOST = 5  # violations of one report that are worth a line
LONGEST = 200  # characters of a value
TOLD = {
    "documentURL": "page",
    "document-uri": "page",
    "blockedURL": "blocked",
    "blocked-uri": "blocked",
    "effectiveDirective": "directive",
    "effective-directive": "directive",
    "violated-directive": "directive",
    "sourceFile": "source",
    "source-file": "source",
}


@require_POST
@login_not_required
@csrf_exempt  # a browser posts it by itself, without our form; nothing but log lines comes of it
def csp_report(request: HttpRequest) -> HttpResponse:
    """204, whatever was sent. What is logged is bounded, without query strings, and masked like every log line."""
    spend("csp_report", request)
    for violation in _violations(request.body[: LARGEST + 1]):
        log.warning("csp.violated", **violation)
    return HttpResponse(status=204)


def _violations(body: bytes) -> Iterator[dict[str, str]]:
    """Both forms browsers send: a list for report-to, one object for report-uri."""
    if len(body) > LARGEST:
        return
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    for report in (sent if isinstance(sent, list) else [sent])[:MOST]:
        facts = report.get("body") or report.get("csp-report") if isinstance(report, dict) else None
        if isinstance(facts, dict):
            yield {TOLD[name]: _short(value) for name, value in facts.items() if name in TOLD}


def _short(value: Any) -> str:
    """Addresses may carry what a person searched for, so what follows the path is left out."""
    return str(value).partition("?")[0].partition("#")[0][:LONGEST]
