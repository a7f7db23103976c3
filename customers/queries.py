"""What pages ask about people."""

from customers.models import Customer, Invitation, Membership, User


def memberships_of(user: User) -> list[Membership]:
    """For whom a person can act, in the order they joined; closed customers are nobody's to act for. One query."""
    rows = Membership.objects.filter(user=user).exclude(customer__status=Customer.Status.CLOSED)
    return list(rows.select_related("customer").order_by("id"))


def team(customer: Customer) -> list[Membership]:
    """Who acts for a customer, owners first, in the order they joined. One query."""
    rows = customer.memberships.select_related("user").order_by("id")
    return sorted(rows, key=lambda each: each.role != Membership.Role.OWNER)


def invited(customer: Customer) -> list[Invitation]:
    """Who has not answered yet, or did not in time; the newest first. One query."""
    return list(customer.invitations.open().select_related("invited_by").order_by("-sent_at", "-pk"))
