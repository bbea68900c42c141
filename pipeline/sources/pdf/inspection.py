"""pypdf's part: what stands beside the pages of a PDF, and repair of a file that PDFium cannot open.

Runs only in the process that parses the file, under limits lower than pypdf's own; they are context variables, so they
are set here, in the functions themselves. A fault or a limit costs what was not found by then, never the file.

Nothing that is found here enters the text of a study. A person does not see metadata, form values and the notes that
reviewers leave on a page, so what in them addresses the machine is reported as hidden text. What does not is left
alone, however long: comments, keywords and whole abstracts in metadata are ordinary. Does not look at page contents.
"""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from pipeline.sources.cleaning import clean_text
from pipeline.sources.instructions import EXCERPT, is_instruction_like
from pipeline.sources.pdf.annotations import SPOKEN
from pipeline.sources.pdf.content import Inspection
from schemas.study import SourceNote

if TYPE_CHECKING:
    from pypdf import PdfReader

LONGEST_TEXT = 2_000
"""Characters of one title, author, name of a file."""

LONGEST_HIDDEN = 20_000
"""Characters of one annotation, form value or metadata stream that are looked at."""

MOST_ANNOTATIONS = 5_000
MOST_ATTACHMENTS = 50
MOST_NOTES = 20

_LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "zlib_maximum_recovery_input_length": 2_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "maximum_declared_stream_length": 50_000_000,
    "stream_filters_maximum_length": 4,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 300_000,
    "xmp_maximum_input_length": 1_000_000,
    "xmp_maximum_element_count": 20_000,
    "page_tree_maximum_entries": 20_000,
    "form_fields_maximum_entries": 5_000,
}


class _Overtime(BaseException):
    """The time for the inspection is up. No Exception, because broken files are met with broad excepts in pypdf."""


def inspect_pdf(
    data: bytes, password: str | None, seconds: float, unspoken: int | None = None
) -> tuple[Inspection, list[SourceNote]]:
    """What stands beside the pages, and notes on what in it addresses the machine, within `seconds` of CPU.

    `unspoken` is the number of annotations where it is known that none of them has words or a script; they are then not
    looked at. Call it in the main thread of a process of its own: it takes the profiling timer.
    """
    found: dict[str, Any] = {"complete": False}
    notes: list[SourceNote] = []
    try:
        # a reader lives on in cycles until the next collection; closed, the stream does not keep the file until then
        with _within(seconds), _pypdf(), BytesIO(data) as stream:
            reader = _opened(stream, password)
            looks = [_looked(look, reader, found, notes) for look in (_metadata, _catalog)]
            if unspoken is None:
                looks.append(_looked(_annotations, reader, found, notes))
            else:
                found["annotations"] = min(unspoken, MOST_ANNOTATIONS)
                looks.append(unspoken <= MOST_ANNOTATIONS)
            found["complete"] = all(looks)
    except _Overtime:
        found["complete"] = False
    except Exception:  # noqa: BLE001 - "broken PDFs might cause other exceptions" (pypdf)
        found["complete"] = False
    return Inspection(**found), notes[:MOST_NOTES]


def repaired(data: bytes, password: str | None, seconds: float) -> bytes | None:
    """The file as pypdf understands it, written anew without encryption; null when it cannot be repaired."""
    import pypdf

    try:
        with _within(seconds), _pypdf():
            reader = _opened(BytesIO(data), password)
            writer = pypdf.PdfWriter()
            for page in reader.pages:
                writer.add_page(page)
            stream = BytesIO()
            writer.write(stream)
            return stream.getvalue() if len(writer.pages) else None
    except _Overtime:
        return None
    except Exception:  # noqa: BLE001 - as above: beyond repair
        return None


def _opened(stream: BytesIO, password: str | None) -> PdfReader:
    import pypdf

    reader = pypdf.PdfReader(stream, strict=False, root_object_recovery_limit=2_000)
    if reader.is_encrypted:
        reader.decrypt(password or "")
    return reader


_Look = Callable[["PdfReader", dict[str, Any], list[SourceNote]], bool]


def _looked(look: _Look, reader: PdfReader, found: dict[str, Any], notes: list[SourceNote]) -> bool:
    """Whether a look saw everything; a fault in one costs none of the others."""
    try:
        return look(reader, found, notes)
    except Exception:  # noqa: BLE001 - as above
        return False


def _metadata(reader: PdfReader, found: dict[str, Any], notes: list[SourceNote]) -> bool:
    """Title, author, subject, keywords; XMP only fills what the information dictionary leaves empty."""
    info = _dictionary(reader.metadata)
    for value in list(info.values())[:100]:
        _report(_plain(value), "the metadata", None, notes)
    for name in ("Title", "Author", "Subject", "Keywords"):
        found[name.lower()] = _plain(info.get(f"/{name}"))[:LONGEST_TEXT] or None
    if "/Metadata" not in reader.root_object:
        return True
    packet = _resolved(reader.root_object["/Metadata"]).get_data()[:1_000_000].decode("utf-8", "replace")
    _report(re.sub(r"<[^>]*>", " ", packet), "the metadata", None, notes)
    xmp = reader.xmp_metadata
    if xmp is None:
        return False
    stated: dict[str, list[str]] = {
        "title": list((xmp.dc_title or {}).values()),
        "author": list(xmp.dc_creator or []),
        "subject": list((xmp.dc_description or {}).values()),
        "keywords": list(xmp.dc_subject or []),
    }
    for name, values in stated.items():
        found[name] = found[name] or _plain("; ".join(v for v in values if v))[:LONGEST_TEXT] or None
    return True


def _catalog(reader: PdfReader, found: dict[str, Any], notes: list[SourceNote]) -> bool:
    """Attachments' names, whether there is JavaScript, form fields and what is written in them."""
    root = reader.root_object
    scripted = _dictionary(root.get("/OpenAction")).get("/S") == "/JavaScript"
    found["has_javascript"] = scripted or "/JavaScript" in _dictionary(root.get("/Names")) or "/AA" in root
    attachments: list[str] = []
    for attachment in reader.attachment_list:
        attachments.append(_plain(attachment.name)[:LONGEST_TEXT])
        _report(f"{attachments[-1]} {_plain(attachment.description)}", "an attachment's name", None, notes)
        if len(attachments) == MOST_ATTACHMENTS:
            break
    found["attachments"] = tuple(attachments)
    fields = (reader.get_fields() if "/AcroForm" in root else None) or {}
    found["form_fields"] = len(fields)
    for field in fields.values():
        _report(" ".join(_plain(field[key]) for key in SPOKEN if key in field), "a form field", None, notes)
    return True


def _annotations(reader: PdfReader, found: dict[str, Any], notes: list[SourceNote]) -> bool:
    """What is written in annotations, page by page; a broken one costs only itself."""
    complete, seen = True, 0
    for number, page in enumerate(reader.pages, start=1):
        try:
            for annotation in _annotations_of(page):
                seen += 1
                if seen > MOST_ANNOTATIONS:
                    return False
                found["has_javascript"] |= _has_script(annotation)
                words = " ".join(_plain(annotation[key]) for key in SPOKEN if key in annotation)
                _report(words, f"an annotation on page {number}", number, notes)
        except Exception:  # noqa: BLE001 - as above: one broken annotation or page hides no other
            complete = False
        finally:
            found["annotations"] = min(seen, MOST_ANNOTATIONS)
    return complete


def _annotations_of(page: Any) -> Iterator[dict[str, Any]]:
    listed = _resolved(page.get("/Annots"))
    for entry in listed if isinstance(listed, list) else []:  # pyright: ignore[reportUnknownVariableType]
        yield _dictionary(entry)


def _has_script(annotation: dict[str, Any]) -> bool:
    return "/AA" in annotation or _dictionary(annotation.get("/A")).get("/S") == "/JavaScript"


def _resolved(value: Any) -> Any:
    """The object itself where a reference to it is given."""
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> dict[str, Any]:
    """The dictionary itself where a reference to it is given; empty for anything else."""
    value = _resolved(value)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _plain(value: Any) -> str:
    """The value as a line of clean text that UTF-8 can hold; streams are decoded, null is empty."""
    value = _resolved(value)
    if value is None:
        return ""
    text = value.get_data().decode("utf-8", "replace") if hasattr(value, "get_data") else str(value)
    text = text[:LONGEST_HIDDEN].encode("utf-8", "replace").decode()
    return " ".join(clean_text(text).split())


def _report(text: str, where: str, page: int | None, notes: list[SourceNote]) -> None:
    text = " ".join(clean_text(text[:LONGEST_HIDDEN]).split())
    if not is_instruction_like(text) or any(note.excerpt == text[:EXCERPT] and note.page == page for note in notes):
        return
    excerpt = text[:EXCERPT]
    message = f"{where} holds text that a reader of the pages does not see; it is never read as text of the study"
    notes.append(SourceNote(kind="hidden_text", message=message, excerpt=excerpt, page=page))
    message = f"{where} reads like an instruction to whoever judges the study; it was left out, never obeyed"
    notes.append(SourceNote(kind="instruction_like_text", message=message, excerpt=excerpt, page=page))


@contextmanager
def _within(seconds: float) -> Generator[None]:
    """Raises _Overtime in the body after `seconds` of CPU, and again every tenth of a second should it be swallowed."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise _Overtime

    before: Callable[..., Any] | int | None = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
    try:
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_PROF, 0)
        except _Overtime:  # it fired on the way here; the next would be a tenth of a second away
            signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def _pypdf() -> Generator[None]:
    """pypdf's limits lowered, and its remarks on a damaged file kept quiet."""
    import pypdf

    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with pypdf.apply_configuration(**_LIMITS):
            yield
    finally:
        logger.setLevel(level)
