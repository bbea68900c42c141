"""What the reader of pages does in one process: faults by name, one page at a time, replacement text."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import SourceError
from pipeline.sources import read_study
from pipeline.sources.passages import Role
from pipeline.sources.pdf import pages, replacements
from pipeline.sources.pdf.content import PdfReading
from pipeline.sources.pdf.document import read_pdf
from pipeline.sources.pdf.exchange import Failure, Order
from pipeline.sources.pdf.faults import failure
from pipeline.sources.pdf.ink import canvas_of
from pipeline.sources.pdf.limits import Limits
from pipeline.sources.pdf.opening import UnreadableError
from tests.sources.conftest import write
from tests.sources.pdf import hostile
from tests.sources.pdf.test_document import ORDER, Make, hidden, prose


def in_process(path: Path, password: str | None = None, **limits: float) -> PdfReading:
    data = path.read_bytes()
    order = Order(size=len(data), password=password, limits=Limits.model_validate(limits))
    return pages.read_pages(data, order, lambda _stage, _page: None)


def test_a_bad_page_costs_a_note_and_not_the_file(make_pdf: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_pdf(prose, prose, prose)
    seen: list[int] = []

    def fails_on_the_second(page: object) -> object:
        seen.append(1)
        if len(seen) == 2:
            raise RuntimeError("bad page")
        return canvas_of(page)

    monkeypatch.setattr(pages, "canvas_of", fails_on_the_second)
    reading = in_process(path)
    assert [(n.kind, n.page) for n in reading.notes] == [("unreadable_page", 2)]
    assert {line.page for passage in reading.passages for line in passage.lines} == {1, 3}


def test_a_pdf_of_bad_pages_only_is_an_error(make_pdf: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(page: object) -> object:
        raise RuntimeError("bad page")

    monkeypatch.setattr(pages, "canvas_of", fails)
    with pytest.raises(UnreadableError, match="unreadable_pages"):
        in_process(make_pdf(prose))


def test_pages_beyond_the_limit_are_named_and_left_out(make_pdf: Make) -> None:
    path = make_pdf(prose, prose, prose)
    (note,) = in_process(path, pages=2).notes
    assert (note.kind, note.message[:36]) == ("truncated", "only the first 2 of 3 pages were rea")
    (note,) = in_process(path, characters=10).notes
    assert "only the first 1 of 3 pages" in note.message


def test_a_broken_file_is_never_taken_for_a_locked_one(make_pdf: Make) -> None:
    """PDFium's last error is one for the whole process: without care, the locked file's would be the broken one's."""
    locked = make_pdf(
        prose, encrypt=StandardEncryption("secret", ownerPassword="owner", strength=128), name="locked.pdf"
    )
    broken = locked.with_name("broken.pdf")
    broken.write_bytes(hostile.pdf([hostile.CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"]))
    for _ in range(2):
        with pytest.raises(UnreadableError, match=r"^locked$"):
            in_process(locked)
        with pytest.raises(UnreadableError, match=r"^damaged$"):
            in_process(broken)
        with pytest.raises(UnreadableError, match=r"^wrong_password$"):
            in_process(locked, "guess")
        with pytest.raises(UnreadableError, match=r"^damaged$"):
            in_process(broken, "guess")


def test_what_is_begun_is_told_before_it_is_done(make_pdf: Make) -> None:
    data = make_pdf(prose, prose).read_bytes()
    told: list[tuple[str, int]] = []
    pages.read_pages(data, Order(size=len(data)), lambda stage, page: told.append((stage, page)))
    assert told == [("open", 0), ("page", 1), ("page", 2), ("join", 0), ("inspect", 0)]
    told.clear()
    order = Order(size=len(data), skip={1: "it crashed"}, inspect=False)
    reading = pages.read_pages(data, order, lambda stage, page: told.append((stage, page)))
    assert told == [("open", 0), ("page", 2), ("join", 0)]
    assert [n.message for n in reading.notes] == ["page 1 could not be read (it crashed); the other pages were"]


def test_what_pdfium_cannot_open_is_read_from_what_pypdf_makes_of_it(tmp_path: Path) -> None:
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    broken = tmp_path / "broken.pdf"
    broken.write_bytes(hostile.page(hostile.stream(hostile.TEXT)).replace(b"/Root 1 0 R", b"/Root 9 0 R"))
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(broken)
    reading = in_process(broken)
    assert [p.text for p in reading.passages] == [hostile.SENTENCE]


def replaced(sentence: str, drawn: bytes) -> bytes:
    return b"/Span <</ActualText (%s)>> BDC %s EMC " % (sentence.encode(), drawn)


SHOWN = "Strength rose in both of the legs."


@pytest.mark.parametrize("drawn", [b"(x)", f"({SHOWN})".encode()])
def test_replacement_text_that_nobody_can_see_is_left_out_and_reported(tmp_path: Path, drawn: bytes) -> None:
    path = tmp_path / "said.pdf"
    content = hostile.TEXT + b"BT /F1 12 Tf 60 600 Td " + replaced(ORDER, drawn + b" Tj") + b"ET"
    path.write_bytes(hostile.page(hostile.packed(content)))
    study = read_study(path)
    assert hidden(study) == [(ORDER, 1)]
    assert "Ignore" not in study.text
    assert drawn.strip(b"()").decode() in study.text


def test_replacement_text_within_a_form_is_found_as_well(tmp_path: Path) -> None:
    path = tmp_path / "said.pdf"
    form = b"BT /F1 12 Tf 60 600 Td " + replaced(ORDER, b"(x) Tj") + b"ET"
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>"
    more = [hostile.stream(form, entries)]
    path.write_bytes(
        hostile.page(hostile.packed(hostile.TEXT + b"/X Do"), resources=b"/XObject<</X 6 0 R>>", more=more)
    )
    assert hidden(read_study(path)) == [(ORDER, 1)]


def test_replacement_text_that_says_what_is_drawn_is_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "said.pdf"
    content = hostile.TEXT + b"BT /F1 12 Tf 60 600 Td " + replaced(SHOWN, f"({SHOWN}) Tj ".encode())
    path.write_bytes(hostile.page(hostile.packed(content + replaced("fi", b"(f) Tj") + b"ET")))
    study = read_study(path)
    assert study.notes == ()
    assert study.text.endswith(f"{SHOWN}fi")


def test_a_page_with_more_objects_than_any_page_has_is_left_out(
    make_pdf: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacements, "MOST_OBJECTS", 1)
    with pytest.raises(UnreadableError, match="unreadable_pages"):
        in_process(make_pdf(prose))


def test_a_document_whose_text_nobody_can_see_says_so(make_pdf: Make) -> None:
    def unseen(canvas: Canvas) -> None:
        canvas.setFillColorRGB(1, 1, 1)
        write(canvas, "The trained group gained strength in the other leg and kept it.")

    with pytest.raises(SourceError, match="has no text that a reader can see"):
        read_study(make_pdf(unseen))


@pytest.mark.parametrize("size", [0, 1, 4, 9, 40])
def test_a_stump_of_a_file_is_damaged(tmp_path: Path, size: int) -> None:
    with pytest.raises(SourceError, match="is damaged or no real PDF"):
        read_pdf(hostile.page(hostile.packed(hostile.TEXT))[:size], "stump.pdf")


def test_a_label_over_the_title_is_no_part_of_it_and_small_print_is_not_the_running_text(make_pdf: Make) -> None:
    small = [f"Lee A, May B. A reference in small print, number {n}, J Walk 2001." for n in range(30)]

    def page(canvas: Canvas) -> None:
        write(canvas, "Clinical Study", y=800, size=18)
        write(canvas, "Walking in dogs, a randomised", y=770, size=18)
        write(canvas, "study", y=748, size=18)
        for n in range(20):
            write(canvas, f"We walked dog number {n} for a mile and measured its speed.", y=700 - 12 * n, size=10)
        for n, reference in enumerate(small):
            write(canvas, reference, y=440 - 10 * n, size=8)

    reading = in_process(make_pdf(page))
    assert [p.text for p in reading.passages if p.role is Role.TITLE] == ["Walking in dogs, a randomised study"]
    heads = [p.text for p in reading.passages if p.role is Role.HEAD]
    assert heads == ["Clinical Study"]


def test_the_doi_of_the_article_goes_before_one_that_is_mentioned(make_pdf: Make) -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, "Supplementary Material online at http://dx.doi.org/10.1155/2015/862924). Following it", y=700)
        write(canvas, "http://dx.doi.org/10.1155/2016/4865439", y=80)

    assert in_process(make_pdf(page)).first_page.splitlines()[0] == "http://dx.doi.org/10.1155/2016/4865439"


def of_line(*shown: bytes) -> PdfReading:
    """The reading of a page with these pieces of text, one below the other."""
    lines = b"".join(b"BT /F1 12 Tf 60 %d Td (%s) Tj ET\n" % (700 - 20 * n, text) for n, text in enumerate(shown))
    data = hostile.page(hostile.stream(lines))
    return pages.read_pages(data, Order(size=len(data)), lambda _stage, _page: None)


def test_signs_that_no_font_names_are_counted_in_a_note() -> None:
    reading = of_line(*[hostile.SENTENCE.encode()] * 3, b"The difference of t(75) \\004 2.3 was clear.")
    assert reading.passages[-1].text.endswith("t(75) \ufffd 2.3 was clear.")
    ((kind, message, page),) = [(n.kind, n.message, n.page) for n in reading.notes]
    assert (kind, page) == ("unreadable_signs", 1)
    assert message.startswith("a sign on page 1 could not be read")
    assert of_line(hostile.SENTENCE.encode()).notes == []


def test_a_file_whose_letters_no_font_names_is_refused_and_not_read_as_gibberish() -> None:
    with pytest.raises(UnreadableError, match=r"^garbled$"):
        of_line(hostile.SENTENCE.encode(), b"\\004\\005\\006 \\004\\006\\005 study")
    assert str(failure("a.pdf", Failure(fault="garbled"))) == (
        "a.pdf: has text that cannot be read: its fonts do not say which letters they draw; give its text, or run "
        "`ocrmypdf --force-ocr` on it and give the result"
    )
