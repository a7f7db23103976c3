from typing import Any

from django.core.management.base import BaseCommand

from macaw import work
from macaw.kernel.jobs.worker import Worker


class Command(BaseCommand):
    help = "Does the work behind the pages (macaw/work.py lists it) until it is told to stop. Any number may run."

    def handle(self, *args: Any, **options: Any) -> None:
        Worker(work.DRAINS, work.DUTIES, work.JOBS).run()
