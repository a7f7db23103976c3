"""The shell's own pages."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


@login_not_required
def signed_out(request: HttpRequest) -> HttpResponse:
    return HttpResponse("signed out", status=401)
