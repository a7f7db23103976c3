"""What happened at the door that somebody should know of. A flood of one kind is one line, with how often."""

from threading import Lock

import structlog

from macaw.kernel import clock

log = structlog.get_logger("macaw.login")
QUIET = 10.0  # seconds in which the same from the same place is only counted
MOST = 1_000  # kinds and places remembered at once
_seen: dict[tuple[str, str, str], tuple[float, int]] = {}
_lock = Lock()


def refused(event: str, *, peer: str, reason: str, **facts: str) -> None:
    """A request that was turned away. `facts` name what helps to find it, never a secret or a cookie."""
    count = _count((event, peer, reason))
    if count:
        log.warning(event, peer=peer, reason=reason, count=count, **facts)


def _count(key: tuple[str, str, str]) -> int:
    """How many to tell of now; 0 to keep quiet and count on."""
    now = clock.seconds()
    with _lock:
        last, held = _seen.get(key, (now - QUIET, 0))
        if now - last < QUIET:
            _seen[key] = (last, held + 1)
            return 0
        if len(_seen) >= MOST:
            _seen.clear()
        _seen[key] = (now, 0)
        return held + 1


def forget() -> None:
    """Begin anew, as a process does that just started."""
    with _lock:
        _seen.clear()
