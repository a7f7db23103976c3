from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
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
