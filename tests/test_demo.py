"""The demo tells the truth: each step of the tour and each made-up access is what is decided."""

from __future__ import annotations

import random
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui import demo
from st_tui.cli import main
from st_tui.core.access import decide, explain, failing
from st_tui.core.addresses import parse_address
from st_tui.core.expiry import DAY, MINUTE
from st_tui.core.model import (
    AccessRequest,
    AuditEntry,
    Endpoint,
    Permission,
    Project,
    Reason,
    ServiceToken,
)
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from st_tui.demo import questions, tour

NOW = 1_800_014_400_000
"""2027-01-15T12:00:00Z, a Friday."""


def make(directory: Path) -> Path:
    demo.make(directory, actor="ann", clock=lambda: NOW, randbytes=random.Random(4).randbytes)
    return directory


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    directory = make(tmp_path_factory.mktemp("demo") / "vault")
    with Vault.open(directory, actor="ann", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture(scope="module")
def project(vault: Vault) -> Project:
    return vault.projects.get()


@pytest.fixture(scope="module")
def tokens(vault: Vault, project: Project) -> dict[str, ServiceToken]:
    return {token.name: token for token in vault.tokens.page(project)}


def request_of(step: tour.Step, now: int) -> AccessRequest:
    ip = None if step.ip is None else parse_address(step.ip)
    return AccessRequest(
        step.environment, step.path, step.operation, now, step.endpoint, e2ee=True, ip=ip
    )


def test_there_is_one_project_with_e2ee_on(vault: Vault, project: Project) -> None:
    assert (project.name, project.slug, project.e2ee) == ("Demo", "demo", True)
    assert [(e.slug, e.name) for e in vault.environments.every(project)] == [
        ("dev", "Development"),
        ("staging", "Staging"),
        ("prod", "Production"),
    ]
    folders = {slug: vault.folders.every(project, slug) for slug in ("dev", "staging", "prod")}
    assert 20 <= len(folders["dev"]) <= 25
    for paths in folders.values():
        assert {"/folder1/subfolder1", "/folder1/subfolder/subsubfolder", "/folder2/subfolder"} < {
            *paths
        }
        assert len(paths) <= len(folders["dev"])


@pytest.mark.parametrize("step", tour.TOUR, ids=lambda step: step.title)
def test_every_step_of_the_tour_is_what_is_decided(
    step: tour.Step, tmp_path: Path, tokens: dict[str, ServiceToken]
) -> None:
    if step.token == tour.ONE_MINUTE_TOKEN:
        with Vault.open(make(tmp_path / "vault"), actor="ann", clock=lambda: NOW) as vault:
            draft = tour.one_minute_draft(NOW)
            token = vault.tokens.create(vault.projects.get(), draft).token
        assert token.name == step.token
        assert decide(token, request_of(step, NOW + MINUTE - 1)).allowed
        then = NOW if step.make_one_minute_token else NOW + MINUTE
        assert decide(token, request_of(step, then)).reason is step.reason
    else:
        assert decide(tokens[step.token], request_of(step, NOW)).reason is step.reason


@pytest.mark.parametrize("question", questions.QUESTIONS, ids=lambda each: each.step.title)
def test_every_question_after_the_tour_has_the_answer_that_is_decided(
    question: questions.Question, tokens: dict[str, ServiceToken]
) -> None:
    step = question.step
    decision = decide(tokens[step.token], request_of(step, NOW))
    assert (decision.reason, decision.allowed) == (step.reason, question.answer)
    assert str(tokens[step.token].scopes[0]) in step.words
    assert step.path in step.words
    for words in (step.words, question.because):
        assert len(words) <= 160


def test_the_questions_are_not_all_answered_alike() -> None:
    assert len(questions.QUESTIONS) == 3
    assert {question.answer for question in questions.QUESTIONS} == {True, False}


def test_the_tour_shows_every_reason_of_a_known_token() -> None:
    assert {step.reason for step in tour.TOUR} == set(Reason) - {Reason.UNKNOWN}
    assert tour.TOUR[0].reason is Reason.ALLOWED
    for step in tour.TOUR:
        assert len(step.words) <= 160
        assert len(re.findall(r"[.!?](?= |$)", step.words)) <= 2
    assert len(tour.END_WORDS) <= 160


def test_the_one_minute_token_is_made_some_steps_before_it_ends() -> None:
    """Nobody has to look at one screen for a minute."""
    made = [step.make_one_minute_token for step in tour.TOUR].index(True)
    assert tour.TOUR[-1].token == tour.ONE_MINUTE_TOKEN
    assert len(tour.TOUR) - 1 - made >= 5


def test_the_tour_shows_what_newcomers_guess_wrong(
    vault: Vault, project: Project, tokens: dict[str, ServiceToken]
) -> None:
    shown = {}
    for step in tour.TOUR:
        token = tokens.get(step.token)
        if token is not None:
            scopes = " ".join(map(str, token.scopes))
            shown[scopes, step.path] = (*failing(token, request_of(step, NOW)), step.words)
    assert shown["dev:/common/**", "/common"] == (
        "/common/** opens /common itself as well as everything below it. "
        "With one star it would not: /common/* leaves /common out.",
    )
    assert "/common/new" not in vault.folders.every(project, "dev")
    assert shown["dev:/common/**", "/common/new"] == (
        "A scope is a pattern, not a list of folders: /common/new is allowed before anybody makes "
        "it. The reach counts only those that exist.",
    )
    assert shown["dev:/**", "/.env"] == (
        Reason.PATH,
        "/** opens every folder, the root too, but no name that begins with a dot. "
        "So /.env stays closed even to this token.",
    )
    assert shown["prod:/frontend/**", "/frontend/web"] == (
        Reason.INACTIVE,
        Reason.ENVIRONMENT,
        "The same token in Development, which no scope of it names. Both reasons are listed, in a "
        "fixed order; the audit log gives the first: inactive.",
    )


FAQ = {
    "all-folders": {
        "/", "/folder1", "/folder1/subfolder1", "/folder1/subfolder",
        "/folder1/subfolder/subsubfolder", "/folder2", "/folder2/subfolder",
    },
    "top-level": {"/folder1", "/folder2"},
    "second-level": {"/folder1/subfolder1", "/folder1/subfolder", "/folder2/subfolder"},
    "folder1-children": {"/folder1/subfolder1", "/folder1/subfolder"},
}  # fmt: skip
"""The folders of the documentation's question, and which of them each of its patterns opens."""


@pytest.mark.parametrize("name", FAQ)
def test_the_patterns_of_the_documentation_open_what_it_says(
    name: str, tokens: dict[str, ServiceToken]
) -> None:
    opened = {
        path
        for path in FAQ["all-folders"]
        if decide(tokens[name], AccessRequest("dev", path, Permission.READ, NOW)).allowed
    }
    assert opened == FAQ[name]
    pattern = {"all-folders": "/**", "top-level": "/*", "second-level": "/*/*"}
    assert tokens[name].scopes[0].secret_path == pattern.get(name, "/folder1/*")


def test_the_list_looks_alive(vault: Vault, tokens: dict[str, ServiceToken]) -> None:
    ends = [token.expires_at for token in tokens.values()]
    assert None in ends
    assert sum(1 for end in ends if end is not None and NOW < end <= NOW + DAY) == 1
    assert all(end is None or end > NOW for end in ends)
    assert len({NOW - token.created_at for token in tokens.values()}) == len(tokens)
    assert tokens["ci-deploy"].expires_at == tokens["ci-deploy"].created_at + 180 * DAY
    assert max(len(token.scopes) for token in tokens.values()) >= 3
    assert frozenset({Permission.WRITE}) in {token.permissions for token in tokens.values()}
    assert [t.name for t in tokens.values() if not t.is_active] == ["mobile-release"]
    used = [token.last_used for token in tokens.values()]
    assert None in used
    assert all(at is None or NOW - 14 * DAY <= at < NOW for at in used)


def entries(vault: Vault) -> list[AuditEntry]:
    return vault.audit.page()[::-1]


def test_the_log_is_unbroken_and_in_the_order_of_time(vault: Vault) -> None:
    log = entries(vault)
    assert vault.audit.first_broken() is None
    assert [entry.time for entry in log] == sorted(entry.time for entry in log)
    accesses = [entry for entry in log if entry.verdict]
    assert 300 <= len(accesses) <= 900
    assert {entry.reason for entry in accesses} == {reason.value for reason in Reason}
    assert all(NOW - 15 * DAY < entry.time < NOW for entry in accesses)
    weekend = [entry for entry in accesses if (entry.time // DAY + 3) % 7 >= 5]
    assert len(weekend) < len(accesses) / 5


def test_every_access_says_what_is_decided(
    vault: Vault, project: Project, tokens: dict[str, ServiceToken]
) -> None:
    """Switches aside, for those were other than now when some of the accesses were made."""
    by_id = {token.id: token for token in tokens.values()}
    created = {e.target: e.time for e in entries(vault) if e.event == "create-service-token"}
    for entry in entries(vault):
        if entry.verdict is None:
            continue
        assert entry.project_id == project.id
        assert (entry.verdict == "allowed") is (entry.reason == "allowed")
        assert (entry.operation == "read") is entry.event.startswith("get-")
        token = by_id.get(entry.actor)
        if token is None:
            assert entry.reason in ("unknown", "expired", "allowed")
            continue
        assert entry.time > created[token.id]
        assert entry.environment is not None
        assert entry.path is not None
        endpoint = Endpoint.RAW if '"endpoint":"raw"' in entry.details else Endpoint.E2EE
        request = AccessRequest(
            entry.environment,
            entry.path,
            Permission(entry.operation or ""),
            entry.time,
            endpoint,
            e2ee=True,
            ip=parse_address(entry.ip or ""),
        )
        assert decide(token, request).reason == entry.reason, (entry, explain(token, request))


def test_one_has_ended_and_left_its_tombstone(vault: Vault) -> None:
    (tombstone,) = [e for e in entries(vault) if e.reason == "expired" and e.target]
    assert '"name":"load-test"' in tombstone.details
    assert vault.tokens.lookup(tombstone.target or "").tombstone == tombstone


def test_every_environment_has_secrets_in_several_folders(vault: Vault, project: Project) -> None:
    for environment, folders in vault.folders.of_each(project).items():
        places = [Place(environment, path) for path in folders]
        held = [len(vault.secrets.listed(project, place).secrets) for place in places]
        assert sum(1 for count in held if count) >= 3
        assert any(vault.secrets.imports(project, place) for place in places)


def test_every_reference_and_import_of_the_demo_leads_somewhere(tmp_path: Path) -> None:
    values: dict[tuple[str, str, str], str] = {}
    # In a vault of its own: who reads values is in the log.
    with Vault.open(make(tmp_path / "vault"), actor="ann", clock=lambda: NOW) as vault:
        project = vault.projects.get()
        for environment, folders in vault.folders.of_each(project).items():
            for path in folders:
                place = Place(environment, path)
                found = vault.secrets.read(project, place, imports=True, expand=True)
                assert found.warnings == []
                values |= {(environment, path, each.name): each.value for each in found.for_file()}
    assert not [value for value in values.values() if "${" in value]
    assert values["dev", "/common/db", "DB_URL"] == (
        "postgres://shop:dev-only-5Lm1vGt6@db.dev.example:5432/shop_dev"
    )
    assert values["staging", "/common/db", "COPY_OF"] == "shop"
    assert values["prod", "/backend/billing", "DB_HOST"] == "db.prod.example"  # imported
    assert max(value.count("\n") for value in values.values()) >= 3


def test_the_promises_beside_the_vault_hold_but_for_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = make(tmp_path / "vault") / "promises.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["--vault", str(file.parent), "scope", "prove", str(file)]) == 1
    said = capsys.readouterr().out
    assert re.findall(r"^(HOLDS|BROKEN)", said, re.MULTILINE) == [*["HOLDS"] * 3, "BROKEN"]
    assert "legacy-billing" in said
    assert "/backend/billing" in said


def test_a_file_of_promises_that_is_there_already_stays(tmp_path: Path) -> None:
    directory = tmp_path / "vault"
    Vault.create(directory, actor="ann").close()  # as a demo that was killed while it was made
    (directory / "promises.txt").write_text("mine")
    assert demo.is_demo(make(directory))
    assert (directory / "promises.txt").read_text() == "mine"


def test_the_same_clock_and_randomness_make_the_same_demo(
    vault: Vault, tokens: dict[str, ServiceToken], tmp_path: Path
) -> None:
    with Vault.open(make(tmp_path / "again"), actor="ann", clock=lambda: NOW) as again:
        assert entries(again) == entries(vault)
        assert again.tokens.page(again.projects.get()) == list(tokens.values())


def test_a_demo_is_recognised(vault: Vault, tmp_path: Path) -> None:
    assert demo.is_demo(vault.directory)
    assert not demo.is_demo(tmp_path)
    with Vault.create(tmp_path / "real", actor="ann") as real:
        assert not demo.is_demo(real.directory)
        real.projects.create("Demo")
        real.projects.create("Shop")
        assert not demo.is_demo(real.directory)


def test_a_demo_is_never_made_over_a_vault(tmp_path: Path) -> None:
    with Vault.create(tmp_path / "real", actor="ann") as real:
        shop = real.projects.create("Shop")
        with pytest.raises(demo.DirectoryTaken, match="choose an empty or a new directory"):
            make(real.directory)
        assert real.projects.every() == [shop]


def test_it_loads_neither_sqlite_utils_nor_textual() -> None:
    """They would cost more than making the whole demo."""
    code = (
        "import sys; from st_tui import demo; "
        "print([m for m in ('sqlite_utils', 'textual', 'click') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
