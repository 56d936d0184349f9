"""The form for a secret: nothing half typed or pasted is stored or shown by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from st_tui.core.secrets.model import Place
from st_tui.tui.app import StTui
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.secret_form import SecretForm
from st_tui.tui.widgets.secret_name import SecretName
from st_tui.tui.widgets.value_area import ValueArea
from tests.journeys.driving import (
    in_one_piece,
    opened,
    paste,
    project_of,
    screen_text,
    until,
    vault,
    write,
)
from tests.tui.screens.test_secrets import DB, at, go_to

SMALL = (80, 24)
PEM = ["-----BEGIN KEY-----", "MIIBVgIBADANBgkqhkiG9w0BAQ==", "-----END KEY-----"]


def stored(app: StTui, place: Place = DB) -> dict[str, str]:
    found = vault(app).secrets.read(project_of(app), place)
    return {secret.name: secret.value for secret in found.secrets}


async def new_secret(pilot: Pilot[None]) -> SecretForm:
    """Open the form for a new secret, the focus in its name."""
    await opened(pilot)
    await go_to(pilot, DB)
    await pilot.press("n")
    await until(pilot, lambda: isinstance(pilot.app.screen, SecretForm), "the form")
    await until(pilot, lambda: isinstance(pilot.app.focused, SecretName), "its name")
    assert isinstance(pilot.app.screen, SecretForm)
    return pilot.app.screen


def typed(form: SecretForm) -> Sequence[str]:
    return form._as_typed()


async def save(pilot: Pilot[None]) -> None:
    await pilot.press("f2")
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "it is saved")


async def test_enter_goes_on_and_stores_no_newline(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        await new_secret(pilot)
        await write(pilot, "NEW_ONE")
        await pilot.press("enter")
        await write(pilot, "hunter2")
        await pilot.press("enter")
        await write(pilot, "why")
        await pilot.press("enter")
        await until(
            pilot, lambda: "F2 saves, ^j begins a new line" in screen_text(pilot), "what now"
        )
        await write(pilot, "!")
        await save(pilot)
        assert stored(demo_app)["NEW_ONE"] == "hunter2"
        [label] = [
            row
            for row in vault(demo_app).secrets.listed(project_of(demo_app), DB).secrets
            if row.name == "NEW_ONE"
        ]
        assert label.comment == "why!"


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_a_key_of_its_own_begins_a_line_and_lines_are_counted(
    demo_app: StTui, key: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await new_secret(pilot)
        await write(pilot, "TWO")
        await pilot.press("enter")
        await until(pilot, lambda: "^j new line" in screen_text(pilot), "the key is told")
        await write(pilot, "a")
        await pilot.press(key)
        await until(pilot, lambda: "ends in a newline" in screen_text(pilot), "it is said")
        await write(pilot, "b")
        await until(pilot, lambda: "2 lines" in screen_text(pilot), "it is said")
        assert "ends in a newline" not in screen_text(pilot)
        await save(pilot)
        assert stored(demo_app)["TWO"] == "a\nb"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
async def test_a_pasted_value_keeps_its_lines_and_the_form_says_so(
    demo_app: StTui, end: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await new_secret(pilot)
        await write(pilot, "TLS")
        await pilot.press("enter")
        await paste(pilot, end.join([*PEM, ""]))
        await until(pilot, lambda: "3 lines, ends in a newline" in screen_text(pilot), "it is said")
        await save(pilot)
        assert stored(demo_app)["TLS"] == "\n".join([*PEM, ""])
        await until(pilot, lambda: "3 lines↵" in screen_text(pilot), "the list says it")
        await pilot.press("enter")
        await until(pilot, lambda: "3 lines, ends in a newline" in screen_text(pilot), "so here")
        assert "-----END KEY-----↵" in screen_text(pilot)


@pytest.mark.parametrize("how", ["bracketed", "in one piece"])
@pytest.mark.parametrize(
    ("pasted", "name", "value"),
    [
        ("API_KEY=s3cr3t-tail", "API_KEY", "s3cr3t-tail"),
        ("export API_KEY='s3cr3t-tail'\r", "API_KEY", "s3cr3t-tail"),
        ('# of the shop\rAPI_KEY="s3cr3t-tail"\r\r', "API_KEY", "s3cr3t-tail"),
        ("URL=postgres://a:s3cr3t-tail@db/x?ssl=1\r", "URL", "postgres://a:s3cr3t-tail@db/x?ssl=1"),
        ('KEY="a\rs3cr3t-tail"\r', "KEY", "a\ns3cr3t-tail"),
        ('{"KEY": "s3cr3t-tail"}', "KEY", "s3cr3t-tail"),
        ("EMPTY=", "EMPTY", ""),
    ],
)
async def test_a_pasted_line_fills_name_and_value(
    demo_app: StTui, how: str, pasted: str, name: str, value: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "half")
        if how == "bracketed":
            await paste(pilot, pasted)
        else:
            in_one_piece(pilot, pasted)
        await until(pilot, lambda: typed(form)[0] == name, "the name")
        comment = "of the shop" if pasted.startswith("#") else ""
        assert typed(form) == (name, value, comment)
        assert form.query_one(ValueArea).has_focus
        [line] = [line for line in screen_text(pilot).splitlines() if "│  Name  " in line]
        assert "s3cr3t-tail" not in line


@pytest.mark.parametrize(
    "pasted", ['KEY="s3cr3t-tail', "hello\nKEY=s3cr3t-tail\n", "A:B=s3cr3t-tail"]
)
async def test_a_paste_that_is_not_clear_is_not_taken_and_not_shown(
    demo_app: StTui, pasted: str
) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await paste(pilot, pasted)
        await until(pilot, lambda: "It is no name" in screen_text(pilot), "it is said")
        assert "Line " in screen_text(pilot)
        assert typed(form) == ("", "", "")
        assert "s3cr3t-tail" not in screen_text(pilot)


@pytest.mark.parametrize("how", ["bracketed", "in one piece"])
@pytest.mark.parametrize("pasted", ["KEY: s3cr3t-tail", "postgres://a:s3cr3t-tail@db\r", "a\tb"])
async def test_what_can_be_no_name_is_not_shown_as_one(
    demo_app: StTui, how: str, pasted: str
) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "half")
        if how == "bracketed":
            await paste(pilot, pasted)
        else:
            in_one_piece(pilot, pasted)
        await until(pilot, lambda: "Nothing was pasted" in screen_text(pilot), "it is said")
        assert typed(form) == ("half", "", "")
        assert "s3cr3t-tail" not in screen_text(pilot)


async def test_a_name_of_several_lines_is_the_first_and_said(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await paste(pilot, "NAME\nother\n")
        await until(pilot, lambda: "2 lines were pasted: only the" in screen_text(pilot), "it is")
        assert typed(form) == ("NAME", "", "")


async def test_several_pasted_lines_are_offered_as_an_import(demo_app: StTui) -> None:
    lines = "POSTGRES_USER=shop2\nTLS='a\nb'\nNEW=1\n"
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        before = stored(demo_app)
        await paste(pilot, lines)
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "Write 3 secrets into dev:/common/db/primary?" in screen_text(pilot)
        assert "New there: 2. There already: 1" in screen_text(pilot)
        assert "│  POSTGRES_USER, TLS, NEW  " in screen_text(pilot)
        await pilot.press("n")
        await until(pilot, lambda: demo_app.screen is form, "back")
        assert typed(form) == ("", "", "")
        assert stored(demo_app) == before
        await paste(pilot, lines)
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks again")
        await pilot.press("y")
        await until(pilot, lambda: "2 made, 1 changed" in screen_text(pilot), "it is written")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert stored(demo_app) == before | {"POSTGRES_USER": "shop2", "TLS": "a\nb", "NEW": "1"}


async def test_very_many_pasted_secrets_are_one_question(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(60, 15)) as pilot:
        await new_secret(pilot)
        await paste(pilot, "".join(f"SECRET_{n}_{'X' * 90}={n}\n" for n in range(300)))
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await until(pilot, lambda: "and 292 more" in screen_text(pilot), "the first are named")
        assert "y write  Esc go back" in screen_text(pilot)


async def test_an_import_beside_something_typed_leaves_the_form(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "MINE")
        await paste(pilot, "A=1\nB=2")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: "2 made" in screen_text(pilot), "it is written")
        assert demo_app.screen is form
        assert typed(form) == ("MINE", "", "")


async def test_the_value_takes_such_lines_only_where_there_is_no_name(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        area = form.query_one("#value", ValueArea)
        await pilot.press("tab")
        await paste(pilot, "A=1\n")
        await until(pilot, lambda: typed(form) == ("A", "1", ""), "name and value")
        await pilot.press("ctrl+u")
        await until(pilot, lambda: area.text == "", "emptied")
        await paste(pilot, "user=x;password=y")
        await until(pilot, lambda: area.text == "user=x;password=y", "it is a value")
        assert typed(form)[0] == "A"


async def test_a_line_with_the_name_that_stands_there_is_no_value(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "api.key")
        await pilot.press("enter")
        await paste(pilot, "export api.key='s3cr3t' # of the shop\n")
        await until(pilot, lambda: typed(form) == ("api.key", "s3cr3t", "of the shop"), "parted")


async def test_a_line_in_one_piece_is_parted_in_the_value_too(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await pilot.press("tab")
        in_one_piece(pilot, "API_KEY=s3cr3t\r")
        await until(pilot, lambda: typed(form) == ("API_KEY", "s3cr3t", ""), "parted")
        assert form.query_one("#value", ValueArea).has_focus


async def test_a_line_pasted_as_the_next_value_of_its_secret_is_parted(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_USER")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, SecretForm), "the form")
        form = demo_app.screen
        assert isinstance(form, SecretForm)
        await paste(pilot, "POSTGRES_USER=shop2\n")
        await until(pilot, lambda: typed(form)[:2] == ("POSTGRES_USER", "shop2"), "it is parted")
        await save(pilot)
        assert stored(demo_app)["POSTGRES_USER"] == "shop2"


@pytest.mark.parametrize(
    "pasted",
    [
        "czNjcjN0LXRhaWw=",
        "czNjcjN0LXRhaQ==",
        "QUJD==",
        "Server=db;Password=x",
        '{"type": "service_account", "key": "x"}',
    ],
)
async def test_a_value_with_an_equals_sign_is_a_value(demo_app: StTui, pasted: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await pilot.press("tab")
        await paste(pilot, pasted)
        await until(pilot, lambda: typed(form) == ("", pasted, ""), "it stays what it is")


@pytest.mark.parametrize("pasted", ["czNjcjN0LXRhaWw=", "czNjcjN0LXRhaQ=="])
async def test_base64_is_no_name(demo_app: StTui, pasted: str) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await paste(pilot, pasted)
        await until(pilot, lambda: "That looks like a value" in screen_text(pilot), "it is said")
        assert typed(form) == ("", "", "")


async def test_lines_that_are_not_to_be_imported_are_the_value(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await pilot.press("tab")
        await paste(pilot, "A=1\nB=2\n")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("n")
        await until(pilot, lambda: typed(form)[1] == "A=1\nB=2\n", "they are the value")
        await until(pilot, lambda: "2 lines, ends in a newline" in screen_text(pilot), "it says so")


async def test_a_pasted_line_takes_no_value_s_place(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await pilot.press("tab")
        await write(pilot, "mine")
        await pilot.press("shift+tab")
        await paste(pilot, "A=1")
        await until(pilot, lambda: "Empty the value first" in screen_text(pilot), "it is said")
        assert typed(form) == ("", "mine", "")


@pytest.mark.parametrize("key", ["enter", "f2"])
async def test_name_and_value_typed_into_the_name_are_parted_and_seen_first(
    demo_app: StTui, key: str
) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await pilot.press(*"API", "equals_sign", *"x1")
        await pilot.press(key)
        await until(pilot, lambda: typed(form) == ("API", "x1", ""), "they are parted")
        assert "API" not in stored(demo_app)
        await save(pilot)
        assert stored(demo_app)["API"] == "x1"


async def test_a_line_pasted_over_a_secret_s_name_writes_its_value(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await at(pilot, DB, "POSTGRES_USER")
        await pilot.press("c", "shift+tab")
        await until(pilot, lambda: isinstance(demo_app.focused, SecretName), "the name")
        await paste(pilot, "POSTGRES_USER=shop2\n")
        await until(pilot, lambda: isinstance(demo_app.focused, ValueArea), "its value")
        await save(pilot)
        assert stored(demo_app)["POSTGRES_USER"] == "shop2"


async def test_a_paste_in_one_piece_stays_in_the_value(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "TLS")
        await pilot.press("enter")
        in_one_piece(pilot, "\r".join([*PEM, ""]))
        await until(pilot, lambda: typed(form)[1] == "\n".join([*PEM, ""]), "all of it")
        assert typed(form)[2] == ""


async def test_name_and_value_typed_in_one_piece_go_each_where_it_belongs(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        in_one_piece(pilot, "SLOW\rhunter2\rwhy")
        await until(pilot, lambda: typed(form) == ("SLOW", "hunter2", "why"), "on a slow line")


async def test_a_separator_that_would_become_a_newline_is_refused(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await pilot.press("tab")
        await paste(pilot, "a\u2028b")
        await until(pilot, lambda: "Nothing was pasted" in screen_text(pilot), "it is said")
        assert typed(form) == ("", "", "")


async def test_the_smallest_terminal_has_room_for_comment_and_complaint(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(60, 15)) as pilot:
        await new_secret(pilot)
        assert "Comment      what it is for" in screen_text(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "name is empty" in screen_text(pilot), "why not")


def shape(pilot: Pilot[None]) -> str:
    """What the form says below the value."""
    return str(pilot.app.screen.query_one("#shape", Static).content)


async def test_a_value_is_typed_once_as_dots_and_shown_on_a_key(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "NEW_ONE")
        await pilot.press("enter")
        await write(pilot, "hunter2 ")
        await until(pilot, lambda: "Value        ••••••••" in screen_text(pilot), "dots")
        assert shape(pilot) == "8 characters, ends in a blank"
        assert "hunter2" not in screen_text(pilot)
        area = form.query_one(ValueArea)
        assert area.size.height == 1
        area.select_all()
        await pilot.press("ctrl+c")
        assert demo_app.clipboard == ""
        await pilot.press("end", "f4")
        await until(pilot, lambda: "hunter2" in screen_text(pilot), "shown")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "hunter2" not in screen_text(pilot), "hidden again")
        await save(pilot)
        assert stored(demo_app)["NEW_ONE"] == "hunter2 "


async def test_several_lines_are_dots_too_and_a_paste_keeps_them_all(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL, notifications=True) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "TLS")
        await pilot.press("enter")
        await paste(pilot, "\r".join(PEM))
        await until(pilot, lambda: shape(pilot) == "66 characters, 3 lines", "they are counted")
        await until(pilot, lambda: "3 lines were pasted: all of them" in screen_text(pilot), "said")
        assert form.query_one(ValueArea).size.height >= 3
        assert len(re.findall("│.* •{17,}", screen_text(pilot))) == 3
        assert "BEGIN" not in screen_text(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: PEM[2] in screen_text(pilot), "shown")
        await save(pilot)
        assert stored(demo_app)["TLS"] == "\n".join(PEM)


async def test_a_value_is_generated_as_chosen(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "NEW_ONE")
        assert "Generated" not in screen_text(pilot)
        await pilot.press("ctrl+g")
        await until(
            pilot, lambda: shape(pilot) == "32 characters, 190 bits of randomness", "it is made"
        )
        first = typed(form)[1]
        assert re.fullmatch("[A-Za-z0-9]{32}", first)
        assert first not in screen_text(pilot)
        await pilot.press("right")
        await until(pilot, lambda: shape(pilot).startswith("48 characters, 285 bits"), "longer")
        await pilot.press("tab", "left")
        await until(pilot, lambda: shape(pilot) == "48 characters, 192 bits of randomness", "hex")
        second = typed(form)[1]
        assert re.fullmatch("[0-9a-f]{48}", second)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: typed(form)[1] != second, "another")
        await save(pilot)
        assert re.fullmatch("[0-9a-f]{48}", stored(demo_app)["NEW_ONE"])


async def test_a_generated_value_takes_the_place_of_none_that_was_typed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        form = await new_secret(pilot)
        await write(pilot, "NEW_ONE")
        await pilot.press("enter")
        await write(pilot, "mine")
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "Empty the value first" in screen_text(pilot), "it is said")
        assert typed(form)[1] == "mine"
