"""All work that goes on behind the pages, as lists. The worker does what they say, and the desk shows it."""

from datetime import datetime, timedelta
from typing import Any

from macaw.kernel import limits
from macaw.kernel.jobs import duties
from macaw.kernel.jobs.duties import Plan
from macaw.kernel.jobs.long import Kind
from macaw.kernel.jobs.models import Duty, Job, Leased
from macaw.kernel.jobs.queue import Drain


def _prune_limits(since: datetime | None) -> str:
    return f"{limits.prune()} buckets"


DRAINS: list[Drain[Any]] = []

DUTIES: list[Plan] = [
    Plan("jobs.prune", timedelta(hours=6), duties.prune),
    Plan("limits.prune", timedelta(hours=1), _prune_limits),
]

JOBS: list[Kind] = []

QUEUES: dict[str, type[Leased]] = {drain.name: drain.model for drain in DRAINS} | {"duties": Duty, "jobs": Job}
