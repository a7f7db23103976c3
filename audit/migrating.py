"""What happens around a migration. SQLite rebuilds tables and loses their triggers, so they go first and come back last."""

from typing import Any

from django.apps.registry import Apps
from django.db import connections
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor

from audit.capture import standing

Plan = list[tuple[Migration, bool]]
# PostgreSQL keeps its triggers alive while others write; they go only where a column goes that a function names.
SHRINKING = {
    False: (operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel),
    True: (operations.AddField, operations.RenameField, operations.CreateModel, operations.RenameModel),
}


def before(sender: object, plan: Plan, using: str, apps: Apps, **_: Any) -> None:
    connection = connections[using]
    if not plan:
        return
    standing.take_down(connection, None if connection.vendor == "sqlite" else _shrinking(plan, apps))


def _shrinking(plan: Plan, apps: Apps) -> set[str]:
    """The tables that lose a column or their name."""
    found = set()
    for migration, backwards in plan:
        for operation in migration.operations:
            if isinstance(operation, SHRINKING[backwards]):
                model = getattr(operation, "model_name", "") or getattr(operation, "name", "")
                try:
                    found.add(apps.get_model(migration.app_label, model)._meta.db_table)
                except LookupError:  # it comes and goes within the plan
                    continue
    return found


def after(sender: object, using: str, **_: Any) -> None:
    """Capture begins again. In a database that is behind the code the triggers would name columns that are not there."""
    connection = connections[using]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if any(True for _fault in standing.faults(connection)):
        standing.put_up(connection)
