"""What happens around a migration. SQLite rebuilds tables and loses their triggers, so they go first and come back last."""

from typing import Any

from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import Migration, operations

from audit import completeness, events
from audit.capture import standing
from audit.verbs import Event
from macaw.kernel import schema
from macaw.kernel.writing import Actor, writing

MIGRATION = Actor("db", "migrate")
Plan = list[tuple[Migration, bool]]
# PostgreSQL keeps its triggers alive while others write; they go only where a column goes that a function names.
SHRINKING = {
    False: (operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel),
    True: (operations.AddField, operations.RenameField, operations.CreateModel, operations.RenameModel),
}


def _is_first(sender: AppConfig) -> bool:
    """Django sends its signals once for each app that has models; one of them is enough."""
    return sender is next(config for config in apps.get_app_configs() if config.models_module)


def before(sender: AppConfig, plan: Plan, using: str, state: Apps, **_: Any) -> None:
    connection = connections[using]
    if not plan or not _is_first(sender):
        return
    standing.take_down(connection, None if connection.vendor == "sqlite" else _shrinking(plan, state))


def _shrinking(plan: Plan, state: Apps) -> set[str]:
    """The tables that lose a column or their name."""
    found = set()
    for migration, backwards in plan:
        for operation in migration.operations:
            if isinstance(operation, SHRINKING[backwards]):
                model = getattr(operation, "model_name", "") or getattr(operation, "name", "")
                try:
                    found.add(state.get_model(migration.app_label, model)._meta.db_table)
                except LookupError:  # it comes and goes within the plan
                    continue
    return found


def after(sender: AppConfig, using: str, **_: Any) -> None:
    """Capture begins again. In a database that is behind the code the triggers would name columns that are not there."""
    connection = connections[using]
    if not _is_first(sender) or schema.unapplied(connection):
        return
    faults = list(standing.faults(connection))
    if not faults:
        return
    standing.put_up(connection)
    if using == DEFAULT_DB_ALIAS:
        with writing(MIGRATION, Event.CAPTURE_RESTORED) as gesture:
            unseen = completeness.catch_up(gesture)
            events.record(Event.CAPTURE_RESTORED, actor=MIGRATION, triggers=len(faults), unseen=unseen)
