"""Limits on how often somebody may ask: `limits.spend("search", request)` passes, or raises TooMany with the time to wait."""

from macaw.kernel.limits.spending import Priority, prune, spend

__all__ = ["Priority", "prune", "spend"]
