"""The side of dj-stripe: run by its own interpreter, which knows nothing of this product.

Reads from standard input: {database, stripe, secret, version, rounds: [[[body, signature], …], …]}.
Writes what each round's events cost in CPU seconds, PostgreSQL's included, and what was refused.
Every event passes dj-stripe's own entry, `WebhookEventTrigger.from_request`. A first pass that is
not counted asks for Stripe's answers, which are remembered, and finds out which events dj-stripe
takes; only those are in the second pass.
"""

import json
import logging
import pathlib
import sys
import time
import urllib.parse
import urllib.request

# The sandbox cannot expand this part of a session; it is answered without.
UNKNOWN = "total_details.breakdown"
# The sandbox has one account and does not describe it; dj-stripe wants to know whose events come.
ACCOUNT = {
    "id": "acct_benchmark",
    "object": "account",
    "type": "standard",
    "charges_enabled": True,
    "payouts_enabled": True,
    "details_submitted": True,
    "country": "IE",
    "default_currency": "eur",
    "email": "office@example.org",
    "metadata": {},
    "settings": {"branding": {}, "dashboard": {"display_name": "Benchmark", "timezone": "UTC"}},
    "business_profile": {"name": "Benchmark"},
    "tos_acceptance": {},
}


def main(task):
    import django
    from django.conf import settings

    host, _, name = task["database"].rpartition("/")
    place = urllib.parse.urlsplit(host)
    settings.configure(
        SECRET_KEY="benchmark",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "HOST": place.hostname,
                "PORT": place.port or 5432,
                "USER": place.username,
            }
        },
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "djstripe"],
        USE_TZ=True,
        STRIPE_TEST_SECRET_KEY="sk_test_benchmark00000000000000000",
        STRIPE_LIVE_MODE=False,
        DJSTRIPE_FOREIGN_KEY_TO_FIELD="id",
    )
    logging.disable(logging.ERROR)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    import stripe

    stripe.api_version = task["version"]
    stripe.default_http_client = client(stripe, task["stripe"])
    endpoint = listening(task["secret"])
    first = [take(endpoint, events) for events in task["rounds"]]
    forget()
    endpoint = listening(task["secret"])
    second = [
        take(endpoint, taken(events, tried["refusals"]))
        for events, tried in zip(task["rounds"], first, strict=True)
    ]
    return {"first": first, "second": second}


def taken(events, refusals):
    return [event for event, why in zip(events, refusals, strict=True) if not why]


def client(stripe, address):
    """A transport that asks each question once."""

    class Remembering(stripe.HTTPClient):
        name = "remembering"
        answers = {"/v1/account?": (json.dumps(ACCOUNT), 200, {})}

        def request(self, method, url, headers, post_data=None):
            target = urllib.parse.urlsplit(url)
            wanted = urllib.parse.parse_qsl(target.query)
            known = [pair for pair in wanted if pair[1] != UNKNOWN]
            path = f"{target.path}?{urllib.parse.urlencode(known)}"
            if path not in self.answers:
                self.answers[path] = ask(method, address + path)
            return self.answers[path]

        def close(self):
            """Nothing is open."""

    return Remembering()


def ask(method, url):
    request = urllib.request.Request(
        url,
        method=method.upper(),
        headers={"Authorization": "Bearer sk_test_benchmark00000000000000000"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode(), answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.read().decode(), error.code, dict(error.headers)


def listening(secret):
    from djstripe.models import WebhookEndpoint

    return WebhookEndpoint.objects.create(
        id="we_benchmark",
        secret=secret,
        enabled_events=["*"],
        url="https://example.org/",
        livemode=False,
        status="enabled",
    )


def forget():
    from django.core.management import call_command

    call_command("flush", verbosity=0, interactive=False)


def take(endpoint, events):
    from django.db import connection
    from django.test import RequestFactory
    from djstripe.models import WebhookEventTrigger

    requests = [
        RequestFactory().post(
            "/", body, content_type="application/json", headers={"Stripe-Signature": signature}
        )
        for body, signature in events
    ]
    connection.ensure_connection()
    server = pathlib.Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")

    def cpu():
        return time.process_time() + int(server.read_text().split()[0]) / 1e9

    refusals = []
    start = cpu()
    for request in requests:
        try:
            trigger = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
            refusals.append("" if trigger.valid else "signature")
        except Exception as error:  # noqa: BLE001 (whatever it raises is told)
            refusals.append(f"{type(error).__name__}: {error}"[:200])
    return {"seconds": cpu() - start, "refusals": refusals}


if __name__ == "__main__":
    json.dump(main(json.load(sys.stdin)), sys.stdout)
