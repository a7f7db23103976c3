from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MacawConfig(AppConfig):
    name = "macaw"
    label = "macaw"
    verbose_name = _("Macaw")

    def ready(self) -> None:
        from macaw import checks  # noqa: F401  # registers the system checks
        from macaw.kernel import queries

        queries.watch()


class AdminConfig(DjangoAdminConfig):
    default_site = "macaw.admin.AdminSite"

    def ready(self) -> None:
        super().ready()
        from macaw import roles

        post_migrate.connect(roles.grant, dispatch_uid="macaw.roles")
