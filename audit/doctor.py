"""What must be true of the trail."""

import json
from collections.abc import Iterable

from django.db.models import Q

from audit.models import AuditLog
from macaw.kernel.doctor import check


@check("what the trail keeps of a row before and after is JSON")
def trail_json() -> Iterable[str]:
    kept = AuditLog.objects.exclude(Q(old_values=None) & Q(new_values=None))
    for key, before, after in kept.values_list("pk", "old_values", "new_values").iterator():
        for column, text in (("old_values", before), ("new_values", after)):
            if text is not None and not _is_object(text):
                yield f"audit_log {key}: {column}"


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
