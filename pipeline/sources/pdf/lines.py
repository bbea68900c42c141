"""Puts the runs of a PDF page together to lines.

Promises lines in stream order, superscript reference marks written as "[3]" and raised exponents as Unicode
superscripts ("10⁻³"), so that "10-3" or "Asia.3" never arises. Does not order columns or join lines to paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.sources.pdf.gaps import GAP
from pipeline.sources.pdf.runs import SOFT_HYPHEN, Box, Run

_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")
_MARK = re.compile(r"\d{1,3}(?:\s?[,–e\-−‐ ]\s?\d{1,3})*,?")
_WORD = re.compile(r"\w")
_LAST_LETTERS = re.compile(r"[^\W\d_]+$")
_STOPS = tuple(",.;:)”’'\"]")
_LOST_EQUALS = re.compile(r"(?<=[^\W\d_])(\s?)¼(?=\s?[−–-]?[\d.])")
"""Fonts of one typesetter say "¼" where they show "="; no author writes a letter, a quarter and a number in a row."""

_INITIAL = 1.5
"""How many times the size of the text an initial is at least that is set over several lines."""

_WORDS_OF_A_LETTER = "AIOÀÓÉY"
"""Capitals that are words of their own, so that a space behind an initial may be one between words."""

MOST_RUNS = 2_000
"""Runs of one line; a page that draws every letter by itself has 150."""

_UNITS = frozenset(
    {"m", "cm", "mm", "km", "dm", "nm", "kg", "ml", "hz", "pa", "mol", "min", "chi", "µm", "μm", "mg", "ms"}
)


class Stretch(NamedTuple):
    """A part of a line without a wide gap: where it starts in the text, and its box on the page, never turned."""

    start: int
    box: Box


@dataclass(slots=True)
class Line:
    """One line, or one cell of a table; never changed, though not frozen, which would make it three times as dear.

    `bold` is that of all its letters, `bold_start` that of its first word.
    `box` and `baseline` are turned so that the text runs to the right. `cells` counts the pieces of text, wide gaps
    apart, that have been joined to this line; `stretches` tell where each stands on the page, `parts` are the lines
    that it was joined from.
    """

    text: str
    box: Box
    baseline: float
    size: float
    font: str
    bold: bool
    bold_start: bool
    angle: int
    page: int
    cells: int = 1
    stretches: tuple[Stretch, ...] = ()
    parts: tuple[Line, ...] = ()


def build_lines(runs: Iterable[Run], page: int) -> list[Line]:
    """Lines in stream order, page number `page` written on each; upright text first, then turned text."""
    groups: dict[int, list[list[Run]]] = {}
    cores: dict[int, Run] = {}
    for run in runs:
        if not run.text.strip():
            continue
        rows = groups.setdefault(run.angle, [])
        core = cores.get(run.angle, run)
        if rows and len(rows[-1]) < MOST_RUNS and _on_same_line(core, rows[-1][-1], run):
            rows[-1].append(run)
            if (run.size, len(run.text)) > (core.size, len(core.text)):
                cores[run.angle] = run
        else:
            rows.append([run])
            cores[run.angle] = run
    by_weight = sorted(groups.values(), key=lambda rows: -sum([len(r.text) for row in rows for r in row]))
    return [line for rows in by_weight for row in rows for line in [_line(row, page)] if line.text]


def _on_same_line(core: Run, last: Run, run: Run) -> bool:
    """Whether the run goes on with the line whose largest run is `core` and whose last is `last`."""
    left, bottom, _, top = run.box
    size = max(core.size, run.size)
    em = max(size, 1.0)
    if not -0.6 * em <= left - last.box.right <= GAP * em or abs(core.baseline - run.baseline) > 0.75 * size:
        return False
    _, low, _, high = core.box
    smaller = min(high - low, top - bottom)
    return smaller > 0 and min(high, top) - max(low, bottom) >= 0.4 * smaller


def _line(row: list[Run], page: int) -> Line:
    if len(row) == 1:
        return _line_of_one(row[0], page)
    letters: dict[float, int] = {}
    fonts: dict[str, int] = {}
    sizes = [round(run.size * 2) / 2 for run in row]
    for run, size in zip(row, sizes, strict=True):
        length = len(run.text.strip())
        letters[size] = letters.get(size, 0) + length
        fonts[run.font] = fonts.get(run.font, 0) + length
    size = max(letters, key=letters.__getitem__)
    core = max([r for r, own in zip(row, sizes, strict=True) if own == size], key=lambda r: len(r.text))
    box = on_page = _around([run.box for run in row])
    if row[0].angle:
        on_page = _around([run.on_page for run in row])
    words: list[Run] = []
    if any(run.bold for run in row):
        words = [r for r in row if r.size >= 0.85 * size and _WORD.search(r.text)]
    return Line(
        text=_line_text(row, size, core.baseline),
        box=box,
        baseline=core.baseline,
        size=size,
        font=max(fonts, key=fonts.__getitem__),
        bold=bool(words) and all(r.bold for r in words),
        bold_start=bool(words) and words[0].bold,
        angle=row[0].angle,
        page=page,
        stretches=(Stretch(0, on_page),),
    )


def _line_of_one(run: Run, page: int) -> Line:
    size = round(run.size * 2) / 2
    bold = run.bold and run.size >= 0.85 * size and _WORD.search(run.text) is not None
    return Line(
        text=_with_signs_said(" ".join(run.text.split())),
        box=run.box,
        baseline=run.baseline,
        size=size,
        font=run.font,
        bold=bold,
        bold_start=bold,
        angle=run.angle,
        page=page,
        stretches=(Stretch(0, run.on_page),),
    )


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return Box(min(lefts), min(bottoms), max(rights), max(tops))


def _line_text(row: list[Run], size: float, baseline: float) -> str:
    text, raised, before = "", "", row[0]
    gap = 0.15 * max(size, 1.0)
    for run in row:
        apart = run is not before and run.box.left - before.box.right > gap
        is_raised = run.size < 0.85 * size and run.baseline > baseline + 0.12 * size
        if raised and not is_raised:
            text, raised = text + _raised_text(text, raised), ""
            # a mark belongs to the word before it, or leads a note, however tightly the next word is set
            leads = text.isdigit() and re.match(r"[A-Z][a-z]{2}", run.text) is not None
            text += " " if leads or (text.endswith("]") and run.text[:1].isalpha()) else ""
        if apart and not raised and text and not text.endswith(" ") and not _is_initial(text, before, run):
            text += " "
        if is_raised:
            raised += f" {run.text}" if raised and apart else run.text
        else:
            text += run.text
        before = run
    text += _raised_text(text, raised) if raised else ""
    return _with_signs_said(" ".join(text.split()))


def _is_initial(text: str, before: Run, run: Run) -> bool:
    """Whether all that stands so far is the large first letter of the word with which the run begins."""
    is_letter = len(text) == 1 and text.isupper() and text not in _WORDS_OF_A_LETTER
    return is_letter and before.size >= _INITIAL * run.size and run.text[:1].islower()


def _with_signs_said(text: str) -> str:
    """The text of a line with the signs that its font or its typesetter wrote otherwise."""
    if "¼" in text:
        text = _LOST_EQUALS.sub(r"\1=", text)
    if SOFT_HYPHEN not in text:
        return text
    # the hyphen of a broken word may be drawn a little apart from it
    text = re.sub(rf"(?<=\w) {SOFT_HYPHEN}$", SOFT_HYPHEN, text)
    # a soft hyphen inside a line was an offer that the typesetter did not take
    return text[:1].replace(SOFT_HYPHEN, "") + text[1:-1].replace(SOFT_HYPHEN, "") + text[1:][-1:]


def _raised_text(before: str, raised: str) -> str:
    """How a superscript is written: a reference mark in brackets, an exponent in Unicode superscripts, else as is."""
    mark, space = raised.strip(), " " if raised.endswith(" ") else ""
    letters = _LAST_LETTERS.search(before, before.rfind(" ") + 1)
    after_word = letters is not None and len(letters.group()) > 1 and letters.group().lower() not in _UNITS
    after_stop = before.rstrip().endswith(_STOPS)
    if _MARK.fullmatch(mark) and (after_word or after_stop):
        listed = re.sub(r"(?<=\d)\s+(?=\d)", ",", mark.rstrip(","))
        return "[" + re.sub(r"(?<=\d)e(?=\d)", "–", listed) + "]" + space
    if re.fullmatch(r"[\d+\-−–]+", mark) and before and not before.endswith(" "):
        return mark.translate(_RAISED) + space
    return mark + space
