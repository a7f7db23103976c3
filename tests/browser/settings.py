"""The product as it is served, plus a few addresses that fail on purpose."""

from macaw.settings import *  # noqa: F403  # all of it, or it would be another product

ROOT_URLCONF = "tests.browser.urls"
