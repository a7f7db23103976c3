"""Posting as a page does: with the customer that the form was made for."""

from typing import Any

from django.test import Client

from customers.models import Membership


def send(client: Client, path: str, facts: dict[str, Any], **options: Any) -> Any:
    """For the first customer that whoever is logged in joined."""
    memberships = Membership.objects.filter(user=client.session["_auth_user_id"]).order_by("id")
    return client.post(path, {"customer": memberships[0].customer_id, **facts}, **options)
