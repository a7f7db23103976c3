from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.macaw.kernel.jobs.farm import Farm, founded


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    """Real workers on a database of their own, of the kind under test."""
    facts = settings.DATABASES["default"]
    server = (
        f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/postgres"
        if connection.vendor == "postgresql"
        else "sqlite"
    )
    with founded(server, tmp_path) as made:
        yield made
