import pytest
from django.test import Client

from customers.models import Customer


@pytest.mark.parametrize("path", ["/", "/help/", "/settings/", "/jump/", "/jump/?q=help", "/signed-out/", "/nowhere/"])
def test_pages_answer(as_alice: Client, ashdown: Customer, path: str) -> None:
    assert as_alice.get(path).status_code in {200, 401, 404}
