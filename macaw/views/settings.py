"""What a person sets for themselves: how pages look, and whether single keys act."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def settings(request: HttpRequest) -> HttpResponse:
    return render(request, "macaw/settings.html")
