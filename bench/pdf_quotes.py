"""Measures whether a quotation taken by eye from a printed page is found on that page, in that place.

`quotes_by_eye.json` holds twenty short quotations for each two-column PDF of the measuring data, read off images of
the pages (both columns, across line, column and page ends, in abstracts, captions, side columns and tables), with the
parts of the page where they stand. Each is located by the quote gate; then `Study.places` must name the same pages and
no rectangle outside those parts, and leave none of them empty. Prints a table; exits 1 when a bound is missed.
With `--images DIR` every page is drawn there with the rectangles found (red) and expected (blue), to look at.

    python bench/pdf_quotes.py [--data DIR] [--images DIR]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

from pipeline.rules.quotation import locate
from pipeline.sources.reading import read_study
from schemas.quotation import VERBATIM, Quote
from schemas.study import Rectangle, Study
from schemas.vocabulary import MatchGrade

ROOT = Path(__file__).resolve().parent.parent
QUOTES = Path(__file__).with_name("quotes_by_eye.json")
LEAST_SHARE = 0.98
_SLACK = 6.0
"""Points by which a rectangle may stand out of a part of the page that was read off an image."""

_SCALE = 1.6


class Taken(NamedTuple):
    """A quotation and where it was seen."""

    text: str
    places: tuple[Rectangle, ...]


class Outcome(NamedTuple):
    taken: Taken
    found: tuple[Rectangle, ...]
    match: MatchGrade
    differences: tuple[str, ...]

    @property
    def located(self) -> bool:
        """Whether the words stand in the study; that a half sentence was quoted (clipped) is not the reader's fault."""
        return self.match in VERBATIM | {MatchGrade.CLIPPED}

    @property
    def on_right_page(self) -> bool:
        return self.located and {r.page for r in self.found} == {r.page for r in self.taken.places}

    @property
    def in_right_place(self) -> bool:
        inside = all(any(_holds(place, r) for place in self.taken.places) for r in self.found)
        return self.on_right_page and inside and all(any(_holds(p, r) for r in self.found) for p in self.taken.places)


def _holds(place: Rectangle, inner: Rectangle) -> bool:
    return (
        place.page == inner.page
        and place.left - _SLACK <= inner.left
        and inner.right <= place.right + _SLACK
        and place.bottom - _SLACK <= inner.bottom
        and inner.top <= place.top + _SLACK
    )


def quotes_by_eye() -> dict[str, list[Taken]]:
    files = json.loads(QUOTES.read_text(encoding="utf-8"))["files"]
    return {
        name: [Taken(row["text"], tuple(Rectangle(*place) for place in row["places"])) for row in rows]
        for name, rows in files.items()
    }


def outcome(taken: Taken, study: Study) -> Outcome:
    located = locate(Quote(sentence=0, text=taken.text), study, {study.id: study})
    places = study.places(located.start, located.end) if located.start is not None and located.end is not None else ()
    return Outcome(taken, places, located.match, located.differences)


def draw(path: Path, outcomes: Sequence[Outcome], folder: Path) -> None:
    """One PNG for each page with a quotation, drawn in the coordinates of the unrotated page."""
    from PIL import ImageDraw

    folder.mkdir(parents=True, exist_ok=True)
    document: Any = pypdfium2.PdfDocument(path)
    for number in sorted({r.page for o in outcomes for r in (*o.found, *o.taken.places)}):
        page = document[number - 1]
        left, _, _, top = page.get_bbox()
        upright = (360 - int(page.get_rotation())) % 360
        image = page.render(scale=_SCALE, rotation=upright).to_pil().convert("RGB")
        pen = ImageDraw.Draw(image)
        for rectangles, colour in (
            ([r for o in outcomes for r in o.taken.places], "blue"),
            ([r for o in outcomes for r in o.found], "red"),
        ):
            for r in (r for r in rectangles if r.page == number):
                corners = ((r.left - left, top - r.top), (r.right - left, top - r.bottom))
                pen.rectangle([(x * _SCALE, y * _SCALE) for x, y in corners], outline=colour, width=2)
        image.save(folder / f"{path.stem}-{number:02}.png")
    document.close()


def measured(folder: Path, images: Path | None) -> bool:
    """Prints a line for each file; false when a bound was missed."""
    print(f"{'file':<30}{'quotes':>8}{'located':>9}{'page':>7}{'rectangle':>11}")
    held = True
    for name, taken in quotes_by_eye().items():
        study = read_study(folder / name)
        outcomes = [outcome(t, study) for t in taken]
        if images is not None:
            draw(folder / name, outcomes, images)
        counts = [sum(getattr(o, what) for o in outcomes) for what in ("located", "on_right_page", "in_right_place")]
        print(f"{name:<30}{len(taken):>8}{counts[0]:>9}{counts[1]:>7}{counts[2]:>11}")
        for o in outcomes:
            if not o.in_right_place:
                print(f"    {o.match}: {o.taken.text}\n        {o.differences} {o.found}")
        held = held and min(counts) >= LEAST_SHARE * len(taken)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure where quotations taken by eye are found.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of measuring data")
    parser.add_argument("--images", type=Path, default=None, help="folder for page images with the rectangles drawn")
    options = parser.parse_args()
    if not (options.data / "pdf").is_dir():
        print(f"!! SKIPPED: no measuring data in {options.data}; nothing is measured !!")
        return 0
    held = measured(options.data / "pdf", options.images)
    print("\nAll bounds held." if held else f"\nMISSED: {LEAST_SHARE:.0%} of each file's quotations in the right place")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
