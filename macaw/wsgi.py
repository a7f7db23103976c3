"""What gunicorn serves: macaw.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "macaw.settings")

application = get_wsgi_application()
