"""Names we hold, and what a registry knows of each."""

from domains.models.domain import Domain, DomainContact, TldDatum
from domains.models.nameserver import GlueAddress, Nameserver

__all__ = ["Domain", "DomainContact", "GlueAddress", "Nameserver", "TldDatum"]
