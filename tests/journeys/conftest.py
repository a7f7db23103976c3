"""Journeys are browser tests: they use the same stage."""

from tests.browser.conftest import pytest_configure, pytest_itemcollected

__all__ = ["pytest_configure", "pytest_itemcollected"]
