"""The tables that Django brings."""

from macaw.kernel.tables import audited, evidence, recomputable

_RIGHTS = "they say who among the staff may do what"
_FROM_CODE = "made from the code by every migration"

audited("auth_group", kept="as long as the installation", because=_RIGHTS)
audited("auth_group_permissions", kept="as long as the installation", because=_RIGHTS)
recomputable("auth_permission", kept="as long as its model", because=_FROM_CODE)
recomputable("django_content_type", kept="as long as its model", because=_FROM_CODE)
recomputable("django_migrations", kept="as long as the installation", because="it says how far the tables have come")
evidence("django_admin_log", kept="10 years", because="it holds the reasons staff gave for their changes")
