"""Token buckets. An absent row is a full bucket."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from macaw.kernel.rows import Line


class Bucket(models.Model):
    key = Line(_("key"), primary_key=True, help_text=_("Which limit, and of whom: `search:user:12`."))
    full_at = models.BigIntegerField(
        _("full at"), help_text=_("When all its tokens are back: microseconds since 1970. Until then some are missing.")
    )

    class Meta:
        db_table = "limit_buckets"
        verbose_name = _("limit bucket")
        verbose_name_plural = _("limit buckets")
        indexes = [models.Index(fields=["full_at"], name="limit_buckets_full")]  # pruning of full buckets

    def __str__(self) -> str:
        return str(self.key)
