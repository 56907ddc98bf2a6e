"""The sandbox as a process of its own: threaded HTTP/1.1, and a thread that delivers."""

import http.server
import threading

from payments.sandbox.wire import Lost

PAUSE = 0.2


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    box = None
    bell = None

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        try:
            response = self.box.handle(self.command, self.path, dict(self.headers), body)
        except Lost:
            self.close_connection = True
            return
        self.send(response)
        self.bell.set()

    def send(self, response):
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815

    def log_message(self, format, *args):
        """Say nothing: the terminal belongs to whoever started us."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def deliver_forever(box, *, bell, stopped):
    """Deliver what is due, as soon as it is due, until stopped."""
    while not stopped.is_set():
        bell.wait(PAUSE)
        bell.clear()
        box.deliver_due()


def serve(box, *, host, port):
    """Serve until interrupted."""
    bell, stopped = threading.Event(), threading.Event()
    handler = type("BoundHandler", (Handler,), {"box": box, "bell": bell})
    server = Server((host, port), handler)
    deliverer = threading.Thread(
        target=deliver_forever, args=(box,), kwargs={"bell": bell, "stopped": stopped}, daemon=True
    )
    deliverer.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        stopped.set()
        server.server_close()
        deliverer.join(timeout=2)
        box.close()
