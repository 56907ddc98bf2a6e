"""`python -m payments.sandbox`: run the stand-in for Stripe."""

import argparse
import signal
import sys

from payments.sandbox.box import Sandbox
from payments.sandbox.server import serve


def arguments():
    parser = argparse.ArgumentParser(prog="python -m payments.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8420)
    parser.add_argument("--webhook-url", help="where events are delivered")
    parser.add_argument("--webhook-secret", help="whsec_ secret that signs the deliveries")
    parser.add_argument("--data", default=":memory:", help="one SQLite file; default: memory")
    parser.add_argument("--start", type=float, help="epoch seconds an empty sandbox begins at")
    parser.add_argument("--public-url", help="how browsers reach the sandbox")
    return parser.parse_args()


def main():
    options = arguments()
    if bool(options.webhook_url) != bool(options.webhook_secret):
        sys.exit("--webhook-url and --webhook-secret belong together.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    hooks = [(options.webhook_url, options.webhook_secret)] if options.webhook_url else []
    box = Sandbox(
        data=options.data,
        webhooks=hooks,
        start=options.start,
        base_url=options.public_url or f"http://{options.host}:{options.port}",
    )
    serve(box, host=options.host, port=options.port)


if __name__ == "__main__":
    main()
