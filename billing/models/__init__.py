"""The papers: what was charged, for what, and how it was paid."""

from billing.models.invoice import BillingItem, Invoice, InvoiceTax
from billing.models.payment import Payment

__all__ = ["BillingItem", "Invoice", "InvoiceTax", "Payment"]
