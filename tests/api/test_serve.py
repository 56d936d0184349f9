"""The server as a process: how it starts or says why not, ends, and follows the operator."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from st_tui.core.expiry import MINUTE, system_clock
from st_tui.core.model import NewToken
from st_tui.core.vault import Vault
from tests.api.certificates import certificate
from tests.api.http_calls import Connection
from tests.api.server import Server, ServerFailed, serving
from tests.api.shop import COMMON, Shop
from tests.core.vaults import v2, v3

ROUTE = "/api/v2/service-token"
ANYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def own(directory: Path) -> Iterator[Vault]:
    """A vault that no server serves yet."""
    with Vault.create(directory, actor="ann") as vault:
        yield vault


def refused(directory: Path, *options: str) -> str:
    """What a server says that does not start: one sentence, exit status 2, nothing on stdout."""
    command = [sys.executable, "-m", "st_tui", "serve", "--vault", str(directory), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (sentence,) = done.stderr.splitlines()[-1:]
    assert sentence.endswith(".")
    return done.stderr


def workers_of(server: Server) -> list[int]:
    """The processes that the server started."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not tell which processes are whose")
    return [int(pid) for pid in children.read_text().split()]


def status(server: Server, token: NewToken) -> int:
    """The status of a request over a connection of its own."""
    line = Connection(server.url, {"Authorization": f"Bearer {token.text.full}"})
    try:
        return line.ask("GET", ROUTE).status
    finally:
        line.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_finishes_what_has_begun(own: Vault, directory: Path, workers: str) -> None:
    """A request whose body has half arrived at the signal is received, done, and answered."""
    with serving(directory, "--workers", workers) as server:
        shop = Shop.make(own, server.url, e2ee=False)
        body = json.dumps({"environment": "dev", "secretPath": "/common", "secretValue": "late"})
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
            line.sendall(
                "POST /api/v3/secrets/raw/LATE HTTP/1.1\r\n"
                f"Host: x\r\nAuthorization: Bearer {shop.token()}\r\nExpect: 100-continue\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
            )
            # By then the server has begun to read the body.
            assert line.recv(1_000).startswith(b"HTTP/1.1 100")
            line.sendall(body[:10].encode())
            server.stop()
            wait_until_it_refuses(server.port)
            for start in range(10, len(body), 20):
                time.sleep(0.1)  # longer in all than the moment that uvicorn gives anybody
                line.sendall(body[start : start + 20].encode())
            answer = http.client.HTTPResponse(line)
            answer.begin()
            assert answer.status == 200
            assert json.loads(answer.read())["secret"]["secretValue"] == "late"
    assert server.process.returncode == 0
    assert server.output == f"Serving {server.url}\n"
    assert shop.values(COMMON) == {"LATE": "late"}


def wait_until_it_refuses(port: int) -> None:
    """Wait until the signal has arrived: connections are refused, or not answered."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                line.sendall(b"GET /api/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if not line.recv(100):
                    return
        except OSError:
            return


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_all_processes_end(
    own: Vault, directory: Path, workers: str, number: signal.Signals
) -> None:
    with serving(directory, "--workers", workers) as server:
        shop = Shop.make(own, server.url, e2ee=True)
        token = shop.made(v2("reader", "dev:/**", expires_at=None))
        # An idle connection does not keep the server from ending.
        idle = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        kept = Connection(server.url, {"Authorization": f"Bearer {token.text.full}"})
        assert kept.ask("GET", ROUTE).status == 200
        processes = workers_of(server)
        server.process.send_signal(number)
        assert server.process.wait(timeout=60) == 0
    idle.close()
    kept.close()
    assert workers == "1" or len(processes) >= 2
    wait_until_ended(processes)
    assert server.output == f"Serving {server.url}\n"


def wait_until_ended(processes: list[int]) -> None:
    """Python's own helper process ends a moment after those that it served."""
    for pid in processes:
        for _ in range(1_000):
            if not is_alive(pid):
                break
            time.sleep(0.01)
        assert not is_alive(pid)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_no_worker_serves_on_without_its_parent(
    own: Vault, directory: Path, number: signal.Signals
) -> None:
    shop = Shop.make(own, "", e2ee=True)
    token = shop.made(v2("reader", "dev:/**", expires_at=None))

    def end_the_parent() -> None:
        with serving(directory, "--workers", "2") as server:
            assert status(server, token) == 200
            processes = workers_of(server)
            server.process.send_signal(number)
            server.process.wait(timeout=60)
            wait_until_ended(processes)
            with pytest.raises(ConnectionRefusedError):
                status(server, token)

    with pytest.raises(ServerFailed) as failed:
        end_the_parent()
    (said,) = str(failed.value).splitlines()
    assert said.startswith("Serving http")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crash_writes_no_memory_to_the_disk(own: Vault, directory: Path, workers: int) -> None:
    """In every process of the server; `tests/core/files/test_core_dumps.py` lets one crash."""
    with serving(directory, "--workers", str(workers)) as server:
        answering: list[int] = []
        while len(answering) < workers:
            answering = [pid for pid in (server.process.pid, *workers_of(server)) if has_keys(pid)]
        shop = Shop.make(own, server.url, e2ee=True)
        assert status(server, shop.made(v2("reader", "dev:/**"))) == 200
        for pid in answering:
            limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
            assert next(line for line in limits if "core file" in line).split()[4] == "0"


def has_keys(pid: int) -> bool:
    """Whether this is the server or a worker, not Python's own helper."""
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"spawn_main" in command or b"serve" in command


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_that_shall_outlive_its_terminal_does(
    own: Vault, directory: Path, workers: str
) -> None:
    """`nohup` says so by having SIGHUP ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with serving(directory, "--workers", workers) as server:
            shop = Shop.make(own, server.url, e2ee=True)
            token = shop.made(v2("reader", "dev:/**", expires_at=None))
            for pid in (server.process.pid, *workers_of(server)):
                os.kill(pid, signal.SIGHUP)
            time.sleep(1)  # twice what uvicorn takes to look for signals
            assert server.process.poll() is None
            assert status(server, token) == 200
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_the_operator_takes_away_is_gone_in_every_worker(own: Vault, directory: Path) -> None:
    """From the next request on, over twenty connections, so that each worker gets some."""
    with serving(directory, "--workers", "2") as server:
        shop = Shop.make(own, server.url, e2ee=True)
        living = shop.made(v2("living", "dev:/**", expires_at=None))
        revoked = shop.made(v2("revoked", "dev:/**", expires_at=None))
        office = shop.made(v3("office", "dev:/**"))

        def statuses(token: NewToken) -> set[int]:
            return {status(server, token) for _ in range(20)}

        assert statuses(revoked) == {200}
        own.tokens.revoke([revoked.token])
        assert statuses(revoked) <= {401, 429}
        assert statuses(office) == {401}
        own.tokens.set_active(office.token, True)
        assert statuses(office) == {200}
        own.tokens.set_active(office.token, False)
        assert statuses(office) == {401}
        assert statuses(living) == {200}
        own.projects.delete(shop.project)
        assert statuses(living) <= {401, 429}


def test_a_worker_that_dies_takes_nothing_along(own: Vault, directory: Path) -> None:
    """The other worker answers meanwhile. Every answer is in the log, and its chain is whole."""
    with serving(directory, "--workers", "2") as server:
        shop = Shop.make(own, server.url, e2ee=True)
        token = shop.made(v2("living", "dev:/**", expires_at=None))
        assert {status(server, token) for _ in range(20)} == {200}
        names = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in workers_of(server)}
        worker = next(pid for pid, name in names.items() if b"spawn_main" in name)
        os.kill(worker, signal.SIGKILL)
        assert {status(server, token) for _ in range(20)} == {200}
        own.tokens.revoke([token.token])
        assert {status(server, token) for _ in range(5)} == {401}
        asked = [entry for entry in own.audit.page() if entry.actor == token.token.id]
        assert len(asked) == 40
        assert own.audit.first_broken() is None


def test_no_other_protocol_is_spoken(own: Vault, directory: Path, tmp_path: Path) -> None:
    """Not even where a library for it is installed: here one that fails when it is imported."""
    (tmp_path / "websockets.py").write_text("raise RuntimeError")
    with serving(directory, variables={"PYTHONPATH": str(tmp_path)}) as server:
        line = Connection(server.url, {"Connection": "Upgrade", "Upgrade": "websocket"})
        assert line.ask("GET", ROUTE).status == 401
        line.close()
    (entry,) = own.audit.page()
    assert (entry.event, entry.reason) == ("get-service-token", "unknown")


def test_failures_are_counted_for_all_workers_together(own: Vault, directory: Path) -> None:
    with serving(directory, "--workers", "2") as server:

        def twenty() -> list[int]:
            """Twenty requests, each over a connection of its own, all from one address."""
            found = []
            for _ in range(20):
                line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                line.request("GET", ROUTE)
                found.append(line.getresponse().status)
                line.close()
            return found

        # If each worker counted its own failures, most of the twenty would pass.
        for _ in range(3):
            minute = system_clock() // MINUTE
            statuses = twenty()
            if system_clock() // MINUTE == minute:
                break
        assert 0 < statuses.count(401) <= 10


def test_a_server_key_that_is_missing(own: Vault, directory: Path) -> None:
    (directory / "server.key").unlink()
    said = refused(directory)
    assert "server.key is missing: restore it from your backup" in said
    assert not (directory / "server.key").exists()


@pytest.mark.parametrize("e2ee", [True, False])
def test_a_server_key_of_another_vault(
    own: Vault, directory: Path, tmp_path: Path, e2ee: bool
) -> None:
    shop = Shop.make(own, "", e2ee=e2ee)
    if e2ee:
        shop.put(COMMON, KEY="value")
    Vault.create(tmp_path / "other", actor="ann").close()
    shutil.copy(tmp_path / "other" / "server.key", directory)
    said = refused(directory)
    assert "server.key does not open this project's key: it belongs to another vault" in said


@pytest.mark.parametrize(
    "text",
    ["", "0" * 63, "g" * 64, "\0" * 64, "é" * 64],
    ids=["empty", "short", "no digits", "NUL", "not ASCII"],
)
def test_a_server_key_that_is_damaged(own: Vault, directory: Path, text: str) -> None:
    (directory / "server.key").write_text(text, encoding="utf-8")
    assert "server.key" in refused(directory)


def test_a_server_key_that_is_open_to_the_world(own: Vault, directory: Path) -> None:
    (directory / "server.key").chmod(0o604)
    assert "server.key is open to the world: run `chmod o= " in refused(directory)


def test_a_port_that_is_taken(own: Vault, directory: Path) -> None:
    with serving(directory) as server:
        said = refused(directory, "--port", str(server.port))
        assert f"127.0.0.1 port {server.port} cannot be used: Address already in use." in said
        assert refused(directory, "--port", str(server.port), "--workers", "2")


def test_an_address_that_is_not_ours(own: Vault, directory: Path) -> None:
    assert "192.0.2.1 port 0 cannot be used" in refused(directory, "--host", "192.0.2.1",
                                                       "--port", "0")  # fmt: skip


def test_no_vault(directory: Path) -> None:
    assert f"There is no vault at {directory}" in refused(directory)
    assert not directory.exists()


def test_options_that_do_not_go_together(own: Vault, directory: Path) -> None:
    assert "give --certfile and --keyfile together" in refused(directory, "--certfile", "x")
    assert "give --certfile and --keyfile together" in refused(directory, "--keyfile", "x")
    assert "is no IP address or CIDR block" in refused(directory, "--trusted-proxy", "*")
    assert "is no IP address or CIDR block" in refused(directory, "--trusted-proxy", "localhost")


@pytest.mark.parametrize(
    "blocks",
    [
        ("0.0.0.0/0",),
        ("::/0",),
        ("10.0.0.0/8", "1.2.3.4/0"),
        ("128.0.0.0/1", "0.0.0.0/1"),
        ("::ffff:0:0/96",),
        ("8000::/1", "::/2", "4000::/2"),
    ],
)
def test_not_everybody_is_a_trusted_proxy(
    own: Vault, directory: Path, blocks: tuple[str, ...]
) -> None:
    options = [part for block in blocks for part in ("--trusted-proxy", block)]
    assert "give the addresses of your proxies" in refused(directory, *options)


@pytest.mark.parametrize("host", [ANYWHERE, "::", "localhost", "127.0.0.1"])
def test_another_address_without_tls_is_warned_of(own: Vault, directory: Path, host: str) -> None:
    if host == "::" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with serving(directory, "--host", host) as server:
        line = Connection(f"http://127.0.0.1:{server.port}", {})
        assert line.ask("GET", "/api/status").status == 200
        line.close()
    warned = f"tokens and secrets will pass {host} in clear text" in server.output
    assert warned == (host in (ANYWHERE, "::"))


def over_tls(server: Server, context: ssl.SSLContext, token: str) -> int:
    line = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=context)
    try:
        line.request("GET", ROUTE, headers={"Authorization": f"Bearer {token}"})
        return line.getresponse().status
    finally:
        line.close()


def plainly(server: Server) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        line.request("GET", ROUTE)
        line.getresponse()
    finally:
        line.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_tls(own: Vault, directory: Path, tmp_path: Path, workers: str) -> None:
    certfile, keyfile = certificate(tmp_path, "ours")
    options = ("--certfile", str(certfile), "--keyfile", str(keyfile), "--workers", workers)
    with serving(directory, *options, "--host", ANYWHERE) as server:
        shop = Shop.make(own, server.url, e2ee=True)
        token = shop.token()
        trusting = ssl.create_default_context(cafile=str(certfile))
        assert over_tls(server, trusting, token) == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            over_tls(server, ssl.create_default_context(), token)
        # A client without TLS gets no answer, and disturbs no other.
        with pytest.raises((http.client.HTTPException, OSError)):
            plainly(server)
        assert over_tls(server, trusting, token) == 200
    assert server.url.startswith(f"https://{ANYWHERE}:")
    assert server.output == f"Serving {server.url}\n", "TLS needs no warning"


def test_a_certificate_that_is_none(own: Vault, directory: Path, tmp_path: Path) -> None:
    (certfile, keyfile), (_, other) = certificate(tmp_path, "ours"), certificate(tmp_path, "other")
    locked = tmp_path / "locked.key"
    private = serialization.load_pem_private_key(keyfile.read_bytes(), None)
    locked.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"passphrase"),
        )
    )
    for first, second in (
        (certfile, other),
        (keyfile, certfile),
        (certfile, locked),
        (certfile, tmp_path / "nothing"),
        (tmp_path / "nothing", keyfile),
        (tmp_path, tmp_path),
    ):
        said = refused(directory, "--certfile", str(first), "--keyfile", str(second))
        assert f"{first} and {second} are no certificate and its key in PEM" in said
