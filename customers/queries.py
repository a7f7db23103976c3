"""What pages ask about people."""

from customers.models import Customer, User


def customer_of(user: User) -> Customer | None:
    """The customer a user acts for: of several, the first they joined. One query."""
    return Customer.objects.filter(memberships__user=user).order_by("memberships__id").first()
