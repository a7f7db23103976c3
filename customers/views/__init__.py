"""What people do about themselves and the customers they act for."""

from customers.views.acting import act_for

__all__ = ["act_for"]
