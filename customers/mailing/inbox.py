"""What a person did with the notices meant for them."""

from customers.mailing.models import NoticeQuerySet
from macaw.kernel import clock
from macaw.kernel.writing import Actor, writing


def mark_read(found: NoticeQuerySet, *, actor: Actor, request_id: str = "") -> int:
    """Note that somebody looked at these; what was read before keeps its moment."""
    with writing(actor, "notice.read", request_id=request_id):
        return found.unread().update(read_at=clock.now())
