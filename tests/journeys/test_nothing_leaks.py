"""A vault through both custody modes and all its doors; then a search for all that is secret."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Project, TokenText
from st_tui.core.vault import Vault
from tests.api.cli_calls import Cli
from tests.api.e2ee_client import E2eeClient
from tests.api.http_calls import Connection, Refused, in_path
from tests.api.server import Server, serving
from tests.api.shop import COMMON, READ_WRITE, ROOT, Shop
from tests.core.vaults import WRITE, v2


class Hidden:
    """Texts that nobody may find, each made here once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def new(self, kind: str) -> str:
        """A text that stands nowhere else: a secret's name, value or comment."""
        self.texts.append(f"{kind}_{secrets.token_hex(8)}")
        return self.texts[-1]

    def token(self, text: TokenText) -> TokenText:
        """Note the secret parts of a token."""
        self.texts += [text.secret, text.key]
        return text

    def found_in(self, places: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
        """Where something was found, and what."""
        spelled = [(text, each) for text in self.texts for each in spellings(text)]
        return [(place, text) for place, data in places for text, each in spelled if each in data]


def spellings(text: str) -> set[bytes]:
    """The ways in which a text may have been written down."""
    data = text.encode()
    # In base64 without the last characters, which depend on what follows.
    found = {data, data.lower(), data.hex().encode(), b64encode(data).rstrip(b"=")[:-1]}
    with suppress(ValueError):
        found.add(bytes.fromhex(text))
    return found


def files(directory: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a vault, the write-ahead log and the shared memory among them."""
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


@pytest.fixture
def hidden() -> Hidden:
    return Hidden()


def keys(vault: Vault, project: Project) -> list[str]:
    """The project's own keys, in clear."""
    session = vault._session
    return [session.project_key(project.id), session.name_key(project.id)]


def as_operator(shop: Shop, hidden: Hidden) -> None:
    """What the app and the command line do."""
    names = [hidden.new("NAME") for _ in range(3)]
    rooms, project = shop.vault.secrets, shop.project
    rooms.create(project, ROOT, names[0], hidden.new("value"), hidden.new("comment"))
    rooms.update(project, ROOT, names[0], value=hidden.new("value"), new_name=names[1])
    rooms.set(project, COMMON, {names[2]: f"${{dev.{names[1]}}}", names[0]: hidden.new("value")})
    rooms.get(project, COMMON, names[2], expand=True)
    rooms.read(project, COMMON, imports=True, expand=True)
    rooms.names_by_hash(project)
    for name in (hidden.new("NAME"), f"{hidden.new('NAME')}/"):
        with pytest.raises(Refusal):
            rooms.get(project, ROOT, name)
        with pytest.raises(Refusal):
            rooms.set(project, ROOT, {name: hidden.new("value"), "": ""})
    rooms.delete(project, COMMON, names[0])


def as_e2ee_client(shop: Shop, token: TokenText, hidden: Hidden) -> None:
    """What a client does that shows the server no key and no value."""
    with E2eeClient(token.full, shop.url) as one:
        name = hidden.new("NAME")
        one.create(name, hidden.new("value"), path="/common")
        one.update(name, hidden.new("value"), path="/common")
        one.list(path="/common")
        one.get(name, path="/common")
        for bad, path in (
            (name, "/common"),
            (hidden.new("NAME"), "/nowhere"),
            (f"{hidden.new('NAME')}:", "/common"),
        ):
            with pytest.raises(Refused):
                one.create(bad, hidden.new("value"), path=path)
            with pytest.raises(Refused):
                one.delete(hidden.new("NAME"), path=path)
        one.delete(name, path="/common")


def as_raw_client(shop: Shop, token: TokenText, hidden: Hidden) -> None:
    """What clients do that show the server values, and the CLI the whole token too."""
    one = Cli(token.full, shop.url)
    name, project_id = hidden.new("NAME"), shop.project.id
    for _ in range(2):
        one.set(project_id, name, hidden.new("value"), path="/common")
    one.list_v4(path="/common", whole=True)
    one.list_v3(path="/common", recursive=True)
    one.set(project_id, hidden.new("NAME"), hidden.new("value"), path="/nowhere")
    one.delete(project_id, hidden.new("NAME"), path="/common")
    one.delete(project_id, name, path="/common", kind="shared")
    one.line.close()


def as_stranger(shop: Shop, token: TokenText, hidden: Hidden) -> None:
    """Wrong and broken tokens and requests, with secrets where none belong."""
    wrong = hidden.token(TokenText(2, token.id, secrets.token_hex(16), secrets.token_hex(16)))
    broken = f"st.{token.id}.{hidden.new('secret')}"
    for bearer in (wrong.full, broken, hidden.new("password"), token.full):
        line = Connection(shop.url, {"Authorization": f"Bearer {bearer}"})
        name = in_path(hidden.new("NAME"))
        line.ask("GET", f"/api/v3/secrets/{name}/{name}")
        line.ask("POST", f"/api/v3/secrets/raw/{name}", body=hidden.new("value").encode())
        line.ask("PUT", f"/nowhere/{name}?{name}={name}", body={name: hidden.new("value")})
        line.ask("GET", f"/api/v3/secrets/raw/{name}?environment=dev&secretPath=/x&type={name}")
        line.ask("GET", f"/api/v3/secrets/%FF{name}")
        line.close()
    with suppress(OSError):
        # Not HTTP at all.
        line = Connection(shop.url, {})
        line.ask("GET", "/" + "x" * 100_000, headers={"X-Long": hidden.new("header") * 5_000})


def test_nothing_secret_is_found_whichever_doors_and_modes_it_went_through(
    tmp_path: Path, hidden: Hidden
) -> None:
    directory = tmp_path / "vault"
    known = ["a-name-to-find", "InfisicalPythonSDK/1.6.0", "get-secret", "delete-folder"]
    ended: list[Server] = []

    def look() -> None:
        places = [*files(directory), *(("output", server.output.encode()) for server in ended)]
        everything = b"".join(data for _, data in places)
        assert [text for text in known if text.encode() not in everything] == []
        assert hidden.found_in(places) == []
        for name in (OPERATOR_KEY, SERVER_KEY):
            own = (directory / name).read_text().strip()
            holders = {place for place, data in places for each in spellings(own) if each in data}
            assert holders == {Path(name).name}

    def live_through(shop: Shop) -> None:
        makes = [v2("a-name-to-find", "dev:/**", expires_at=None, permissions=permissions)
                 for permissions in (READ_WRITE, WRITE)]  # fmt: skip
        both, writer = (hidden.token(shop.made(draft).text) for draft in makes)
        known.append(both.id)
        for on in (shop.project.e2ee, not shop.project.e2ee, shop.project.e2ee):
            shop.vault.projects.set_e2ee(shop.project, on=on)
            as_operator(shop, hidden)
            as_e2ee_client(shop, both, hidden)
            with suppress(Refused):
                as_e2ee_client(shop, writer, hidden)
            for token in (both, writer):
                as_raw_client(shop, token, hidden)
            as_stranger(shop, both, hidden)
            hidden.texts += keys(shop.vault, shop.project)
            assert {"vault.db-wal", "vault.db-shm"} <= {place for place, _ in files(directory)}
            shop.vault.folders.delete(shop.project, "dev", "/common")
            look()
            shop.vault.folders.create(shop.project, *COMMON)
        hidden.token(shop.vault.tokens.rotate(shop.vault.tokens.get(both.id)).text)

    with Vault.create(directory, actor="ann") as vault:
        for e2ee in (True, False):
            with serving(directory) as server:
                shop = Shop.make(vault, server.url, e2ee=e2ee)
                live_through(shop)
            ended.append(server)
            assert server.output == f"Serving {server.url}\n"
            look()
        vault.projects.delete(shop.project)
    look()
    assert len(hidden.texts) > 200
