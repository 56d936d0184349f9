"""The real call to servers that are missing, no st-tui servers, too slow, or not trusted."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.model import AccessRequest, Endpoint, Permission
from st_tui.core.vault import Vault
from st_tui.tui.try_it import real_call
from st_tui.tui.try_it.real_call import (
    CallFailed,
    HttpCall,
    Server,
    call_for,
    parse_server,
    send,
    send_in_thread,
)
from tests.api.certificates import certificate
from tests.api.server import serving

ACCESS_TOKEN = f"st.11111111-1111-4111-8111-111111111111.{'5ec2e7' * 5}00"
LIST = HttpCall("GET", "/api/v3/secrets?environment=dev&secretPath=/")


class _Scripted(BaseHTTPRequestHandler):
    """Answers each request with the next of the server's answers, and remembers it."""

    server: _ScriptedServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        status, headers, body = self.server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _ScriptedServer(HTTPServer):
    answers: list[Scripted]
    asked: list[tuple[str, str | None]]


Scripted = tuple[int, dict[str, str], bytes]
"""A status, headers and a body."""

STATUS: Scripted = (200, {}, b'{"date":"2026-01-02T03:04:05.000Z","message":"Ok"}')


@contextmanager
def answering(*answers: Scripted) -> Iterator[_ScriptedServer]:
    """A server that is no st-tui."""
    with _ScriptedServer(("127.0.0.1", 0), _Scripted) as server:
        server.answers, server.asked = list(answers), []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def at(port: int, scheme: str = "http") -> Server:
    return Server(scheme, "127.0.0.1", port)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (" https://Secrets.example.com/ ", "https://secrets.example.com:443"),
        ("localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://st-tui.local", "http://st-tui.local:80"),
    ],
)
def test_addresses_of_servers(text: str, url: str) -> None:
    assert parse_server(text).url == url


@pytest.mark.parametrize(
    "text",
    [
        "", "http://", "ftp://127.0.0.1", "http://127.0.0.1:99999", "http://127.0.0.1:0",
        "http://127.0.0.1:x", "http://ann:word@127.0.0.1", "http://127.0.0.1/api", "http://[::1",
        "http://127.0.0.1?x", "http://a b", "http://127.0.0.1\x1b[2J",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        parse_server(text)


@pytest.mark.parametrize(
    ("url", "in_clear"),
    [
        ("http://127.0.0.1:8080", False),
        ("http://localhost:8080", False),
        ("http://[::1]:8080", False),
        ("http://127.9.9.9", False),
        ("https://10.0.0.7", False),
        ("http://10.0.0.7:8080", True),
        ("http://localhost.example.com", True),
        ("http://127.0.0.1.example.com", True),
    ],
)
def test_only_this_machine_is_asked_in_clear(url: str, in_clear: bool) -> None:
    assert parse_server(url).in_clear is in_clear


def test_what_is_sent() -> None:
    read = AccessRequest("dev", "/a b/&c", Permission.READ, 0)
    assert call_for(read) == HttpCall("GET", "/api/v3/secrets?environment=dev&secretPath=/a+b/%26c")
    raw = call_for(read._replace(endpoint=Endpoint.RAW))
    assert raw.target.startswith("/api/v3/secrets/raw?")
    assert raw.target.endswith("&viewSecretValue=false")
    write = call_for(read._replace(operation=Permission.WRITE))
    other = call_for(read._replace(operation=Permission.WRITE))
    assert write.method == "DELETE"
    assert write.target != other.target
    assert json.loads(write.body) == {"environment": "dev", "secretPath": "/a b/&c"}


@pytest.mark.parametrize(
    "status",
    [
        (200, {}, b"<html>welcome</html>"),
        (200, {}, b'{"date":"x","message":"Ok","emailConfigured":true}'),
        (200, {}, b"[]"),
        (200, {}, b"[" * 100_000),
        (404, {}, b'{"date":"x","message":"no"}'),
    ],
)
def test_only_st_tui_sees_the_token(status: Scripted) -> None:
    with answering(status) as server:
        with pytest.raises(CallFailed, match="is no st-tui server"):
            send(at(server.server_port), LIST, ACCESS_TOKEN)
        assert server.asked == [("/api/status", None)]


@pytest.mark.parametrize("before", [(), (STATUS,)], ids=["status", "answer"])
def test_no_redirect_is_followed(before: tuple[Scripted, ...]) -> None:
    with answering() as elsewhere:
        location = {"Location": f"http://127.0.0.1:{elsewhere.server_port}/"}
        with (
            answering(*before, (302, location, b"")) as server,
            pytest.raises(CallFailed, match="redirects elsewhere"),
        ):
            send(at(server.server_port), LIST, ACCESS_TOKEN)
        assert elsewhere.asked == []


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering() as proxy, answering(STATUS, (200, {}, b'{"secrets":[{},{}]}')) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
        answer = send(at(server.server_port), LIST, ACCESS_TOKEN)
        assert (answer.status, answer.secrets) == (200, 2)
        assert server.asked[1] == (LIST.target, f"Bearer {ACCESS_TOKEN}")
        assert proxy.asked == []


def test_nobody_answers() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(CallFailed, match=r"Nothing answers at .*start `st-tui serve`"):
            send(at(unused.getsockname()[1]), LIST, ACCESS_TOKEN)


@pytest.mark.parametrize("host", ["nowhere.invalid", "x" * 64 + ".invalid", "a..b"])
def test_a_name_that_nobody_has(host: str) -> None:
    with pytest.raises(CallFailed, match="There is no host"):
        send(Server("http", host, 80), LIST, ACCESS_TOKEN)


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (b"", "broke off without an answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no HTTP server"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "no st-tui server"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 200, "no HTTP server"),
    ],
)
def test_what_speaks_no_http(says: bytes, sentence: str) -> None:
    with _saying(says) as port, pytest.raises(CallFailed, match=sentence):
        send(at(port), LIST, ACCESS_TOKEN)


def test_what_speaks_no_tls() -> None:
    says = b"HTTP/1.1 400 Bad Request\r\n\r\n"
    with _saying(says) as port, pytest.raises(CallFailed, match="does not speak TLS"):
        send(at(port, "https"), LIST, ACCESS_TOKEN)


@pytest.mark.parametrize("drip", [b"", b"H"], ids=["silent", "dripping"])
async def test_one_that_takes_too_long(drip: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_call, "SECONDS", 0.3)
    ended = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer() -> None:
            taken, _ = listening.accept()
            with taken:
                while not ended.wait(0.05):
                    taken.send(drip)

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with pytest.raises(CallFailed, match="did not answer within"):
                await send_in_thread(at(listening.getsockname()[1]), LIST, ACCESS_TOKEN)
        finally:
            ended.set()
            thread.join()


async def test_a_mistake_of_ours_is_not_taken_for_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(real_call, "send", fail)
    with pytest.raises(ZeroDivisionError):
        await send_in_thread(at(1), LIST, ACCESS_TOKEN)


def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certfile, keyfile = certificate(tmp_path, "ours")
    Vault.create(tmp_path / "vault", actor="ann").close()
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with serving(
        tmp_path / "vault", "--certfile", str(certfile), "--keyfile", str(keyfile)
    ) as server:
        with pytest.raises(CallFailed, match=r"is not trusted \(self.signed certificate\)"):
            send(at(server.port, "https"), LIST, ACCESS_TOKEN)
        with pytest.raises(CallFailed, match="https://"):
            send(at(server.port), LIST, ACCESS_TOKEN)
        monkeypatch.setenv("SSL_CERT_FILE", str(certfile))
        answer = send(at(server.port, "https"), LIST, ACCESS_TOKEN)
        assert (answer.status, answer.message) == (401, "Invalid service token")
        with pytest.raises(CallFailed, match="is not trusted"):
            send(Server("https", "localhost", server.port), LIST, ACCESS_TOKEN)


def test_no_error_holds_the_token() -> None:
    with answering(STATUS, (200, {}, b"oops")) as server:
        with pytest.raises(CallFailed) as caught:
            send(at(server.server_port), LIST, ACCESS_TOKEN)
        assert server.asked[1][1] == f"Bearer {ACCESS_TOKEN}"
    assert ACCESS_TOKEN.split(".")[2] not in repr(caught.value)


@contextmanager
def _saying(words: bytes) -> Iterator[int]:
    """A port that answers any caller with these bytes."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer() -> None:
            taken, _ = listening.accept()
            with taken:
                taken.recv(65_536)
                taken.sendall(words)
                taken.shutdown(socket.SHUT_WR)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()
