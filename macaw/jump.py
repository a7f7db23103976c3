"""The jump box: what a person may go to, found by a few letters. Nobody finds what is not theirs."""

from customers.models import User


def find(user: User, query: str) -> list[object]:
    return []
