"""All work that goes on behind the pages, as lists. The worker does what they say, and the desk shows it."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit import sealing
from customers.login import sessions
from customers.mailing import outbox
from macaw.kernel import limits, rekeying
from macaw.kernel.jobs import duties
from macaw.kernel.jobs.duties import Plan
from macaw.kernel.jobs.long import Kind, Progress, Steps
from macaw.kernel.jobs.models import Duty, Job, Leased
from macaw.kernel.jobs.queue import Drain
from macaw.kernel.writing import Actor


def _prune_limits(since: datetime | None) -> str:
    return f"{limits.prune()} buckets"


def _prune_sessions(since: datetime | None) -> str:
    return f"{sessions.prune()} sessions"


def _rekey(payload: dict[str, Any]) -> Steps:
    while True:
        chunk = rekeying.rekey_chunk(payload.get("cursor", ""), actor=Actor("worker", "rekey"))
        payload["cursor"] = chunk.cursor
        yield Progress(chunk.done, chunk.total, f"{chunk.done} of {chunk.total} secrets under the current key")
        if not chunk.cursor:
            return {"done": chunk.done, "total": chunk.total}


DRAINS: list[Drain[Any]] = [outbox.DRAIN]

DUTIES: list[Plan] = [
    Plan("sessions.prune", timedelta(hours=1), _prune_sessions),
    Plan("audit.seal", timedelta(seconds=10), sealing.seal_all),
    Plan("jobs.prune", timedelta(hours=6), duties.prune),
    Plan("limits.prune", timedelta(hours=1), _prune_limits),
]

JOBS: list[Kind] = [
    Kind("rekey", _("Seal all secrets with the current key"), _rekey),
]

QUEUES: dict[str, type[Leased]] = {drain.name: drain.model for drain in DRAINS} | {"duties": Duty, "jobs": Job}
