"""`manage.py setup_stripe`: what a Stripe account needs once before it is used."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from payments.gateway import calls
from payments.webhooks.dispatch import HANDLERS


class Command(BaseCommand):
    help = "Make the product and, with --webhook, the webhook endpoint in the Stripe account."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--webhook", action="store_true", help="Subscribe to events as well.")

    def handle(self, *args: Any, webhook: bool, **options: Any) -> None:
        calls.ensure_product()
        self.stdout.write(f"product {settings.STRIPE_PRODUCT_ID} is there")
        if webhook:
            url = f"{settings.SITE_URL}/stripe/webhook/"
            secret = calls.create_webhook_endpoint(url=url, types=sorted(HANDLERS))
            self.stdout.write(
                f"webhook endpoint made; put this in STRIPE_WEBHOOK_SECRETS: {secret}"
            )
