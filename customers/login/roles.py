"""The staff's roles. Each is a Django group of that name; what it may do stands in `macaw.roles`."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StaffRole(TextChoices):
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Admin")
