"""The rules a draft, a scope and a path must keep before anything is made."""

from __future__ import annotations

import pytest

from st_tui.core import drafts
from st_tui.core.drafts import DraftError, as_token, scopes_of_folder
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, Scope
from st_tui.core.plain_text import TextError
from tests.core.vaults import NOON, v2, v3

ENVIRONMENTS = [Environment("dev", "Development"), Environment("prod", "Production")]


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        ("/common", "/common", None),
        ("/", "/", None),
        ("common", "/common", "leading slash was added"),
        ("/common/", "/common", "trailing slash was cut"),
        (" api/ ", "/api", "leading slash was added and the trailing slash was cut"),
        ("", "/", "leading slash was added"),
        ("/a//", "/a/", "trailing slash was cut"),
        ("/a\n", "/a", None),
        ("\ufeff/a\u3000", "/a", None),
    ],
)
def test_a_path_is_adjusted_and_the_person_told(text: str, path: str, told: str | None) -> None:
    for adjusted in (drafts.request_path(text), drafts.scope_path(text)):
        assert adjusted.path == path
        assert (adjusted.note is None) is (told is None)
        if told:
            assert told in (adjusted.note or "")
            assert (adjusted.note or "").endswith(path)


def test_a_scope_is_environment_colon_path() -> None:
    assert drafts.parse_scope("dev:/common/**") == (Scope("dev", "/common/**"), None)
    scope, note = drafts.parse_scope("dev:common")
    assert scope == Scope("dev", "/common")
    assert note is not None
    assert drafts.parse_scope("dev:/a:b")[0] == Scope("dev", "/a:b")


@pytest.mark.parametrize("text", ["dev:/a/**", " dev:/a/** "])
def test_a_whole_scope_is_no_path(text: str) -> None:
    with pytest.raises(DraftError, match=r"choose dev by itself, and write only /a/\*\*\."):
        drafts.scope_path(text)
    assert drafts.scope_path("/dev:/a").path == "/dev:/a"


@pytest.mark.parametrize("text", ["", "dev", ":/a", " :/a", "dev:/a\x1b[2J", "d\x1bev:/a"])
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises((DraftError, TextError)) as refused:
        drafts.parse_scope(text)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ci ", r"ends with the blank U\+0020 \(SPACE\): leave it out"),
        (" ci", r"begins with the blank U\+0020 \(SPACE\)"),
        ("ci\u3000", r"ends with the blank U\+3000 \(IDEOGRAPHIC SPACE\)"),
        ("\u00a0ci\ufeff", r"holds the invisible character U\+FEFF \(ZERO WIDTH NO-BREAK SPACE\)"),
        ("ci\u200b-deploy", r"holds the invisible character U\+200B \(ZERO WIDTH SPACE\)"),
        ("ci\n", r"control character \\x0a"),
    ],
    ids=ascii,
)
def test_a_name_that_looks_like_another_is_refused(name: str, told: str) -> None:
    with pytest.raises(TextError, match=told):
        drafts.check_draft(v2(name), ENVIRONMENTS, NOON)
    # A token that was named so keeps its name when it gets a new text.
    drafts.check_terms(v2(name), ENVIRONMENTS, NOON)


@pytest.mark.parametrize(
    ("name", "copy"),
    [
        ("ci", "ci copy"),
        ("ci\u200b-deploy\u3164 ", "ci-deploy copy"),
        ("\u2060", "copy"),
        ("x" * 94 + " y", "x" * 94 + " copy"),
        ("日本 語", "日本 語 copy"),
    ],
    ids=ascii,
)
def test_a_copy_has_a_name_that_can_be_given(name: str, copy: str) -> None:
    assert drafts.name_of_copy(name) == copy
    for added in ("copy", "narrowed"):
        drafts.check_draft(v2(drafts.name_of_copy(name, added)), ENVIRONMENTS, NOON)


@pytest.mark.parametrize("text", ["/a\x1f", "\x1c/a", "/a\x85", "/a\0"])
def test_control_characters_are_not_trimmed_but_refused(text: str) -> None:
    for rule in (drafts.request_path, drafts.scope_path, drafts.folder_path):
        with pytest.raises(TextError, match="control character"):
            rule(text)


def test_a_pattern_outside_the_language_is_refused_with_its_reason() -> None:
    with pytest.raises(DraftError, match=r"\[!a"):
        drafts.check_pattern("/[!a]")


def test_good_drafts_pass_as_they_are() -> None:
    for draft in (v2(), v2(expires_at=None), v3(), v3()._replace(is_active=True)):
        assert drafts.check_draft(draft, ENVIRONMENTS, NOON) == draft


@pytest.mark.parametrize(
    ("draft", "told"),
    [
        (v2()._replace(name=" "), "name is empty"),
        (v2()._replace(name="a\x1b]0;x"), "control character"),
        (v2()._replace(name="n" * 101), "write 100 at most"),
        (v2()._replace(scopes=()), "at least one scope"),
        (v2("t", "test:/a"), "no environment 'test': the project has dev, prod"),
        (v2()._replace(permissions=frozenset()), "at least one permission"),
        (v2()._replace(expires_at=NOON), "not in the future"),
        (v2()._replace(is_active=False), "belong to V3"),
        (v2()._replace(trusted_ips=()), "belong to V3"),
        (v3()._replace(trusted_ips=()), "at least one trusted IP"),
        (v3()._replace(trusted_ips=None), "at least one trusted IP"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_draft_that_breaks_a_rule_is_told_which(draft: object, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        drafts.check_draft(draft, ENVIRONMENTS, NOON)  # type: ignore[arg-type]


def test_a_letter_that_only_looks_like_one_is_named() -> None:
    said = r" It has \u0435 U\+0435 \(CYRILLIC SMALL LETTER IE\), which looks like e\.$"
    with pytest.raises(DraftError, match=said):
        drafts.folder_path("/d\u0435v")
    with pytest.raises(DraftError, match=said):
        drafts.check_environment("d\u0435v", ENVIRONMENTS)
    with pytest.raises(DraftError, match=said):
        drafts.check_slug("d\u0435v", "environment slug")
    with pytest.raises(DraftError, match=r"the project has dev, prod\.$"):
        drafts.check_environment("qa", ENVIRONMENTS)


@pytest.mark.parametrize("path", ["/a.b", "/a b", "/a//b", "/ä", "/../a", "/" + "a" * 1001])
def test_a_folder_path_has_plain_names(path: str) -> None:
    with pytest.raises(DraftError):
        drafts.folder_path(path)


def test_folder_paths_slugs_and_names() -> None:
    assert drafts.folder_path("common/db/") == "/common/db"
    assert drafts.folder_path("/") == "/"
    assert drafts.slug_of("Café Böll!") == "caf-b-ll"
    assert drafts.slug_of("名前") == ""
    assert drafts.check_slug("eu-west_1", "slug") == "eu-west_1"
    for slug in ("", "Dev", "-a", "a b", "a" * 51, "a/b"):
        with pytest.raises(DraftError):
            drafts.check_slug(slug, "slug")


def test_a_folder_is_picked_by_itself_its_children_and_all_below() -> None:
    assert scopes_of_folder("/a/b") == ("/a/b", "/a/b/*", "/a/b/**")
    assert scopes_of_folder("/") == ("/", "/*", "/**")


def test_a_draft_is_looked_at_as_the_active_token_it_can_become() -> None:
    draft = v3()
    token = as_token(draft)
    assert token.is_active
    assert (token.scopes, token.trusted_ips) == (draft.scopes, draft.trusted_ips)
