"""The product's Stripe in tests: one sandbox per test, in the same process."""

from payments.sandbox import Sandbox
from tests.sandbox_client import InProcessClient


class SandboxTransport(InProcessClient):
    """What settings.STRIPE_HTTP_CLIENT names; `current` is set by the `stripe_sandbox` fixture."""

    current: Sandbox | None = None

    def __init__(self):
        super().__init__(None)

    @property
    def sandbox(self):
        if SandboxTransport.current is None:
            raise AssertionError("this test talks to Stripe without the stripe_sandbox fixture")
        return SandboxTransport.current

    @sandbox.setter
    def sandbox(self, value):
        """The base class sets its own; ours is the test's."""
