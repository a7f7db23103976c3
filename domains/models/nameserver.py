"""Where a name's DNS is served, in order, with glue for servers inside the name itself."""

from django.core.validators import validate_ipv46_address
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from domains.models.domain import Domain
from macaw.kernel.rows import Created, Line
from macaw.kernel.sql import HostName, OnlyCharacters


class Nameserver(Created):
    nameserver_id = models.BigAutoField(primary_key=True, help_text=_("Our number for this entry."))
    domain = models.ForeignKey(
        Domain,
        models.CASCADE,
        related_name="nameservers",
        db_index=False,
        verbose_name=_("domain"),
        help_text=_("The name it serves."),
    )
    hostname = Line(_("host"), help_text=_("Host name in lower case, such as ns1.example.net."))
    ip_address = Line(
        _("address"),
        null=True,
        blank=True,
        validators=[validate_ipv46_address],
        help_text=_("Glue: needed when the host lies inside the name itself."),
    )
    priority = models.IntegerField(
        _("order"), default=1, db_default=1, help_text=_("Place in the list; the first is 1.")
    )

    class Meta:
        db_table = "nameservers"
        verbose_name = _("nameserver")
        verbose_name_plural = _("nameservers")
        indexes = [models.Index(fields=["domain"], name="idx_nameservers_domain")]  # one domain's servers
        constraints = [
            models.UniqueConstraint(fields=["domain", "hostname"], name="nameservers_host_once"),
            models.CheckConstraint(condition=Q(HostName("hostname")), name="nameservers_hostname"),
            models.CheckConstraint(
                condition=Q(ip_address__isnull=True)
                | ~Q(ip_address="") & Q(OnlyCharacters("ip_address", allowed="0-9a-f.:")),
                name="nameservers_address_form",
            ),
        ]

    def __str__(self) -> str:
        return str(self.hostname)


class GlueAddress(Created):
    """A further glue address of a nameserver; the first stands in `nameservers.ip_address`."""

    nameserver = models.ForeignKey(
        Nameserver,
        models.CASCADE,
        related_name="glue",
        db_index=False,
        verbose_name=_("nameserver"),
        help_text=_("The nameserver."),
    )
    ip_address = Line(_("address"), validators=[validate_ipv46_address], help_text=_("IPv4 or IPv6 address."))

    class Meta:
        db_table = "glue_addresses"
        verbose_name = _("glue address")
        verbose_name_plural = _("glue addresses")
        constraints = [
            models.UniqueConstraint(fields=["nameserver", "ip_address"], name="glue_addresses_once"),
            models.CheckConstraint(
                condition=~Q(ip_address="") & Q(OnlyCharacters("ip_address", allowed="0-9a-f.:")),
                name="glue_addresses_form",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ip_address)
