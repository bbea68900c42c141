from __future__ import annotations

import pytest

from pipeline.sources.pdf.lines import build_lines
from pipeline.sources.pdf.runs import Box, Run
from pipeline.sources.pdf.symbols import with_signs

TEXT, SIGNS = "AdvTT5bf2ac07", "AdvPS3F4C13"


def runs(*pieces: tuple[str, str]) -> list[Run]:
    found: list[Run] = []
    left = 50.0
    for text, font in pieces:
        box = Box(left, 698, left + 5 * len(text), 708)
        found.append(Run(text, box, box, 700, 10, False, font, 0, 0, 0.0))
        left = box.right
    return found


@pytest.mark.parametrize(
    ("before", "sign", "after", "read"),
    [
        ("was 10.05 ", "m", "g/l (95% CI", "was 10.05 µg/l (95% CI"),
        ("value of 80", "e", "120 g/l", "value of 80–120 g/l"),
        ("stated as mean", "6", "SD", "stated as mean±SD"),
        ("lines", "¼", "95% CI", "lines=95% CI"),
        ("", "y", "Has only", "†Has only"),
    ],
)
def test_signs_that_a_font_calls_letters_are_read_as_shown(before: str, sign: str, after: str, read: str) -> None:
    pieces = [(before, TEXT)] if before else []
    assert build_lines(runs(*pieces, (sign, SIGNS), (after, TEXT)), 1)[0].text == read


@pytest.mark.parametrize("font", ["TimesNewRomanPS", "AdvTT762e2eae"])
def test_a_letter_of_a_font_for_text_stays_a_letter(font: str) -> None:
    assert build_lines(runs(("was 10.05 ", TEXT), ("m", font), ("g/l", TEXT)), 1)[0].text == "was 10.05 mg/l"


def test_a_font_that_draws_more_than_one_letter_is_one_for_text() -> None:
    drawn = runs(("was 10 ", TEXT), ("m", SIGNS), ("g or ", TEXT), ("e", SIGNS))
    assert with_signs(drawn) == drawn


def test_a_letter_that_does_not_fit_its_place_is_left_alone() -> None:
    assert [r.text for r in with_signs(runs(("the ", TEXT), ("m", SIGNS), (" of it", TEXT)))] == ["the ", "m", " of it"]
    assert [r.text for r in with_signs(runs(("(", TEXT), ("y", SIGNS), ("2", TEXT)))] == ["(", "y", "2"]


@pytest.mark.parametrize(
    ("font", "sign", "before", "after", "read"),
    [
        ("AdvP80675", "2", "a stock (", "80°C)", "a stock (−80°C)"),
        ("AdvPS7DA6", "5", "P ", " 0.03", "P = 0.03"),
        ("AdvP7DA6", ",", "P ", "0.05", "P <0.05"),
        ("AdvPi1", "+", "of 0.38", "0.04 g", "of 0.38±0.04 g"),
        ("AdvPi1", "7", "a change of ", "2.5 kg", "a change of −2.5 kg"),
        ("AdvMathSymb", "\x88", "n ", " 4", "n = 4"),
        ("AdvP4C4E74", "¼", "p ", " 0", "p = 0"),
        ("AdvP4C4E51", ":", "M = 3", "03", "M = 3.03"),
        ("AdvPS4731B1", "%", "P ", " 0.01", "P ≤ 0.01"),
    ],
)
def test_signs_of_mathematics_under_figures_are_read_as_shown(
    font: str, sign: str, before: str, after: str, read: str
) -> None:
    drawn = runs((before, TEXT), (sign, font), (after, TEXT), (" and ", TEXT), ("2" if "P8" in font else sign, font))
    assert build_lines(drawn, 1)[0].text.startswith(read)


def test_a_known_font_that_draws_what_it_is_not_known_for_is_left_alone() -> None:
    drawn = runs(("of ", TEXT), ("2017", "AdvP80675"), (" and ", TEXT), ("25", "AdvPi1"))
    assert [r.text for r in with_signs(drawn)] == ["of ", "2017", " and ", "25"]


def test_text_in_the_standard_encoding_that_is_said_to_be_in_another_is_read_as_shown() -> None:
    drawn = runs(("a signi®cant e\x80ect in 300±400 g rats, ®rst", "AdvPS6F00"), (" of ®ve, 3±1", "AdvTT5bf2ac07"))
    assert [r.text for r in with_signs(drawn)] == [
        "a significant effect in 300–400 g rats, first",
        " of five, 3–1",
    ]
    marked = runs(("Botox® toxin, 3±1 ", "AdvPS6F00"), ("a signi®cant one, 3±1", "Times"))
    assert with_signs(marked) == marked
