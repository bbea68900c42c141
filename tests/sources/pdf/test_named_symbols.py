from __future__ import annotations

import pytest

from pipeline.sources.pdf.named_symbols import with_named_signs
from pipeline.sources.pdf.runs import Box, Run

TEXT, SIGNS = "AdvTT5bf2ac07", "AdvPS3F4C13"


def runs(*pieces: tuple[str, str]) -> list[Run]:
    found: list[Run] = []
    left = 50.0
    for text, font in pieces:
        box = Box(left, 698, left + 5 * len(text), 708)
        found.append(Run(text, box, box, 700, 10, False, font, 0, 0, 0.0))
        left = box.right
    return found


def named(*pieces: tuple[str, str]) -> list[str]:
    return [run.text for run in with_named_signs(runs(*pieces))]


def test_signs_with_curves_go_by_the_name_of_their_font() -> None:
    assert named(("was 10.05 ", TEXT), ("m", SIGNS), ("g/l", TEXT)) == ["was 10.05 ", "µ", "g/l"]
    assert named(("y", SIGNS), ("Has only", TEXT)) == ["†", "Has only"]


@pytest.mark.parametrize("font", ["TimesNewRomanPS", "AdvTT762e2eae"])
def test_a_letter_of_a_font_for_text_stays_a_letter(font: str) -> None:
    assert named(("was 10.05 ", TEXT), ("m", font), ("g/l", TEXT)) == ["was 10.05 ", "m", "g/l"]


def test_a_font_that_draws_more_than_one_letter_is_one_for_text() -> None:
    assert named(("was 10 ", TEXT), ("m", SIGNS), ("g", TEXT), ("y", SIGNS)) == ["was 10 ", "m", "g", "y"]


def test_a_letter_that_does_not_fit_its_place_is_left_alone() -> None:
    assert named(("the ", TEXT), ("m", SIGNS), (" of it", TEXT)) == ["the ", "m", " of it"]
    assert named(("(", TEXT), ("y", SIGNS), ("2", TEXT)) == ["(", "y", "2"]


@pytest.mark.parametrize(
    ("font", "sign", "read"),
    [
        ("AdvP80675", "8 ", "° "),
        ("AdvPi1", "D", "Δ"),
        ("AdvP7DA6", "±m", "±µ"),
        ("AdvMathSymb", "\x88", "="),
        ("AdvP4C4E51", ":", "."),
        ("AdvP4C4E74", "¼", "="),
    ],
)
def test_signs_of_fonts_that_are_known_are_read_as_shown(font: str, sign: str, read: str) -> None:
    assert named(("of ", TEXT), (sign, font), ("25", TEXT)) == ["of ", read, "25"]


def test_a_known_font_that_draws_what_it_is_not_known_for_is_left_alone() -> None:
    assert named(("of ", TEXT), ("2018", "AdvP80675"), (" and ", TEXT)) == ["of ", "2018", " and "]


def test_text_in_the_standard_encoding_that_is_said_to_be_in_another_is_read_as_shown() -> None:
    shown = ("a signi®cant e\x80ect in 300±400 g rats, ®rst", "AdvPS6F00"), (" of ®ve, 3±1", TEXT)
    assert named(*shown) == ["a significant effect in 300–400 g rats, first", " of five, 3–1"]
    assert named(("Botox® toxin, 3±1 ", "AdvPS6F00"), ("a signi®cant one, 3±1", "Times")) == [
        "Botox® toxin, 3±1 ",
        "a signi®cant one, 3±1",
    ]
