from django.test import Client

from customers.models import Customer


def test_home_answers(as_alice: Client, ashdown: Customer) -> None:
    assert as_alice.get("/").status_code == 200
