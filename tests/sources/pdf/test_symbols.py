from __future__ import annotations

import pytest

from pipeline.sources.pdf import symbols
from pipeline.sources.pdf.lines import build_lines
from pipeline.sources.pdf.outlines import Contour
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
        ("coloured (", ",", "23% of them", "coloured (∼23% of them"),
        ("lines", "¼", "95% CI", "lines=95% CI"),
        ("", "y", "Has only", "†Has only"),
    ],
)
def test_signs_that_a_font_calls_letters_are_read_as_shown(before: str, sign: str, after: str, read: str) -> None:
    pieces = [(before, TEXT)] if before else []
    assert build_lines(with_signs(runs(*pieces, (sign, SIGNS), (after, TEXT))), 1)[0].text == read


@pytest.mark.parametrize("font", ["TimesNewRomanPS", "AdvTT762e2eae"])
def test_a_letter_of_a_font_for_text_stays_a_letter(font: str) -> None:
    drawn = runs(("was 10.05 ", TEXT), ("m", font), ("g/l", TEXT))
    assert build_lines(with_signs(drawn), 1)[0].text == "was 10.05 mg/l"


def test_a_font_that_draws_more_than_one_letter_is_one_for_text() -> None:
    drawn = runs(("was 10 ", TEXT), ("m", SIGNS), ("g or ", TEXT), ("e", SIGNS))
    assert with_signs(drawn) == drawn


def test_a_letter_that_does_not_fit_its_place_is_left_alone() -> None:
    assert [r.text for r in with_signs(runs(("the ", TEXT), ("m", SIGNS), (" of it", TEXT)))] == ["the ", "m", " of it"]
    assert [r.text for r in with_signs(runs(("(", TEXT), ("y", SIGNS), ("2", TEXT)))] == ["(", "y", "2"]
    assert [r.text for r in with_signs(runs(("1", TEXT), (",", SIGNS), ("200", TEXT)))] == ["1", ",", "200"]


def test_the_codes_of_a_symbol_font_are_read_and_those_of_others_left() -> None:
    assert [r.text for r in with_signs(runs(("10 ", TEXT), ("\uf06d\uf0b3\uf02a", "SymbolMT")))] == ["10 ", "µ≥*"]
    assert [r.text for r in with_signs(runs(("\uf06d", "Wingdings")))] == ["\uf06d"]


def with_faces(monkeypatch: pytest.MonkeyPatch, *pieces: tuple[str, int]) -> list[str]:
    """What is read of runs in fonts at these addresses; 7 draws "=" and "−" for "5" and "2", and bars for dashes."""

    def drawn(font: object, character: str) -> list[Contour]:
        assert font == 7
        bars = {"5": [0.2, 0.4], "2": [0.3], "-": [0.3], "e": [0.3]}.get(character, [])
        return [Contour([(0.1, y), (0.7, y), (0.7, y + 0.05), (0.1, y + 0.05)], is_straight=True) for y in bars]

    monkeypatch.setattr(symbols, "outline", drawn)
    monkeypatch.setattr(symbols, "at", int)
    given = [
        run._replace(face=face) for run, (_, face) in zip(runs(*((t, "F") for t, _ in pieces)), pieces, strict=True)
    ]
    return [run.text for run in with_signs(given)]


def test_a_sign_is_read_as_it_is_drawn_whatever_its_font_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_faces(monkeypatch, ("n", 0), ("5", 7), ("30, ", 0), ("2", 7), ("80", 0)) == [
        "n",
        "=",
        "30, ",
        "−",
        "80",
    ]
    assert with_faces(monkeypatch, ("80", 0), ("e ", 7), ("120", 0)) == ["80", "– ", "120"]


def test_a_dash_and_what_is_no_sign_stay_what_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_faces(monkeypatch, ("-", 7), ("\u2013", 7), ("x", 7)) == ["-", "\u2013", "x"]


def test_a_font_that_draws_words_on_the_page_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_faces(monkeypatch, ("5", 7), ("2 of 5", 7)) == ["5", "2 of 5"]
