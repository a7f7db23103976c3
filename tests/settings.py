"""The product's own settings under test: demo mode, a data folder of its own, and no file of the developer's."""

import os
import tempfile
from pathlib import Path

for _name in [name for name in os.environ if name.startswith("MACAW_") and name != "MACAW_TEST_DATABASE_URL"]:
    del os.environ[_name]
_data = Path(tempfile.gettempdir()) / f"macaw-tests-{os.getuid()}"
os.environ |= {
    "MACAW_ENV_FILE": os.devnull,
    "MACAW_DEMO": "1",
    "MACAW_DATA_DIR": str(_data),
    "MACAW_LOG_FORMAT": "json",
    "MACAW_METRICS_TOKEN": "test-metrics-token",
    "SECRET_KEY": "a-key-for-tests-alone-which-is-long-enough-to-be-taken",
    "EMAIL_URL": "memorymail://",
    "DATABASE_URL": os.environ.get("MACAW_TEST_DATABASE_URL") or f"sqlite:///{_data / 'tests.sqlite3'}",
}
(_data / "static").mkdir(parents=True, exist_ok=True)

from macaw.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
