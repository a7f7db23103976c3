#!/usr/bin/env python
"""Run a management command: python manage.py help."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "macaw.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    try:
        if sys.argv[1:2] == ["secrets"]:  # the settings are strict, and this makes what they ask for
            settings.configure(INSTALLED_APPS=["macaw.apps.MacawConfig"])
        else:
            __import__(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Macaw cannot start: {problem}")


if __name__ == "__main__":
    main()
