"""WSGI entry point: Stripe's notifications and the appeal's files first, then Django."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_wsgi_application()

from payments.webhooks import door  # noqa: E402 (models need Django set up)
from supporters.appeals import edge  # noqa: E402

application = edge.in_front_of(door.in_front_of(pages))

# What was loaded stays for good: the collector need not look through it again and again.
gc.freeze()
