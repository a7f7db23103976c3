"""The frame around every page: navigation, and what stands at its edges."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the navigation."""

    view: str
    label: str
    icon: str
    section: str = "main"
    staff: bool = False


def context(request: HttpRequest) -> dict[str, Any]:
    return {}
