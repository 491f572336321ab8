"""A real object store for tests: moto's S3 server in this process, behind a proxy told when to fail."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BUCKET = "scores"
_HOP = {"connection", "transfer-encoding", "keep-alive", "expect"}


class Faults:
    """What the proxy does to requests.

    Attributes:
        every: each request of such a number is answered with an error; 0 for none.
        until: until then, on `time.monotonic`'s clock, connections are closed without an answer.
        requests: so many came.
        failed: so many were not served.
    """

    def __init__(self) -> None:
        self.every = 0
        self.until = 0.0
        self.requests = self.failed = 0
        self._lock = threading.Lock()

    def next(self) -> str:
        """What becomes of the next request: "", "error" or "silence"."""
        with self._lock:
            self.requests += 1
            silent = time.monotonic() < self.until
            error = bool(self.every) and self.requests % self.every == 0
            self.failed += silent or error
            return "silence" if silent else "error" if error else ""

    def stop(self, seconds: float) -> None:
        """Answer nothing for so long."""
        self.until = time.monotonic() + seconds


class _Proxy(BaseHTTPRequestHandler):
    """Hands requests on, but for those that are to fail."""

    protocol_version = "HTTP/1.1"
    port: int
    faults: Faults

    def _serve(self) -> None:
        what = self.faults.next()
        if what == "silence":
            self.close_connection = True
            return
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if what == "error":
            self._answer(503, [], b"<Error><Code>SlowDown</Code><Message>busy</Message></Error>")
            return
        headers = {key: value for key, value in self.headers.items() if key.lower() not in _HOP}
        there = http.client.HTTPConnection("127.0.0.1", self.port)
        there.request(self.command, self.path, body, headers)
        found = there.getresponse()
        self._answer(found.status, found.getheaders(), found.read())
        there.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for key, value in headers:
            if key.lower() not in _HOP:
                self.send_header(key, value)
        if not any(key.lower() == "content-length" for key, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def object_store(setenv: Callable[[str, str], None]) -> Iterator[Faults]:
    """A server with an empty bucket, which all processes find by their environment.

    Args:
        setenv: sets an environment variable.
    """
    import boto3  # noqa: PLC0415
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    faults = Faults()
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    forget = http.client.HTTPConnection("127.0.0.1", port)
    forget.request("POST", "/moto-api/reset")  # servers of one process share what they keep
    forget.getresponse().read()
    forget.close()
    handler = type("Proxy", (_Proxy,), {"port": port, "faults": faults})
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{proxy.server_port}",
        }.items():
            setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        client.close()
        yield faults
    finally:
        proxy.shutdown()
        proxy.server_close()
        server.stop()
