"""What must be true before it serves."""

from typing import Any

import pytest

from macaw import checks, sqlite


@pytest.mark.django_db
def test_a_library_that_can_keep_a_wal_raises_no_warning() -> None:
    assert checks.sqlite_can_keep_a_wal() == []


@pytest.mark.django_db
def test_an_old_library_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "SAFE_WAL_VERSION", (99, 0, 0))
    monkeypatch.setattr("macaw.checks.connection.vendor", "sqlite")
    assert [warning.id for warning in checks.sqlite_can_keep_a_wal()] == ["macaw.W001"]


@pytest.mark.parametrize("name", ["django.contrib.auth.middleware.PersistentRemoteUserMiddleware"])
def test_djangos_own_reading_of_headers_is_refused(settings: Any, name: str) -> None:
    assert checks.no_other_login_reads_headers() == []
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, name]
    assert [found.id for found in checks.no_other_login_reads_headers()] == ["macaw.E001"]
