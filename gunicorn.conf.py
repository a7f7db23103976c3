"""How gunicorn serves Macaw; it reads this file by itself when started beside it.

The settings are read here too, so a wrong one stops the server before it listens.
"""

import os
import shutil
import sys
import tempfile
from typing import Any, NoReturn

from django.core.exceptions import ImproperlyConfigured
from gunicorn import glogging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "macaw.settings")
# Workers write their counts here, one file each, and /metrics adds them up. Set before anything imports the client library.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts = tempfile.mkdtemp(prefix="macaw-metrics-")


def _refuse(sentence: str) -> NoReturn:
    shutil.rmtree(counts)
    sys.exit(f"Macaw cannot start: {sentence}")


try:
    __import__(os.environ["DJANGO_SETTINGS_MODULE"])
except ImproperlyConfigured as problem:
    _refuse(str(problem))

from django.conf import settings  # noqa: E402  # after the settings were seen to be sound

from macaw.environment import is_loopback, number, read  # noqa: E402  # the same


class Logger(glogging.Logger):
    """Hands gunicorn's own lines to our log, and leaves requests to RequestMiddleware."""

    def setup(self, cfg: Any) -> None:
        self.error_log.propagate = True


wsgi_app = "macaw.wsgi:application"
worker_class = "gthread"
workers = read("WEB_CONCURRENCY", number(1), default=2)
threads = 4
timeout = 60
graceful_timeout = 30
keepalive = 5
umask = 0o007  # a unix socket is for its group, which the proxy belongs to
header_map = "refuse"  # Remote_User may not pass for Remote-User
control_socket_disable = True
logger_class = Logger
accesslog = None


def on_starting(server: Any) -> None:
    strangers = [f"{address[0]}:{address[1]}" for address in server.cfg.address if not _is_local(address)]
    if settings.MACAW_DEMO and strangers:
        _refuse(f"MACAW_DEMO=1 lets anybody in, so it may listen on loopback alone, not on {', '.join(strangers)}.")
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        _refuse("the static files are not collected; run `python manage.py collectstatic --no-input`.")


def _is_local(address: Any) -> bool:
    return isinstance(address, str) or is_loopback(address[0])  # a text is the path of a unix socket


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # it reads its folder from the environment set above

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library leaves it untyped


def on_exit(server: Any) -> None:
    shutil.rmtree(counts, ignore_errors=True)
