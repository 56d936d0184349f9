"""What the demo holds: folders, secrets and tokens, and the clients that use the tokens."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import Endpoint, Permission

_R = frozenset({Permission.READ})
_W = frozenset({Permission.WRITE})
_RW = _R | _W

_COMMON = (
    "/common/api",
    "/common/auth/providers/oidc",
    "/common/cache",
    "/common/db/primary",
    "/common/db/replica",
    "/common/mail/templates",
)
_FAQ = ("/folder1/subfolder1", "/folder1/subfolder/subsubfolder", "/folder2/subfolder")
FOLDERS = {
    "dev": (*_FAQ, *_COMMON, "/backend/billing", "/backend/worker", "/ci", "/frontend/web"),
    "staging": (*_FAQ, *_COMMON[2:], "/backend/billing", "/ci"),
    "prod": (*_FAQ, *_COMMON[2:], "/backend/billing", "/frontend/web"),
}


class DemoSecret(NamedTuple):
    """A secret of the demo. Its value opens nothing anywhere."""

    environment: str
    path: str
    name: str
    value: str
    comment: str = ""


_DATABASE_URL = "postgres://${POSTGRES_USER}:${POSTGRES_PASSWORD}@db.example:5432/shop"
_DB_URL = "postgres://shop:${DB_PASSWORD}@${DB_HOST}:5432/${DB_NAME}"
_WELCOME = """Hello {name},

welcome to the shop. Your first order ships for free.
"""
_RATES = """country,rate
DE,19
FR,20
NL,21
"""
_HOSTS = """deploy.example made-up-host-key-1
deploy2.example made-up-host-key-2"""

SECRETS = (
    DemoSecret("dev", "/", "LOG_LEVEL", "debug"),
    DemoSecret("dev", "/", "SUPPORT_MAIL", "help@shop.example"),
    DemoSecret("dev", "/common/api", "API_URL", "https://api.dev.example/v1"),
    DemoSecret("dev", "/common/api", "API_KEY", "dev-only-3Kt9pWq1", "made up"),
    DemoSecret("dev", "/common/auth/providers/oidc", "OIDC_ISSUER", "https://login.example"),
    DemoSecret("dev", "/common/auth/providers/oidc", "OIDC_CLIENT_ID", "shop-dev"),
    DemoSecret(
        "dev", "/common/auth/providers/oidc", "OIDC_CLIENT_SECRET", "dev-only-8Zr5nXc2", "made up"
    ),
    DemoSecret("dev", "/common/cache", "REDIS_URL", "redis://cache.example:6379/0"),
    DemoSecret("dev", "/common/db", "DB_HOST", "db.dev.example"),
    DemoSecret("dev", "/common/db", "DB_NAME", "shop_dev"),
    DemoSecret("dev", "/common/db", "DB_PASSWORD", "dev-only-5Lm1vGt6", "made up"),
    DemoSecret("dev", "/common/db", "DB_URL", _DB_URL, "put together from the others"),
    DemoSecret("dev", "/common/db/primary", "POSTGRES_USER", "shop"),
    DemoSecret("dev", "/common/db/primary", "POSTGRES_PASSWORD", "dev-only-7Qx2mVr9", "made up"),
    DemoSecret(
        "dev", "/common/db/primary", "DATABASE_URL", _DATABASE_URL, "put together from the two"
    ),
    DemoSecret("dev", "/common/db/replica", "REPLICA_HOST", "replica.${dev.common.db.DB_HOST}"),
    DemoSecret(
        "dev", "/common/mail/templates", "WELCOME_MAIL", _WELCOME, "plain text, sent as it is"
    ),
    DemoSecret("dev", "/backend/billing", "INVOICE_PREFIX", "DEV-"),
    DemoSecret("dev", "/backend/billing", "TAX_RATES", _RATES, "per cent"),
    DemoSecret("dev", "/backend/worker", "QUEUE_NAME", "orders-dev"),
    DemoSecret("dev", "/ci", "KNOWN_HOSTS", _HOSTS),
    DemoSecret("dev", "/frontend/web", "PUBLIC_URL", "https://dev.shop.example"),
    DemoSecret("staging", "/common/db", "DB_HOST", "db.staging.example"),
    DemoSecret("staging", "/common/db", "DB_NAME", "shop_staging"),
    DemoSecret("staging", "/common/db", "DB_PASSWORD", "staging-6Wb3hJx9", "made up"),
    DemoSecret("staging", "/common/db", "DB_URL", _DB_URL),
    DemoSecret("staging", "/common/db", "COPY_OF", "${prod.common.db.DB_NAME}", "every night"),
    DemoSecret("staging", "/common/cache", "REDIS_URL", "redis://cache.staging.example:6379/0"),
    DemoSecret("staging", "/backend/billing", "INVOICE_PREFIX", "TEST-"),
    DemoSecret("prod", "/common/db", "DB_HOST", "db.prod.example"),
    DemoSecret("prod", "/common/db", "DB_NAME", "shop"),
    DemoSecret("prod", "/common/db", "DB_PASSWORD", "pR0d-9Fy4dMn2sKe7", "made up"),
    DemoSecret("prod", "/common/db", "DB_URL", _DB_URL),
    DemoSecret("prod", "/common/db/primary", "POSTGRES_PASSWORD", "pR0d-k2Lw8sTz4Yb6", "made up"),
    DemoSecret("prod", "/common/cache", "REDIS_URL", "redis://cache.prod.example:6379/0"),
    DemoSecret("prod", "/backend/billing", "INVOICE_PREFIX", "INV-"),
    DemoSecret("prod", "/backend/billing", "TAX_RATES", _RATES, "per cent"),
    DemoSecret("prod", "/frontend/web", "PUBLIC_URL", "https://shop.example"),
)
IMPORTS = (
    ("dev", "/common/db/replica", "/common/db"),
    ("dev", "/backend/billing", "/common/db"),
    ("dev", "/backend/worker", "/common/cache"),
    ("staging", "/backend/billing", "/common/db"),
    ("prod", "/backend/billing", "/common/db"),
    ("prod", "/backend/billing", "/common/cache"),
)
"""Environment, a folder in it, and the folder in it whose secrets are imported there."""

PROMISES = """# What has to be true of every token.

no token may write prod:/common/**
only nightly-backup may read prod:/common/db/**
only mobile-*, nightly-backup may read prod:/frontend/**

# legacy-billing breaks this one.
only metrics-ingest may write prod:/backend/**
"""
"""The file of promises beside the demo's vault: all but the last one hold."""


class Call(NamedTuple):
    """Something that a client does again and again. `event` is its name in the audit log."""

    event: str
    environment: str
    path: str
    endpoint: Endpoint = Endpoint.E2EE


class Client(NamedTuple):
    """A program that uses a token.

    It makes `a_day` calls on a working day, each of `calls` in turn. `hour` (UTC) is when it runs
    by itself every day; None stands for office hours.
    """

    ip: str
    user_agent: str
    a_day: int
    calls: tuple[Call, ...]
    hour: int | None = None


class DemoToken(NamedTuple):
    """A token of the demo: its age and life in milliseconds, and who uses it.

    A `life` of None never ends. A token with `trusted_ips` is V3, and `active` says whether it was
    switched on.
    """

    name: str
    scopes: tuple[str, ...]
    permissions: frozenset[Permission]
    age: int
    life: int | None
    clients: tuple[Client, ...] = ()
    trusted_ips: tuple[str, ...] = ()
    active: bool = True


TOKENS = (
    DemoToken(
        "legacy-billing",
        ("prod:/backend/billing",),
        _RW,
        300 * DAY,
        None,
        (
            Client(
                "203.0.113.17",
                "python-requests/2.31.0",
                3,
                (
                    Call("get-secrets", "prod", "/backend/billing"),
                    Call("get-secret", "prod", "/backend/billing"),
                    Call("update-secret", "prod", "/backend/billing"),
                    Call("get-secrets", "prod", "/common/db/primary"),
                ),
            ),
        ),
    ),
    DemoToken("second-level", ("dev:/*/*",), _R, 120 * DAY, 180 * DAY),
    DemoToken(
        "metrics-ingest",
        ("prod:/backend/*", "staging:/backend/*"),
        _W,
        45 * DAY,
        360 * DAY,
        (
            Client(
                "198.51.100.40",
                "node",
                4,
                (
                    Call("create-secret", "prod", "/backend/billing"),
                    Call("update-secret", "prod", "/backend/billing"),
                    Call("update-secret", "staging", "/backend/billing"),
                    Call("get-secret", "prod", "/backend/billing"),
                ),
            ),
        ),
    ),
    DemoToken(
        "nightly-backup",
        ("dev:/**", "staging:/**", "prod:/**"),
        _R,
        29 * DAY + HOUR,
        30 * DAY,
        (
            Client(
                "198.51.100.9",
                "InfisicalPythonSDK/1.6.0",
                6,
                (
                    Call("get-secrets", "dev", "/"),
                    Call("get-secrets", "staging", "/"),
                    Call("get-secrets", "prod", "/"),
                    Call("get-secrets", "prod", "/common/db/primary"),
                ),
                hour=2,
            ),
        ),
    ),
    DemoToken(
        "all-folders",
        ("dev:/**",),
        _RW,
        22 * DAY,
        30 * DAY,
        (
            Client(
                "192.0.2.21",
                "InfisicalNodeSDK",
                5,
                (
                    Call("get-secrets", "dev", "/folder1/subfolder/subsubfolder"),
                    Call("get-secrets", "dev", "/backend/worker"),
                    Call("create-secret", "dev", "/backend/worker"),
                    Call("get-secrets", "staging", "/backend/billing"),
                ),
            ),
        ),
    ),
    DemoToken("top-level", ("dev:/*",), _R, 16 * DAY, 180 * DAY),
    DemoToken(
        "ci-deploy",
        ("dev:/common/**",),
        _R,
        13 * DAY,
        180 * DAY,
        (
            Client(
                "192.0.2.80",
                "cli",
                7,
                (
                    Call("get-secrets", "dev", "/common/db/primary"),
                    Call("get-secrets", "dev", "/common/db/replica"),
                    Call("get-secrets", "dev", "/common/api"),
                    Call("get-secret", "dev", "/common/cache"),
                    Call("get-secrets", "dev", "/common/mail", Endpoint.RAW),
                    Call("get-secrets", "dev", "/folder1"),
                    Call("get-secrets", "staging", "/common/db/primary"),
                ),
            ),
        ),
    ),
    DemoToken(
        "load-test",
        ("staging:/common/**",),
        _R,
        12 * DAY,
        7 * DAY,
        (
            Client(
                "192.0.2.66",
                "InfisicalPythonSDK/1.6.0",
                3,
                (
                    Call("get-secrets", "staging", "/common/db/primary"),
                    Call("get-secrets", "staging", "/common/cache"),
                ),
            ),
        ),
    ),
    DemoToken(
        "office-sync",
        ("dev:/common/**", "staging:/common/**"),
        _RW,
        10 * DAY,
        360 * DAY,
        (
            Client(
                "10.20.0.7",
                "infisical-python-sdk",
                5,
                (
                    Call("get-secrets", "dev", "/common/mail/templates"),
                    Call("update-secret", "dev", "/common/mail/templates"),
                    Call("get-secrets", "staging", "/common/cache"),
                    Call("create-secret", "staging", "/common/cache"),
                ),
            ),
            Client(
                "203.0.113.9", "cli", 1, (Call("get-secrets", "dev", "/common/mail/templates"),)
            ),
        ),
        trusted_ips=("10.0.0.0/8",),
    ),
    DemoToken("folder1-children", ("dev:/folder1/*",), _R, 6 * DAY, 30 * DAY),
    DemoToken(
        "preview-apps",
        ("staging:/folder2/**", "dev:/folder2/**"),
        _RW,
        3 * DAY,
        7 * DAY,
        (
            Client(
                "192.0.2.130",
                "InfisicalNodeSDK",
                6,
                (
                    Call("get-secrets", "staging", "/folder2/subfolder"),
                    Call("update-secret", "staging", "/folder2/subfolder"),
                    Call("get-secrets", "staging", "/folder1/subfolder1"),
                ),
            ),
        ),
    ),
    DemoToken(
        "mobile-release",
        ("prod:/frontend/**",),
        _R,
        DAY + 3 * HOUR,
        360 * DAY,
        (Client("203.0.113.54", "cli", 3, (Call("get-secrets", "prod", "/frontend/web"),)),),
        trusted_ips=("0.0.0.0/0", "::/0"),
        active=False,
    ),
)

STRANGER = Client("198.51.100.200", "curl/8.5.0", 1, (Call("get-secrets", "prod", "/"),))
