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
