"""What browsers tell us about our own policy."""

import json

import structlog
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from macaw import logs

log = structlog.get_logger("macaw.csp")
LARGEST_REPORT = 8_192
LONGEST_VALUE = 300
SHOWN = ("blockedURL", "blocked-uri", "documentURL", "document-uri", "effectiveDirective", "effective-directive")


@require_POST
@login_not_required
@csrf_exempt  # a browser posts it by itself, without our form; nothing but a log line comes of it
def csp_report(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)
