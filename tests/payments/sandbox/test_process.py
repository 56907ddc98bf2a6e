"""The sandbox as a process: real HTTP, a real receiver, killed and started again."""

import contextlib
import http.server
import json
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests
import stripe

SECRET = "whsec_process"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def receiver():
    """A web server that keeps the webhooks it gets."""
    got = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((body, self.headers["Stripe-Signature"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.got = got
    yield server
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def running(port, *, receiver, data):
    url = f"http://127.0.0.1:{receiver.server_address[1]}/hook/"
    command = [
        sys.executable, "-m", "payments.sandbox", "--port", str(port), "--webhook-url", url,
        "--webhook-secret", SECRET, "--data", str(data),
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        until(lambda: answers(port))
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port):
    try:
        return requests.get(f"http://127.0.0.1:{port}/sandbox/clock", timeout=5).ok
    except requests.ConnectionError:
        return False


def until(condition, *, seconds=20):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "It did not happen in time."
        time.sleep(0.05)


def test_a_killed_sandbox_goes_on_where_it_stood(receiver, tmp_path):
    port, data = free_port(), tmp_path / "sandbox.sqlite3"
    base = f"http://127.0.0.1:{port}"
    transport = stripe.RequestsClient(timeout=(5, 25))
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": base}, http_client=transport)
    with running(port, receiver=receiver, data=data):
        product = client.v1.products.create({"name": "Membership"})
        price = {"currency": "eur", "unit_amount": 1000, "product": product.id,
                 "recurring": {"interval": "month"}}  # fmt: skip
        session = client.v1.checkout.sessions.create({
            "mode": "subscription", "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": "http://127.0.0.1:9/thanks/{CHECKOUT_SESSION_ID}",
        })  # fmt: skip
        card = {"card_number": "4242424242424242", "exp": "12/34", "cvc": "123",
                "email": "nora@example.org", "name": "Nora"}  # fmt: skip
        answer = requests.post(session.url, data=card, allow_redirects=False, timeout=25)
        assert answer.headers["Location"].endswith(session.id)

        def completed():
            types = [json.loads(body)["type"] for body, _ in receiver.got]
            return "checkout.session.completed" in types

        until(completed)
        for body, signature in receiver.got:
            assert stripe.WebhookSignature.verify_header(body.decode(), signature, SECRET, 300)

    with running(port, receiver=receiver, data=data):
        session = client.v1.checkout.sessions.retrieve(session.id)
        assert session.payment_status == "paid"
        moved = requests.post(
            f"{base}/sandbox/clock/advance", json={"seconds": 32 * 86400}, timeout=25
        )
        assert moved.json()["offset"] == pytest.approx(32 * 86400)
        invoices = client.v1.invoices.list({"subscription": session.subscription}).data
        assert [invoice.status for invoice in invoices] == ["paid", "paid"]
    transport.close()
