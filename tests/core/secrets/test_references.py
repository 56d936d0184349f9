"""References between secrets: each put in its place, none that spoils another, work bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_tui.core.secrets import references
from st_tui.core.secrets.model import LARGEST_VALUE, Place
from st_tui.core.secrets.references import (
    DEEPEST,
    MOST,
    MOST_IN_ONE,
    MOST_WARNINGS,
    Expander,
    Target,
    target,
)

HERE = Place("dev", "/common")
ROOT = Place("prod", "/")


class Folder:
    """Secrets that can be looked up by their name, and a count of how often somebody did."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.asked: list[Target] = []

    def __call__(self, asked: Target) -> str | None:
        self.asked.append(asked)
        return self.values.get(asked.name) if asked.place == HERE else None

    def expanded(self, *names: str) -> tuple[list[str], list[str]]:
        """The values of these secrets in one answer, and its warnings."""
        expander = Expander(self)
        values = [expander.expand(self.values[name], HERE, name) for name in names]
        return values, expander.warnings


def levels(count: int, width: int) -> dict[str, str]:
    """Secrets that each name the next one `width` times."""
    return {f"L{i}": f"${{L{i + 1}}}" * width for i in range(count)} | {f"L{count}": "x" * 10}


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        ("KEY", Target(HERE, "KEY")),
        ("prod.KEY", Target(ROOT, "KEY")),
        ("prod.db.KEY", Target(Place("prod", "/db"), "KEY")),
        ("prod.common.db-1.KEY", Target(Place("prod", "/common/db-1"), "KEY")),
    ],
)
def test_a_reference_means_its_own_folder_or_names_another(reference: str, meant: Target) -> None:
    assert target(reference, HERE) == meant


def test_references_are_replaced_wherever_they_stand() -> None:
    folder = Folder({"URL": "pg://${USER}:${PASS}@db/${USER}", "USER": "ann", "PASS": "p${AT}w",
                     "AT": "@", "EMPTY": "", "BLANK": "[${EMPTY}]"})  # fmt: skip
    assert folder.expanded("URL", "BLANK", "AT") == (["pg://ann:p@w@db/ann", "[]", "@"], [])


def test_a_reference_in_another_folder_means_that_folders_neighbours() -> None:
    values = {
        Target(HERE, "A"): "${prod.B}",
        Target(ROOT, "B"): "${C}",
        Target(ROOT, "C"): "prod's",
        Target(HERE, "C"): "dev's",
    }
    assert Expander(values.get).expand("${prod.B} ${C}", HERE, "A") == "prod's dev's"


@pytest.mark.parametrize("text", ["$A", "{A}", "${}", "${A", "${A B}", "$${A", "${ä}", "${A:-x}"])
def test_what_is_no_reference_stays_and_is_not_mentioned(text: str) -> None:
    folder = Folder({"V": text, "A": "a"})
    assert folder.expanded("V") == ([text], [])
    assert folder.asked == []


def test_missing_and_unreadable_read_alike() -> None:
    """Nobody learns from a refusal what is there."""
    places = {HERE: {"HERE": "h"}, ROOT: {"SECRET": "s"}}

    def look_up(asked: Target) -> str | None:
        return places[asked.place].get(asked.name) if asked.place == HERE else None

    told = []
    for name in ("SECRET", "NEVER_"):
        expander = Expander(look_up)
        value = expander.expand(f"a ${{prod.{name}}} b ${{HERE}}", HERE, "V")
        assert value == f"a ${{prod.{name}}} b h"
        told += [sentence.replace(name, "NAME") for sentence in expander.warnings]
    assert told == ["${prod.NAME} in V was left as it is: no such secret can be read."] * 2


def test_one_bad_reference_spoils_nothing_else() -> None:
    folder = Folder({
        "BAD": "${MISSING} ${GOOD}", "LOOP": "${LOOP} ${GOOD}", "GOOD": "good",
        "USES": "${BAD}|${LOOP}|${GOOD}", "LAST": "${GOOD}",
    })  # fmt: skip
    values, warnings = folder.expanded("BAD", "LOOP", "USES", "LAST")
    assert values == [
        "${MISSING} good", "${LOOP} good", "${MISSING} good|${LOOP} good|good", "good",
    ]  # fmt: skip
    assert warnings == [
        "${MISSING} in BAD was left as it is: no such secret can be read.",
        "${LOOP} in LOOP was left as it is: it leads back to itself.",
    ]


def test_a_reference_that_leads_nowhere_is_looked_up_once_however_often_it_stands() -> None:
    """Else it would use up what other secrets' references need."""
    many = {f"MANY{i}": "${MISSING}" * MOST_IN_ONE for i in range(MOST // MOST_IN_ONE + 1)}
    folder = Folder(many | {"GOOD": "good", "USES": "${GOOD}"})
    values, warnings = folder.expanded(*many, "USES")
    assert values == [*many.values(), "good"]
    assert len(warnings) == len(many)
    assert len(folder.asked) == 2


def test_no_more_than_ten_lead_on_to_one_another() -> None:
    chain = {f"C{i}": f"<${{C{i + 1}}}>" for i in range(20)}
    (fits,), warnings = Folder(chain | {f"C{DEEPEST}": "end"}).expanded("C0")
    assert fits == "<" * DEEPEST + "end" + ">" * DEEPEST
    assert warnings == []
    (cut,), warnings = Folder(chain | {f"C{DEEPEST + 1}": "end"}).expanded("C0")
    assert cut == "<" * (DEEPEST + 1) + f"${{C{DEEPEST + 1}}}" + ">" * (DEEPEST + 1)
    assert warnings == [
        f"${{C{DEEPEST + 1}}} in C{DEEPEST} was left as it is: "
        "too many references lead on to one another."
    ]


def test_ten_to_the_power_of_ten_takes_bounded_work() -> None:
    folder = Folder(levels(10, 10) | {"GOOD": "good", "USES": "${GOOD}"})
    every = [f"L{i}" for i in range(11)]
    values, warnings = folder.expanded(*every, "USES")
    assert len(folder.asked) == 11
    assert values[-1] == "good"
    assert values[-3] == "x" * 100
    assert values[6] == "x" * 100_000
    assert values[5] == folder.values["L5"]
    assert max(map(len, values)) <= LARGEST_VALUE
    assert "L5 was not expanded: it would grow too large." in warnings


def test_all_secrets_naming_all_others_takes_bounded_work() -> None:
    """Every path through them is a cycle: there are more than 10^10 of ten steps."""
    names = [f"S{i}" for i in range(11)]
    folder = Folder(
        {name: ".".join(f"${{{other}}}" for other in names) for name in names}
        | {"GOOD": "good", "USES": "${GOOD}"}
    )
    values, warnings = folder.expanded(*names, "USES")
    assert len(folder.asked) == len(names) + 1
    assert values[-1] == "good"
    assert "${S0} in S0 was left as it is: it leads back to itself." in warnings


def test_a_secret_of_a_cycle_reads_the_same_alone_and_beside_others() -> None:
    folder = Folder({"A": "${X}", "B": "${Y}", "X": "x${Y}", "Y": "y${X}", "Z": "${B}${A}"})
    values, _ = folder.expanded(*folder.values)
    assert values == [folder.expanded(name)[0][0] for name in folder.values]
    assert values == ["xy${X}", "yx${Y}", "xy${X}", "yx${Y}", "yx${Y}xy${X}"]


def test_a_value_grows_to_its_limit_and_no_further() -> None:
    half = "x" * (LARGEST_VALUE // 2)
    folder = Folder({"HALF": half, "WHOLE": "${HALF}${HALF}", "MORE": "${HALF}${HALF}.",
                     "BOMB": "${HALF}" * 50_000, "AFTER": "${MORE}"})  # fmt: skip
    values, warnings = folder.expanded("WHOLE", "MORE", "BOMB", "AFTER")
    assert values == [half + half, "${HALF}${HALF}.", folder.values["BOMB"], "${HALF}${HALF}."]
    assert warnings == [
        "MORE was not expanded: it would grow too large.",
        "BOMB was not expanded: it would grow too large.",
    ]


def test_one_answer_grows_to_its_limit_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_GROWTH", 1_000)
    folder = Folder({"BIG": "x" * 406, "A": "${BIG}", "GOOD": "good", "B": "${GOOD}"})
    expander = Expander(folder)
    lengths = [len(expander.expand("${BIG}", HERE, f"U{i}")) for i in range(4)]
    assert lengths == [406, 406, 6, 6]
    assert expander.expand("${GOOD}", HERE, "B") == "good"
    assert len(expander.warnings) == 2


def test_a_secret_of_too_many_references_is_not_expanded() -> None:
    folder = Folder({"MOST": "${A}" * MOST_IN_ONE, "MORE": "${A}" * (MOST_IN_ONE + 1), "A": "a",
                     "USES": "${MORE}${A}"})  # fmt: skip
    values, warnings = folder.expanded("MOST", "MORE", "USES")
    assert values == ["a" * MOST_IN_ONE, folder.values["MORE"], folder.values["MORE"] + "a"]
    assert warnings == ["MORE was not expanded: there are too many references."]


def test_no_more_references_are_replaced_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_REFERENCES", 3)
    folder = Folder({"A": "${C}${C}", "B": "${C}${C}", "C": "c"})
    values, warnings = folder.expanded("A", "B", "C")
    assert values == ["cc", "${C}${C}", "c"]
    assert warnings == ["B was not expanded: there are too many references."]


@pytest.mark.parametrize("filler", ["${E}", "${", "${a"])
def test_no_more_is_gone_through_than_the_limit(
    monkeypatch: pytest.MonkeyPatch, filler: str
) -> None:
    """Large values that shrink, or hold what is nearly a reference, met again at each depth."""
    monkeypatch.setattr(references, "MOST_READ", 40_000)
    filled = filler * (800 // len(filler))
    chain = {f"C{i}": f"${{C{i + 1}}}{filled}" for i in range(200)} | {"E": ""}
    read: list[int] = []

    class Counting:
        def finditer(self, value: str) -> Iterator[re.Match[str]]:
            read.append(len(value))
            return pattern.finditer(value)

    pattern = references._REFERENCE
    monkeypatch.setattr(references, "_REFERENCE", Counting())
    folder = Folder(chain)
    values, warnings = folder.expanded(*chain, "C199")
    assert 20_000 < sum(read) <= 40_000
    assert len(folder.asked) < 50
    assert values[-1] == chain["C199"]
    assert any(warning.endswith("there is too much to go through.") for warning in warnings)


def test_what_holds_no_reference_is_not_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MOST_READ", 30)
    folder = Folder({f"PLAIN{i}": "$" * 1_000 for i in range(3)} | {"A": "<${B}>", "B": "b"})
    assert folder.expanded(*folder.values)[0][-2:] == ["<b>", "b"]


def test_no_more_secrets_are_looked_up_than_the_limit() -> None:
    many = {
        f"MANY{i}": "".join(f"${{M{i}_{j}}}" for j in range(MOST_IN_ONE))
        for i in range(MOST // MOST_IN_ONE + 1)
    }
    folder = Folder(many)
    values, warnings = folder.expanded(*many)
    assert values == [*many.values()]
    assert len(folder.asked) == MOST
    assert len(warnings) == MOST_WARNINGS + 1
    assert warnings[-1] == "More references were left as they are."


NAMES = st.sampled_from("ABCDEF")
TEXTS = st.lists(
    st.one_of(
        NAMES.map("${{{}}}".format),
        NAMES.map("${{dev.common.{}}}".format),
        st.sampled_from(["", "x", "$", "{", "}", "${", "${MISSING}", "${prod.A}"]),
    ),
    max_size=6,
).map("".join)


@given(st.dictionaries(NAMES, TEXTS, min_size=1))
def test_expansion_always_ends(values: dict[str, str]) -> None:
    """Each secret is looked up once, and what leads back to itself is told."""
    folder = Folder(values)
    expanded, warnings = folder.expanded(*values)
    assert len(folder.asked) == len(set(folder.asked))
    for name, value in zip(values, expanded, strict=True):
        if f"${{{name}}}" in values[name]:
            assert f"${{{name}}} in {name} was left as it is: it leads back to itself." in warnings
            assert f"${{{name}}}" in value


@given(st.dictionaries(NAMES, TEXTS, min_size=1))
def test_whatever_stands_beside_it_a_secret_reads_the_same(values: dict[str, str]) -> None:
    folder = Folder(values)
    assert folder.expanded(*values)[0] == [folder.expanded(name)[0][0] for name in values]


@given(st.dictionaries(NAMES, TEXTS))
def test_what_leads_only_onwards_is_replaced_from_the_last_to_the_first(
    values: dict[str, str],
) -> None:
    """Where no secret names an earlier one, plain replacing must come to the same."""
    found = re.compile(r"\$\{(?:dev\.common\.)?([A-F])\}")
    onwards = {}
    for name, text in values.items():
        backwards = [one[0] for one in found.finditer(text) if one[1] <= name]
        for reference in backwards:
            text = text.replace(reference, "-")
        onwards[name] = text
    simple: dict[str, str] = {}
    for name in sorted(onwards, reverse=True):
        simple[name] = found.sub(lambda one: simple.get(one[1], one[0]), onwards[name])
    expanded, _ = Folder(onwards).expanded(*onwards)
    assert dict(zip(onwards, expanded, strict=True)) == simple


@given(st.dictionaries(NAMES, TEXTS), st.lists(st.sampled_from(["x", "-", "${GOOD}"])))
def test_no_neighbour_changes_what_a_good_secret_becomes(
    values: dict[str, str], parts: list[str]
) -> None:
    folder = Folder({**values, "GOOD": "good", "USES": "".join(parts)})
    expanded, _ = folder.expanded(*values, "USES")
    assert expanded[-1] == "".join(parts).replace("${GOOD}", "good")
