from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    label = "audit"
    verbose_name = _("Audit")

    def __init__(self, app_name: str, app_module: Any) -> None:
        super().__init__(app_name, app_module)
        pre_migrate.connect(self._before)
        post_migrate.connect(self._after)  # before any app's ready(): what others write after a migration is captured

    def ready(self) -> None:
        from audit import context
        from macaw.kernel import writing

        writing.register(context.put)

    def _before(self, apps: Any, **facts: Any) -> None:
        from audit import migrating  # models may be imported from now on, and not before

        migrating.before(state=apps, **facts)

    def _after(self, **facts: Any) -> None:
        from audit import migrating

        migrating.after(**facts)
