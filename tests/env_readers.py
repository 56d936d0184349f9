"""The programs that read files of secrets, asked themselves."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

NOTHING_MORE: Mapping[str, str] = {}

_ASKED = """
const { parseEnv } = require('util');
const read = {};
if (parseEnv) read.node = parseEnv;
try { read.npm = require('dotenv').parse; } catch {}
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const answers = {};
  for (const name in read) answers[name] = read[name](JSON.parse(line));
  console.log(JSON.stringify(answers));
});
"""
_SOURCED = r"""
. "$1"; shift
for name; do eval "[ -z \"\${$name+x}\" ] || printf '%s=%s\0' $name \"\$$name\""; done
"""


@cache
def _node() -> subprocess.Popen[str] | None:
    if shutil.which("node") is None:
        return None
    return subprocess.Popen(
        ("node", "-e", _ASKED),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def python_dotenv(text: str) -> dict[str, str]:
    """What python-dotenv reads, without putting variables in their place."""
    read = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in read.items() if value is not None}


def node(text: str, name: str) -> dict[str, str]:
    """What `node --env-file` (`node`) or npm dotenv (`npm`) reads."""
    asked = _node()
    if asked is None or asked.stdin is None or asked.stdout is None:
        pytest.skip("node is not installed")
    asked.stdin.write(json.dumps(text) + "\n")
    asked.stdin.flush()
    answers: dict[str, dict[str, str]] = json.loads(asked.stdout.readline())
    if name not in answers:
        pytest.skip(f"{name} is not installed, or has no such reader: see CONTRIBUTING")
    return answers[name]


def shell(name: str, file: Path, names: list[str]) -> dict[str, str]:
    """What these names have in a shell that sourced the file; no program can be run by it."""
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run(
        (program, "-c", _SOURCED, name, str(file), *names),
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
        env={"PATH": "/nowhere", "HOME": "/home/of-nobody"},
        cwd=file.parent,
    )
    pairs = done.stdout.decode(errors="surrogateescape").split("\0")[:-1]
    return dict(pair.split("=", 1) for pair in pairs)


def sourced(
    name: str, file: Path, names: Sequence[str], environment: Mapping[str, str] = NOTHING_MORE
) -> dict[str, str]:
    """The same, where whatever the shell says or runs is a failure."""
    program, *options = {"zsh": ["zsh", "-f"], "busybox": ["busybox", "sh"]}.get(name, [name])
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    say = "".join(f"printf '%s\\0' \"${{{name}-not set}}\"\n" for name in names)
    asked = subprocess.run(
        [found, *options, "-c", f". '{file}'\n{say}printf end"],
        env={"PATH": "/nowhere", **environment}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    # A command that is run is not found, and the shell says so.
    assert (asked.returncode, asked.stderr) == (0, b"")
    *values, end = asked.stdout.decode().split("\0")
    assert end == "end"
    return dict(zip(names, values, strict=True))


def started_by_node(file: Path) -> dict[str, str]:
    """What a program has that is started with `node --env-file`."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not installed")
    asked = subprocess.run(
        [program, f"--env-file={file}", "-p", "JSON.stringify(process.env)"],
        env={}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    if asked.returncode:
        pytest.skip("node has no --env-file")
    values: dict[str, str] = json.loads(asked.stdout)
    return values


def docker(file: Path) -> dict[str, str]:
    """What Docker's client sends for `docker create --env-file`."""
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    sent: list[str] = []
    with _daemon(sent) as address:
        subprocess.run(
            ["docker", "create", "--env-file", str(file), "image"],
            env={**os.environ, "DOCKER_HOST": address}, capture_output=True, check=True, timeout=60,
        )  # fmt: skip
    return dict(line.split("=", 1) for line in sent)


def kubectl(file: Path) -> dict[str, str]:
    """What kubectl makes a Secret of."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    made = subprocess.run(
        ["kubectl", "create", "secret", "generic", "x", f"--from-env-file={file}",
         "--dry-run=client", "--output=json"],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    data: dict[str, str] = json.loads(made.stdout).get("data", {})
    return {name: base64.b64decode(value).decode() for name, value in data.items()}


@contextmanager
def _daemon(sent: list[str]) -> Iterator[str]:
    """A Docker daemon that makes no container, and keeps the environment it should have had."""

    class Daemon(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, {"ApiVersion": "1.44"})

        do_HEAD = do_GET

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sent.extend(json.loads(body)["Env"])
            self._answer(201, {"Id": "1", "Warnings": []})

        def _answer(self, status: int, content: dict[str, object]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Api-Version", "1.44")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Daemon) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()
