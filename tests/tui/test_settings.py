"""What is remembered: read as a person wrote it, checked with a sentence, written with care."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from st_tui.core.errors import Refusal
from st_tui.tui.settings import NAMES, Settings, checked, with_changes
from st_tui.tui.settings_file import SettingsFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def _write(path: Path, text: str, mode: int = 0o600) -> SettingsFile:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return SettingsFile(path, NAMES)


def test_without_a_file_all_is_as_it_comes(path: Path) -> None:
    kept = SettingsFile(path, NAMES)
    assert (kept.settings, kept.complaints) == (Settings("dark", "created", "", ""), [])
    assert not path.parent.exists()


def test_what_is_written_is_read(path: Path) -> None:
    SettingsFile(path, NAMES).change({"theme": "light", "environment": "prod"})
    SettingsFile(path, NAMES).change({"sort": "expires", "server": "https://vault.example:8443"})
    wanted = Settings("light", "expires", "prod", "https://vault.example:8443")
    kept = SettingsFile(path, NAMES)
    assert (kept.settings, kept.complaints) == (wanted, [])
    assert tomllib.loads(path.read_text()) == vars(wanted)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_what_a_person_wrote_stays(path: Path) -> None:
    kept = _write(path, "# mine\ntheme = 'dark' # at night\n\nsort=\"name\"\n[other]\na = 1\n")
    kept.change({"theme": "light", "environment": 'a"\\b'})
    assert path.read_text() == (
        '# mine\nenvironment = "a\\"\\\\b"\ntheme = "light" # at night\n\n'
        'sort="name"\n[other]\na = 1\n'
    )


def test_a_value_of_several_lines_is_written_anew(path: Path) -> None:
    _write(path, 'theme = """light"""\nsort = "name"\n').change({"theme": "dark"})
    assert SettingsFile(path, NAMES).settings == Settings("dark", "name")


def test_a_setting_is_not_looked_for_in_a_table(path: Path) -> None:
    _write(path, '[mine]\ntheme = "light"\n').change({"theme": "terminal"})
    assert tomllib.loads(path.read_text())["theme"] == "terminal"


def test_two_apps_keep_what_the_other_wrote(path: Path) -> None:
    one, other = SettingsFile(path, NAMES), SettingsFile(path, NAMES)
    one.change({"theme": "light"})
    other.change({"sort": "name"})
    assert SettingsFile(path, NAMES).settings == Settings("light", "name")


def test_a_link_of_a_persons_own_stays(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    _write(kept, 'theme = "light"\n')
    path.parent.mkdir()
    path.symlink_to(kept)
    SettingsFile(path, NAMES).change({"theme": "terminal"})
    assert path.is_symlink()
    assert SettingsFile(kept, NAMES).settings.theme == "terminal"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'theme = "drak"',
            "theme is 'drak': it can be dark, light, high-contrast or terminal.",
        ),
        ("sort = 3", "sort is 3: it can be created, name or expires."),
        ("environment = []", "environment is []: it has to be a text of 200 characters at most."),
        (
            'server = "http://ann:pa55@host"',
            "server is 'http://ann:pa55@host': it has to be like http://127.0.0.1:8080, "
            "without a user or a password.",
        ),
        (
            'server = "ftp://host"',
            "server is 'ftp://host': it has to be like http://127.0.0.1:8080",
        ),
        (
            'tehme = "dark"',
            "there is no setting 'tehme': there are theme, sort, environment, server.",
        ),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_holds(path: Path, text: str, said: str) -> None:
    line = "sort" if text.startswith("theme") else "theme"
    other = {"sort": "name", "theme": "light"}[line]
    kept = _write(path, f'{text}\n{line} = "{other}"\n')
    [complaint] = kept.complaints
    assert complaint.startswith(f"{path}: {said}")
    assert getattr(kept.settings, line) == other


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o606])
def test_a_file_that_is_open_to_others_is_left_alone(path: Path, mode: int) -> None:
    kept = _write(path, 'theme = "light"\n', mode)
    assert kept.complaints == [f"{path} is open to others: chmod 600 {path}. It is not read."]
    kept.change({"theme": "terminal"})
    assert (kept.settings, path.read_text()) == (Settings(), 'theme = "light"\n')


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(path: Path) -> None:
    _write(path, 'theme = "light"\n')
    os.chown(path, 65534, 65534)
    [complaint] = SettingsFile(path, NAMES).complaints
    assert "belongs to another user" in complaint


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"theme = ", "is not TOML"), (b"\xff", "is not UTF-8"), (b"#" * 70_000, "is too long")],
)
def test_what_is_no_settings_is_not_written_over(path: Path, content: bytes, said: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)
    kept = SettingsFile(path, NAMES)
    [complaint] = kept.complaints
    assert said in complaint
    kept.change({"theme": "light"})
    assert path.read_bytes() == content


def test_a_pipe_does_not_hold_the_app_up(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path, 0o600)
    assert SettingsFile(path, NAMES).complaints == [f"{path} is no ordinary file. It is not read."]


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file, where a directory has to be")
    kept = SettingsFile(tmp_path / "none" / "config.toml", NAMES)
    (tmp_path / "none").symlink_to(tmp_path / "config")
    with pytest.raises(Refusal, match="cannot be"):
        kept.change({"theme": "light"})


def test_a_demo_has_the_theme_alone(path: Path) -> None:
    _write(path, 'theme = "light"\nsort = "name"\n')
    kept = SettingsFile(path, ("theme",))
    assert kept.settings == Settings(theme="light")
    kept.change({"sort": "expires", "server": "https://x.example"})
    assert path.read_text() == 'theme = "light"\nsort = "name"\n'


def test_a_name_in_a_comment_or_a_table_is_no_setting() -> None:
    text = '# theme = "x"\n[theme]\na = 1\n'
    assert with_changes(text, {"sort": "name"}) == '# theme = "x"\nsort = "name"\n[theme]\na = 1\n'
    assert checked({"theme": {"a": 1}})[1] != []
