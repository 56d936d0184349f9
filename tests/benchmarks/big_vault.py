"""Make a vault of any size: `python -m tests.benchmarks.big_vault DIR N`.

It has N tokens over some hundred folders, made through the vault's own front door: all its rules
hold, each token has its entry in the log, and `st-tui audit verify` accepts it. Only the times are
not real: all was made just now, and nothing was used. The same N gives the same names and scopes.
"""

from __future__ import annotations

import argparse
import time
from itertools import product
from pathlib import Path
from random import Random

from st_tui.core.addresses import ANYWHERE_TEXT, parse_ranges
from st_tui.core.expiry import DAY
from st_tui.core.model import Environment, Permission, Project, Scope, TokenDraft
from st_tui.core.vault import DEFAULT_ENVIRONMENTS, Vault

TEAMS = (
    "billing", "checkout", "identity", "search", "shipping", "pricing", "catalog", "fraud",
    "loyalty", "returns", "media", "support",
)  # fmt: skip
SERVICES = ("api", "worker", "web", "cron", "etl", "webhooks")
KINDS = ("", "/db", "/db/replica", "/cache", "/mail", "/queue")
USES = ("ci", "deploy", "backup", "runner", "sync", "metrics", "debug", "migrate")
ANYWHERE = parse_ranges(ANYWHERE_TEXT)
_TOGETHER = 5_000
"""Tokens that are made in one transaction."""


def main() -> None:
    """Make the vault, and say how far it is."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.big_vault")
    parser.add_argument("directory", type=Path, metavar="DIR", help="where no vault is yet")
    parser.add_argument("tokens", type=int, metavar="N")
    options = parser.parse_args()
    if (options.directory / "vault.db").exists():
        parser.error(f"{options.directory} has a vault already: name another directory")
    make(options.directory, options.tokens)


def make(directory: Path, tokens: int) -> None:
    """Make a vault with so many tokens."""
    begun = time.monotonic()
    with Vault.create(directory, actor="benchmark") as vault:
        project = vault.projects.create("Big")
        environments = vault.environments.every(project)
        with vault.together():
            make_folders(vault, project, environments)
        now, random = vault.now(), Random(tokens)
        for made in range(0, tokens, _TOGETHER):
            with vault.together():
                for number in range(made, min(made + _TOGETHER, tokens)):
                    vault.tokens.create(project, draft(random, number, now))
            print(f"\r{number + 1:,} tokens, {time.monotonic() - begun:.0f} s", end="", flush=True)
    print()


def make_folders(vault: Vault, project: Project, environments: list[Environment]) -> None:
    """Make a folder for each part of each service of each team, in each environment."""
    for environment, team, service, kind in product(environments, TEAMS, SERVICES, KINDS):
        vault.folders.create(project, environment.slug, f"/{team}/{service}{kind}")


def draft(random: Random, number: int, now: int) -> TokenDraft:
    """A token as a team of many services has it: mostly for one of them, and mostly with an end."""
    team, service = random.choice(TEAMS), random.choice(SERVICES)
    place = f"/{team}/{service}{random.choice(KINDS)}"
    patterns = random.choices(
        (place, f"{place}/*", f"/{team}/{service}/**", f"/{team}/**", "/**/db"),
        weights=(30, 15, 40, 10, 5),
        k=random.choice((1, 1, 1, 2, 3)),
    )
    slugs = [environment.slug for environment in DEFAULT_ENVIRONMENTS]
    scopes = dict.fromkeys(Scope(random.choice(slugs), pattern) for pattern in patterns)
    version = random.choice((2, 2, 2, 3))
    return TokenDraft(
        f"{team}-{service}-{random.choice(USES)}-{number:06}",
        tuple(scopes),
        frozenset(random.choice(([Permission.READ], [Permission.READ], list(Permission)))),
        random.choice((None, *(now + days * DAY for days in (1, 7, 30, 182, 365)))),
        version=version,
        trusted_ips=ANYWHERE if version == 3 else None,
    )


if __name__ == "__main__":
    main()
