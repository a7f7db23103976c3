"""Every test in this folder is a browser test."""

import pytest

from tests.browser import harness

NAME = "tests.browser.harness"


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin(NAME):
        config.pluginmanager.register(harness, NAME)


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("browser")
