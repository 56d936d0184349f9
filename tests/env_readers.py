"""The programs that read `.env` files, asked themselves."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from dotenv import dotenv_values

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
