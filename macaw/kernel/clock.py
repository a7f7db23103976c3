"""The one clock. Nothing else in the product asks for the time, so a test can hold it still."""

import time
from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """The moment, aware and in UTC."""
    return timezone.now()  # noqa: TID251  # the one place


def today() -> date:
    """The UTC date; every deadline in the product is a UTC date."""
    return now().date()


def seconds() -> float:
    """Monotonic seconds, for measuring how long something took."""
    return time.monotonic()  # noqa: TID251  # the one place
