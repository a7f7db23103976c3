from collections.abc import Iterator
from typing import Any

import pytest

from customers.mailing import outbox
from tests.customers.mailing.post_office import PostOffice, opened


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    """An open post office, to which our mail goes."""
    office = PostOffice()
    with opened(office) as port:
        settings.EMAIL_BACKEND = "customers.mailing.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        yield office
        outbox.hang_up()
