"""`make run`: a portal to try out on this machine, with web server and worker under one process."""

import fcntl
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from macaw.demo import seed
from macaw.demo.household import Household, is_free
from macaw.environment import is_loopback

PATIENCE = 60.0  # seconds until the first page must be there
HIGHEST_PORT = 65535
GREETING = """
  Macaw is ready:  {url}

  Anybody may log in here, as
    Alice    owns Ashdown Studio, with 24 names
    Bob      looks at them in Alice's team
    Charlie  owns Crane & Sons, and sees nothing of Alice's
    Dora     is new: nobody has let her in yet
    Sam      is staff: the desk and the admin

  The data stays in {data}; `make reset-demo` starts over. Ctrl-C stops everything.
"""


class Command(BaseCommand):
    help = "Try Macaw out: migrate, plant demo data once, and run the web server and a worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="A loopback address to serve on.")
        parser.add_argument("--port", type=int, default=8000, help="The port to serve on.")
        parser.add_argument("--seed-only", action="store_true", help="Plant the data and do not serve.")
        parser.add_argument("--reset", action="store_true", help="Throw the demo's data away and plant it anew.")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        serve = not (options["seed_only"] or options["reset"])
        self._refuse(host, port, serve=serve)
        with _alone(Path(settings.MACAW_DATA_DIR)):
            if options["reset"]:
                seed.clear()
            else:
                seed.refuse_strangers()
                call_command("migrate", verbosity=0)
            planted = seed.plant()
            self.stdout.write("The demo's data is planted." if planted else "The demo's data is there already.")
            if serve:
                call_command("collectstatic", interactive=False, verbosity=0)
                self._serve(host, port)

    def _refuse(self, host: str, port: int, *, serve: bool) -> None:
        if not settings.MACAW_DEMO:
            raise CommandError("The demo lets anybody in, so it starts only with MACAW_DEMO=1; `make run` sets it.")
        if not is_loopback(host):
            raise CommandError(f"The demo lets anybody in, so it serves on a loopback address only, not on {host}.")
        if not 0 < port <= HIGHEST_PORT:
            raise CommandError(f"{port} is no port: choose one from 1 to {HIGHEST_PORT}.")
        if serve and not is_free(host, port):
            raise CommandError(f"Port {port} is taken. Choose another: make run PORT={port % HIGHEST_PORT + 1}")

    def _serve(self, host: str, port: int) -> None:
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        url = f"http://{address}"
        gunicorn = [sys.executable, "-m", "gunicorn", "--chdir", str(settings.BASE_DIR), "--bind", address]
        gunicorn += ["--config", str(settings.BASE_DIR / "gunicorn.conf.py")]
        worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
        household = Household({"web": gunicorn, "worker": worker}, os.environ | {"MACAW_BASE_URL": url})
        with household.running():
            if household.wait_until_ready(host, port, PATIENCE):
                self.stdout.write(GREETING.format(url=url, data=settings.MACAW_DATA_DIR))
                self.stdout.flush()
                household.watch()
            dead, asked = household.dead(), household.stopping.is_set()
        if not asked:
            what = f"The {dead} process ended by itself" if dead else f"It was not ready within {PATIENCE:.0f} seconds"
            raise CommandError(f"{what}, so everything was stopped; the log above says why.")
        self.stdout.write("Stopped.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo at a time uses a data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(f"A demo runs already with the data in {folder}; stop it first.") from None
        yield
