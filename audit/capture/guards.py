"""What the trail's own tables refuse, in the same words on both databases."""

from django.db import models

from audit.models import AuditLog, Entry

KEPT = "the audit trail keeps every entry"
FIXED = "an entry of the audit trail never changes"
KEY_CHANGED = "the key of an audited row never changes"
REPLACED = "REPLACE would remove a row unseen: use UPDATE, or PRAGMA recursive_triggers = ON"
EMPTIED = "TRUNCATE would remove rows unseen: use DELETE"

REDACTED = "trail.redacted"  # the verb of the one gesture that may take values out
MARKER = '{"redacted":true}'
VALUES: dict[type[models.Model], list[str]] = {AuditLog: ["old_values", "new_values"]}
PERSONAL = ["ip_address", "user_agent"]


def values(model: type[models.Model]) -> list[str]:
    """The columns that a redaction empties."""
    return [*VALUES.get(model, ["detail"]), *PERSONAL]


def allowed(model: type[models.Model], same: str, verb: str) -> str:
    """SQL that is true for the two updates an entry may see: it is sealed, and its values are redacted.

    `same` is how this database compares with NULL, `verb` what it knows of the gesture under way.
    """
    if not issubclass(model, Entry):
        return "false"
    emptied = values(model)
    sealing = [_unchanged(model, {"seal_id"}, same), "OLD.seal_id IS NULL", "NEW.seal_id IS NOT NULL"]
    redaction = [
        _unchanged(model, {"salt", "commitment", *emptied}, same),
        f"{verb} = '{REDACTED}'",
        "OLD.seal_id IS NOT NULL AND OLD.commitment = '' AND NEW.commitment <> '' AND NEW.salt IS NULL",
        *(f"(NEW.{name} IS NULL OR NEW.{name} = '{MARKER}')" for name in emptied),
    ]
    return f"({' AND '.join(sealing)}) OR coalesce({' AND '.join(redaction)}, false)"


def _unchanged(model: type[models.Model], but: set[str], same: str) -> str:
    columns = [str(field.column) for field in model._meta.concrete_fields if field.column not in but]
    return " AND ".join(f'NEW."{column}" {same} OLD."{column}"' for column in columns)
