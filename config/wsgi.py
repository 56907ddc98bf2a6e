"""WSGI entry point: Stripe's notifications first, then Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_wsgi_application()

from payments.webhooks.door import in_front_of  # noqa: E402 (models need Django set up)

application = in_front_of(pages)
