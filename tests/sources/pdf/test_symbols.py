"""Signs that fonts draw under other codes, on whole pages with a font of such signs."""

from __future__ import annotations

import pytest

from pipeline.sources.pdf.exchange import Order
from pipeline.sources.pdf.pages import read_pages
from tests.sources.pdf import hostile

BARS = {
    b"two": [(100, 300, 600, 60)],
    b"five": [(100, 400, 600, 60), (100, 200, 600, 60)],
    b"six": [(100, 450, 600, 60), (370, 250, 60, 460), (100, 100, 600, 60)],
    b"e": [(50, 280, 650, 60)],
    b"hyphen": [(100, 300, 350, 60)],
    b"x": [(100, 0, 60, 700), (500, 0, 60, 700)],
}
"""What the font of signs draws for each of its characters: rectangles (left, bottom, width, height)."""

OTHER = "Both groups were alike at the start."


def font_of_signs() -> list[bytes]:
    """A Type 3 font and its glyphs, as objects from FIRST_FREE on."""
    procedures = b"".join(b"/%s %d 0 R" % (name, 7 + n) for n, name in enumerate(BARS))
    codes = b"45/hyphen 50/two 53/five 54/six 101/e 120/x"
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<<%s>>"
        b"/Encoding<</Type/Encoding/Differences[%s]>>/FirstChar 45/LastChar 120/Widths[%s]/Resources<<>>>>"
    ) % (procedures, codes, b"750 " * 76)
    draw = (b" ".join(b"%d %d %d %d re" % bar for bar in bars) for bars in BARS.values())
    return [font, *(hostile.stream(b"750 0 0 0 750 750 d1 %s f" % bars) for bars in draw)]


def symbol_font() -> list[bytes]:
    """A font "Symbol" whose table gives its own codes for "m" and "3", behind the objects of `font_of_signs`."""
    table = (
        b"/CIDInit /ProcSet findresource begin begincmap 2 beginbfchar <6D> <F06D> <33> <F0B3> endbfchar endcmap end"
    )
    return [b"<</Type/Font/Subtype/Type1/BaseFont/SymbolMT/ToUnicode 14 0 R>>", hostile.stream(table)]


def read_of(*pieces: tuple[bytes, bytes], turned: bool = False) -> str:
    """What is read of a line of pieces (font, text): F1 is Helvetica, F2 the font of signs."""
    turn = b"0 1 -1 0 300 60 Tm" if turned else b"1 0 0 1 60 600 Tm"
    shown = b" ".join(b"/%s 12 Tf (%s) Tj" % piece for piece in pieces)
    content = hostile.stream(b"BT /F1 12 Tf 60 700 Td (%s) Tj ET BT %s %s ET" % (OTHER.encode(), turn, shown))
    fonts = b"/Font<</F1 5 0 R/F2 6 0 R/F3 13 0 R>>"
    own = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s>>>>" % fonts
    more = [hostile.FONT, *font_of_signs(), *symbol_font()]
    data = hostile.pdf([hostile.CATALOG, hostile.TREE, own, content, *more])
    reading = read_pages(data, Order(size=len(data)), lambda _stage, _page: None)
    return " ".join(passage.text for passage in reading.passages).replace(OTHER, "").strip()


@pytest.mark.parametrize("turned", [False, True])
def test_a_sign_is_read_as_it_is_drawn_whatever_its_font_calls_it(turned: bool) -> None:
    number = (
        (b"F1", b"Means \\(n"),
        (b"F2", b"5"),
        (b"F1", b"30\\) were stored at "),
        (b"F2", b"2"),
        (b"F1", b"80 degrees"),
    )
    assert read_of(*number, turned=turned).replace(" ", "") == "Means(n=30)werestoredat−80degrees"
    spread = (b"F1", b"was 12"), (b"F2", b"6"), (b"F1", b"3 days")
    assert read_of(*spread, turned=turned).replace(" ", "") == "was12±3days"


def test_a_bar_that_is_called_a_letter_of_ranges_is_a_dash() -> None:
    assert read_of((b"F1", b"values of 80"), (b"F2", b"e"), (b"F1", b"120 units")) == "values of 80–120 units"


def test_signs_that_stand_together_are_told_apart() -> None:
    assert read_of((b"F1", b"the slope B"), (b"F2", b"52"), (b"F1", b"0.36 a year")) == "the slope B=−0.36 a year"


def test_a_hyphen_and_what_is_no_sign_stay_what_they_are_called() -> None:
    assert read_of((b"F1", b"a well"), (b"F2", b"-"), (b"F1", b"known fact")) == "a well-known fact"
    assert read_of((b"F1", b"the factor "), (b"F2", b"x"), (b"F1", b" of it")) == "the factor x of it"


def test_the_codes_of_a_symbol_font_are_read_as_its_letters_and_signs() -> None:
    assert read_of((b"F1", b"a dose "), (b"F3", b"3"), (b"F1", b"10 "), (b"F3", b"m"), (b"F1", b"g")) == "a dose ≥10 µg"


def test_a_font_that_draws_words_on_the_page_is_believed() -> None:
    assert read_of((b"F1", b"n"), (b"F2", b"5"), (b"F1", b" or "), (b"F2", b"5252")).startswith("n5 or 5252")
