"""Eight processes spend from one bucket at once; prints how many tokens they got. Its database is named by the environment.

`careless` puts look-then-write in place of the one conditional statement: the control that shows the crowd would notice.
"""

import multiprocessing
import sys
import time
from contextlib import nullcontext

import django
from django.db import transaction

PROCESSES = 8
TRIES = 10
start = multiprocessing.get_context("fork").Barrier(PROCESSES)


def look_then_write(key: str, interval: int, depth: int) -> int:
    from macaw.kernel.limits import spending
    from macaw.kernel.limits.models import Bucket

    now = spending._now()
    row = Bucket.objects.filter(key=key).first()
    full_at = max(row.full_at if row else 0, now) + interval
    if full_at > now + depth:
        return 1
    time.sleep(0.01)
    Bucket.objects.bulk_create(
        [Bucket(key=key, full_at=full_at)], update_conflicts=True, unique_fields=["key"], update_fields=["full_at"]
    )
    return 0


def spend_all(careless: bool) -> int:
    from macaw.kernel import limits
    from macaw.kernel.errors import TooMany
    from macaw.kernel.limits import spending

    granted = 0
    if careless:  # this process ends with the crowd, so nothing is put back
        spending._take = look_then_write
        transaction.atomic = lambda *_, **__: nullcontext()  # type: ignore[assignment]  # the transaction is what the control takes away
    start.wait(timeout=30)
    for _ in range(TRIES):
        try:
            limits.spend("export", user=1)
            granted += 1
        except TooMany:
            pass
    return granted


if __name__ == "__main__":
    django.setup()
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        tokens = pool.map(spend_all, ["careless" in sys.argv] * PROCESSES, chunksize=1)
    sys.stdout.write(str(sum(tokens)))
