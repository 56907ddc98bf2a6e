"""The same wire over real HTTP: the product's own transport, and a sandbox that listens on a port.

The faults strike where they would: the server closes the connection before or after its work, or
answers with an error. It serves in threads of the life's process, since the invariants look into
Stripe's store and both sides live by one virtual clock.
"""

import threading
from urllib.parse import urlsplit

import stripe
from django.conf import settings

from payments.gateway.client import CONNECT_SECONDS, READ_SECONDS
from payments.sandbox.server import Handler, Server
from tests.simulation.wire import STORM, Wire


def use() -> None:
    """From now on this process reaches Stripe over HTTP."""
    settings.STRIPE_HTTP_CLIENT = "tests.simulation.http_wire.HttpWire"


class HttpWire(stripe.RequestsClient):
    """Stripe's transport as in production, on the way to the world's sandbox."""

    def __init__(self) -> None:
        super().__init__(timeout=(CONNECT_SECONDS, READ_SECONDS))
        parts = {"box": Wire.box, "bell": threading.Event()}
        self.server = Server(("127.0.0.1", 0), type("Bound", (Handler,), parts))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def request(self, method, url, headers, post_data=None):
        Wire.calls += 1
        kind = Wire.weather.strikes(STORM, "call")
        target = urlsplit(url)
        if kind:
            Wire.box.faults.add({"kind": kind, "path": target.path, "times": 1})
        address = target._replace(scheme="", netloc="").geturl()
        answer = super().request(method, self.address + address, headers, post_data)
        Wire.over_http += 1
        return answer

    def _sleep_time_seconds(self, num_retries, response=None):
        """Retry at once: the machine's seconds are not the life's."""
        return 0
