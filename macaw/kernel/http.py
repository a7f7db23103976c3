"""Answers that are a whole page or one part of it, from the same template; and where to go next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def wants_part(request: HttpRequest) -> bool:
    """An htmx request for a fragment: neither a boosted link nor a step back in history."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render `template`, or only its partial `part` where htmx asked for one."""
    name = f"{template}#{part}" if wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def own_path(request: HttpRequest, wanted: str) -> str:
    """`wanted` if it leads to this portal, else nothing: nobody is sent elsewhere by a link of ours."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else ""
