"""Stripe's library talking to a sandbox in the same process."""

import urllib.parse

import requests.structures
import stripe

from payments.sandbox import Lost

KEY = "sk_test_sandbox"


class InProcessClient(stripe.HTTPClient):
    """A transport that hands every request to a sandbox instead of the network."""

    name = "in-process"

    def __init__(self, sandbox):
        super().__init__()
        self.sandbox = sandbox

    def request(self, method, url, headers, post_data=None):
        target = urllib.parse.urlsplit(url)
        path = f"{target.path}?{target.query}" if target.query else target.path
        body = post_data.encode() if isinstance(post_data, str) else post_data or b""
        try:
            response = self.sandbox.handle(method, path, headers, body)
        except Lost as error:
            raise stripe.APIConnectionError(str(error), should_retry=True) from error
        headers = requests.structures.CaseInsensitiveDict(response.headers)
        return response.body.decode(), response.status, headers

    def _sleep_time_seconds(self, num_retries):
        """Retry at once: no test should wait for the network to recover."""
        return 0

    def close(self):
        """Nothing is open."""


def client_for(sandbox, *, retries=0):
    """A Stripe client whose every call ends in `sandbox`."""
    return stripe.StripeClient(
        KEY, http_client=InProcessClient(sandbox), max_network_retries=retries
    )
