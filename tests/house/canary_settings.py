"""The product's settings, with views beside its own that fail while they hold a secret."""

from macaw.settings import *  # noqa: F403  # the product's settings are the point

ROOT_URLCONF = "tests.house.canary_urls"
