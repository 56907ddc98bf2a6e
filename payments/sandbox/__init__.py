"""A stand-in for Stripe: the pinned API version over plain HTTP, no money moves.

It imports nothing of Keepopen, no Django and no Stripe library: it knows only the wire,
so it cannot lie in our favour.
"""

from payments.sandbox.box import Sandbox
from payments.sandbox.wire import Lost, Response

__all__ = ["Lost", "Response", "Sandbox"]
