"""The pictures' own machinery."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from tests.moving_picture import moving
from tests.pictures import Pictures


class Greeting(App[None]):
    """A word under an input; different each time it is made."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word = word

    def compose(self) -> ComposeResult:
        yield Input("<&> wide 漢字!")
        yield Static(self.word, markup=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def in_folder(folder: Path, *, update: bool) -> Pictures:
    actual = folder / "actual"
    actual.mkdir(exist_ok=True)
    return Pictures(texts=folder, drawings=folder, actual=actual, update=update)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


async def look(word: str, pictures: Pictures) -> None:
    async with Greeting(word).run_test(size=(40, 5)) as pilot:
        await pictures.check(pilot, "greeting")


async def test_a_picture_is_text_and_drawing(folder: Path) -> None:
    await look("  hello", in_folder(folder, update=True))
    text = (folder / "greeting-40x5.txt").read_text()
    assert text.splitlines()[1:4:2] == ["▊  <&> wide 漢字!                      ▎", "  hello"]
    assert len(text.splitlines()) == 5
    drawing = (folder / "greeting-40x5.svg").read_text()
    assert "https:" not in drawing
    assert "@font-face" not in drawing
    assert drawing.startswith("<svg")


async def test_the_same_screen_passes_and_is_drawn_byte_for_byte(folder: Path) -> None:
    await look("hello", in_folder(folder, update=True))
    drawn = contents(folder)
    await look("hello", in_folder(folder, update=False))  # which fails where they differ
    assert contents(folder) == drawn


async def test_another_screen_fails_with_a_difference_to_read(folder: Path) -> None:
    await look("hello", in_folder(folder, update=True))
    with pytest.raises(AssertionError, match="-hello\n\\+hullo") as failure:
        await look("hullo", in_folder(folder, update=False))
    assert "--update-pictures" in str(failure.value)
    assert "hullo" in (folder / "actual" / "greeting-40x5.txt").read_text()


async def test_another_colour_fails_too(folder: Path) -> None:
    await look("hello", in_folder(folder, update=True))
    app = Greeting("hello")
    async with app.run_test(size=(40, 5)) as pilot:
        app.theme = "nord"
        with pytest.raises(AssertionError, match="svg"):
            await in_folder(folder, update=False).check(pilot, "greeting")


async def test_a_picture_that_is_missing_fails(folder: Path) -> None:
    with pytest.raises(AssertionError, match="is not yet in"):
        await look("hello", in_folder(folder, update=False))


async def test_a_moving_picture_shows_each_drawing_in_its_time(folder: Path) -> None:
    frames = []
    async with Greeting("hello").run_test(size=(40, 5)) as pilot:
        for word, seconds in (("hello", 1.0), ("hullo", 0.5), ("hello", 2.5)):
            pilot.app.query_one(Static).update(word)
            frames.append((await in_folder(folder, update=True).film(pilot), seconds))
    played = ElementTree.fromstring(moving(frames))  # noqa: S314  (our own)
    rows = [row for row in played.iter(f"{SVG}g") if "visibility" in row.attrib]
    shown = {"".join(row.itertext()).strip(): row for row in rows}
    for word, values, times in (
        ("hello", "visible;hidden;visible", "0;0.25;0.375"),
        ("hullo", "hidden;visible;hidden", "0;0.25;0.375"),
    ):
        plays = shown[word].find(f"{SVG}animate")
        assert plays is not None
        assert (plays.attrib["values"], plays.attrib["keyTimes"]) == (values, times)
        assert plays.attrib["dur"] == "4s"
    assert shown["hello"].attrib["visibility"] == "visible"  # where nothing is played
    assert shown["hullo"].attrib["visibility"] == "hidden"
    still = next(row for text, row in shown.items() if "<&>" in text)
    assert still.find(f"{SVG}animate") is None


SVG = "{http://www.w3.org/2000/svg}"
