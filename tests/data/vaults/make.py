"""Make a vault of the release that is installed, with what must hold of it for ever.

Run it once for a release, with that release's own program, and commit what it makes:

    python tests/data/vaults/make.py tests/data/vaults/0.1

It drives the command line and the server alone, so that it also works with later releases. The
verdicts and secrets stand here as they were written down by hand; `serviceTokenData` and the end of
the log are what that release answered. The keys and tokens protect nothing: they are examples that
everybody may read.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

SCRIPT = [sys.executable, "-m", "st_tui"]
END = "2099-01-01T00:00:00Z"

VERDICTS = [
    # token, environment, path, operation, address, allowed, reason
    ("reader", "dev", "/common/db", "read", None, True, "allowed"),
    ("reader", "dev", "/common", "read", None, True, "allowed"),
    ("reader", "dev", "/common/db", "write", None, False, "permission"),
    ("reader", "dev", "/other", "read", None, False, "path"),
    ("reader", "prod", "/common", "read", None, False, "environment"),
    ("odd", "dev", "/a1/x", "read", None, True, "allowed"),
    ("odd", "dev", "/a9/x", "read", None, False, "path"),
    ("odd", "dev", "/k/.env", "write", None, True, "allowed"),
    ("odd", "prod", "/", "write", None, True, "allowed"),
    ("odd", "prod", "/x/y", "read", None, True, "allowed"),
    ("odd", "prod", "/x", "read", None, False, "path"),
    ("writer", "prod", "/frontend", "write", None, True, "allowed"),
    ("writer", "prod", "/frontend", "read", None, False, "permission"),
    ("writer", "prod", "/frontend/.git", "write", None, False, "path"),
    ("office", "dev", "/common", "read", "10.1.2.3", True, "allowed"),
    ("office", "dev", "/common", "read", "11.1.2.3", False, "ip"),
    ("office", "dev", "/common", "read", None, False, "ip"),
    ("asleep", "dev", "/common", "read", None, False, "inactive"),
    ("rotated", "dev", "/common", "read", None, True, "allowed"),
    ("rotated-old", "dev", "/common", "read", None, True, "allowed"),
    ("cloned", "prod", "/x/y", "read", None, True, "allowed"),
    ("orphan", "dev", "/common", "read", None, False, "environment"),
    ("ended", "dev", "/common", "read", None, False, "expired"),
    ("revoked", "dev", "/common", "read", None, False, "unknown"),
    ("shop", "dev", "/", "read", None, True, "allowed"),
]

SECRETS = [
    # project, environment, path, name, value, comment
    ("payments", "dev", "/common/db", "DB_HOST", "db.example", ""),
    ("payments", "dev", "/common/db", "DB_PASSWORD", "second $ecret", ""),
    ("payments", "dev", "/common/db", "EMPTY", "", ""),
    ("payments", "dev", "/common/db", "KEY", "-----BEGIN-----\nzwölf 🔑\n-----END-----\n", ""),
    ("payments", "dev", "/common/db", "URL", "pg://db.example/second $ecret", ""),
    ("payments", "prod", "/", "DB_HOST", "db.example", ""),
    ("shop", "dev", "/", "API_KEY", "from the server", "made by a client"),
]


def main(directory: Path) -> None:
    """Make everything into a new directory."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"ST_TUI_VAULT": str(directory)}

    def run(*arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [*SCRIPT, *arguments],
            input=stdin,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{arguments}: {done.stderr}")
        return done.stdout

    run("init", "--name", "Payments", "--env", "dev", "--env", "prod", "--env", "gone")
    run("project", "create", "--name", "Shop", "--env", "dev", "--no-e2ee")
    payments, shop = ("--project", "payments"), ("--project", "shop")
    for place in ("/common/db", "/other", "/a1/x", "/k"):
        run("folders", "create", *payments, "--env", "dev", "--path", place)
    for place in ("/frontend", "/x/y", "/old"):
        run("folders", "create", *payments, "--env", "prod", "--path", place)
    run("folders", "delete", *payments, "--env", "prod", "--path", "/old", "--yes")

    made: dict[str, dict[str, Any]] = {}

    def token(name: str, *options: str, project: tuple[str, str] = payments) -> None:
        end = () if {"--never", "--expiry-seconds"} & set(options) else ("--expires-at", END)
        made[name] = json.loads(
            run("service-token", "create", *project, "--name", name, *options, *end, "--json")
        )

    read, write = ("--access-level", "read"), ("--access-level", "write")
    v3 = ("--token-version", "3")
    token("reader", "--scope", "dev:/common/**", *read)
    token(
        "odd", "--scope", "dev:/a[1-3]/?", "--scope", "dev:/{k,l}/[^x]env", "--scope", "prod:/",
        "--scope", "prod:/*/*", *read, *write, "--never",
    )  # fmt: skip
    token("writer", "--scope", "prod:/frontend/**", *write)
    token("office", "--scope", "dev:/common/**", *read, *v3, "--active",
          "--trusted-ip", "10.0.0.0/8", "--trusted-ip", "2001:db8::/32")  # fmt: skip
    token("asleep", "--scope", "dev:/**", *read, *v3)
    token("rotated-old", "--scope", "dev:/common/**", *read)
    token("orphan", "--scope", "gone:/common/**", *read)
    token("revoked", "--scope", "dev:/common/**", *read)
    token("ended", "--scope", "dev:/common/**", *read, "--expiry-seconds", "1")
    token("shop", "--scope", "dev:/**", *read, *write, project=shop)

    def again(verb: str, name: str, *options: str) -> dict[str, Any]:
        answer = run("service-token", verb, *payments, identity(made[name]), *options, "--json")
        return dict(json.loads(answer))

    made["rotated"] = again("rotate", "rotated-old", "--overlap", str(50 * 365 * 86_400))
    made["cloned"] = again("clone", "odd")
    run("service-token", "activate", *payments, identity(made["asleep"]))
    run("service-token", "deactivate", *payments, identity(made["asleep"]))
    run("service-token", "trust", *payments, identity(made["office"]), "--trusted-ip", "10.0.0.0/8")
    run("service-token", "delete", *payments, identity(made["revoked"]), "--yes")
    run("environments", "delete", *payments, "gone", "--yes")

    db = ("--env", "dev", "--path", "/common/db")
    run("secrets", "set", *payments, *db, "DB_PASSWORD=-", stdin="first")
    run("secrets", "set", *payments, *db, "DB_PASSWORD=-", stdin="second $ecret")
    run("secrets", "set", *payments, *db, "DB_HOST=db.example", "EMPTY=", "GOES=x")
    run("secrets", "set", *payments, *db, "URL=-", stdin="pg://${DB_HOST}/${DB_PASSWORD}")
    run("secrets", "import", *payments, *db, "-", stdin=json.dumps({"KEY": SECRETS[3][4]}))
    run("secrets", "delete", *payments, *db, "GOES", "--yes")
    run("secrets", "imports", "create", *payments, "--env", "prod", "--from", "dev:/common/db")

    calls(environment, made)
    time.sleep(1.1)  # until `ended` has ended
    run("service-token", "list", *payments)
    run("e2ee", "off", *payments)
    run("e2ee", "on", *payments)
    run("audit", "verify")

    backup = directory / "backup.db"
    run("backup", str(backup))
    log = json.loads(run("audit", "list", "--json"))["auditLogs"]
    listed = [
        one
        for project in (payments, shop)
        for one in json.loads(run("service-token", "list", *project, "--json"))["serviceTokenData"]
    ]
    holds = {
        "tokens": {name: {"id": identity(one), "text": one["serviceToken"]}
                   for name, one in made.items()},
        "serviceTokenData": listed,
        "verdicts": VERDICTS,
        "secrets": SECRETS,
        "audit": {"entries": len(log), "lastHash": log[0]["hash"]},
    }  # fmt: skip
    with open(directory / "holds.json", "w", encoding="utf-8") as file:
        json.dump(holds, file, indent=1, ensure_ascii=False)
        file.write("\n")


def identity(made: dict[str, Any]) -> str:
    """A new token's id."""
    return str(made["serviceTokenData"]["id"])


def calls(environment: dict[str, str], made: dict[str, dict[str, Any]]) -> None:
    """Use tokens at the server, allowed and denied, so that the log has what it writes."""
    server = subprocess.Popen(
        [*SCRIPT, "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = next(word for line in server.stdout for word in line.split() if "://" in word)

        def call(method: str, path: str, token: str, body: object = None) -> int:
            request = urllib.request.Request(  # noqa: S310 - the address is our own server's
                url.rstrip(".") + path,
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return error.code

        shop = made["shop"]["accessToken"]
        workspace = made["shop"]["serviceTokenData"]["projectId"]
        place = {"workspaceId": workspace, "environment": "dev", "secretPath": "/"}
        at = f"?workspaceId={workspace}&environment=dev&secretPath=/"
        made_one = {"secretValue": "from the server", "secretComment": "made by a client"}
        statuses = [
            call("POST", "/api/v3/secrets/raw/API_KEY", shop, place | made_one),
            call("GET", f"/api/v3/secrets/raw/API_KEY{at}", shop),
            call("GET", f"/api/v3/secrets/raw{at}", f"{shop[:-4]}0000"),
            call("GET", f"/api/v3/secrets/raw{at.replace('dev', 'prod')}", shop),
            call("GET", f"/api/v3/secrets{at}", made["reader"]["accessToken"]),
        ]
        assert statuses == [200, 200, 401, 403, 403], statuses
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
