"""The product's classes, found by looking everywhere."""

import importlib
import pkgutil
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.house.tree import APPS


def is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in APPS


def our_models() -> list[type[models.Model]]:
    return list(filter(is_ours, apps.get_models()))


def below(root: type) -> Iterator[type]:
    """Every class of the product below `root`. All modules are imported first, or some would hide."""
    for app in APPS:
        for module in pkgutil.walk_packages(importlib.import_module(app).__path__, f"{app}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    waiting = [root]
    while waiting:
        kinds: list[type] = waiting.pop().__subclasses__()
        waiting += kinds
        yield from filter(is_ours, kinds)
