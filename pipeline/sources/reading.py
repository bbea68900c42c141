"""Reads whatever file an analyst gives into a `Study`. The format is found from the content, not from the name.

Promises a `Study` or a SourceError that names the file, the cause and the remedy, whatever the bytes. Does not fetch
anything and does not read exports of reference managers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from pipeline.errors import SourceError
from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.citation import cite, slug
from pipeline.sources.cleaning import clean_text, smuggled_text
from pipeline.sources.instructions import EXCERPT
from pipeline.sources.passages import Passage, Role
from pipeline.sources.plain import looks_like_markdown, text_passages
from pipeline.sources.study_form import StudyForm, load_mapping, parse_form, sibling
from schemas.study import Citation, SourceNote, Study

LARGEST_FILE = 50_000_000
"""Bytes."""

_FORMATS_REMEDY = "give the study as PDF, text, Markdown or a study form (YAML or JSON)"
_OTHER_FORMATS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE), "is a web page"),
    (re.compile(r"\s*<\?xml\b|\s*<!DOCTYPE\b"), "is XML"),
    (re.compile(r"\s*TY {2}- "), "is a RIS export, not the text of a study"),
    (re.compile(r"\s*PMID ?- *\d"), "is a MEDLINE export, not the text of a study"),
    (re.compile(r"\s*@\w+\s*\{[^,\n]*,"), "is a BibTeX export, not the text of a study"),
    (re.compile(r"\s*\{\\rtf"), "is an RTF document"),
    (re.compile(r"\s*%!PS"), "is a PostScript file"),
)
_BINARY_FORMATS = (
    (b"PK\x03\x04", "is a Word document or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Office document"),
)
_FORM_KEY = re.compile(r"^(?:citation|\"citation\"|'citation')\s*:", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is being read: the file as the user named it, its bytes' hash, and the form that speaks for it, if any."""

    file: str
    name: str
    digest: str
    form: StudyForm | None = None


def read_study(path: Path, *, password: str | None = None) -> Study:
    """Reads one study file (PDF, text, Markdown or study form); SourceError when it cannot be read.

    `password` opens a protected PDF and is ignored for anything else.
    """
    data = _bytes_of(path)
    source = _Source(str(path), path.name, _sha256(data))
    if _is_pdf(data):
        return _study_of_pdf(data, source, password)
    text = _decoded(data, source.file)
    is_json = re.match(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])", text) is not None
    if is_json or (_FORM_KEY.search(text) is not None and _FRONT_MATTER.match(text) is None):
        return _study_of_form(parse_form(text, source.file, is_json=is_json), path, source, password)
    return _study_of_text(text, source)


def read_text(text: str, *, citation: Citation | None = None, file_name: str = "text.txt") -> Study:
    """The study that a text (plain or Markdown) tells; SourceError when there is nothing to read in it."""
    form = StudyForm(citation=citation, text="") if citation else None
    return _study_of_text(text, _Source(file_name, file_name, _sha256(text.encode("utf-8", "replace")), form))


def _bytes_of(path: Path) -> bytes:
    file = str(path)
    try:
        if path.is_dir():
            raise SourceError(file, "is a folder", "give the files in it one by one")
        if not path.exists():
            raise SourceError(file, "does not exist", "check the path")
        if not path.is_file():
            raise SourceError(file, "is not a regular file", _FORMATS_REMEDY)
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        cause = f"cannot be opened ({getattr(error, 'strerror', None) or type(error).__name__})"
        raise SourceError(file, cause, "check the path and that you may read the file") from error
    if not data.strip():
        raise SourceError(file, "is empty", "give a file with the text of the study")
    if len(data) > LARGEST_FILE:
        raise SourceError(
            file, f"is larger than {LARGEST_FILE // 1_000_000} MB", "give the article without its attachments"
        )
    return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_pdf(data: bytes) -> bool:
    """PDF readers accept the mark anywhere in the first 1024 bytes."""
    return b"%PDF-" in data[:1024]


def _decoded(data: bytes, file: str) -> str:
    for signature, what in _BINARY_FORMATS:
        if data.startswith(signature):
            raise SourceError(file, what, "save it as PDF or text and give that")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    sample = text[:20_000]
    damaged = sum(c in "\x00\ufffd" or (c < " " and c not in "\t\n\r\f\v") for c in sample)
    if damaged > 0.01 * len(sample):
        raise SourceError(file, "is binary and of no format that is read here", _FORMATS_REMEDY)
    for pattern, what in _OTHER_FORMATS:
        if pattern.match(text):
            raise SourceError(file, what, _FORMATS_REMEDY)
    return text


def _study_of_form(form: StudyForm, path: Path, source: _Source, password: str | None) -> Study:
    if form.file is not None:
        beside = sibling(path, form.file)
        data = _bytes_of(beside)
        source = _Source(str(beside), beside.name, _sha256(data), form)
        if _is_pdf(data):
            return _study_of_pdf(data, source, password)
        return _study_of_text(_decoded(data, source.file), source)
    source = replace(source, form=form)
    if form.sections is None:
        return _study_of_text(form.text or "", source)
    passages: list[Passage] = []
    for section in form.sections:
        if section.heading.strip():
            passages.append(Passage(clean_text(section.heading).replace("\n", " "), Role.HEAD))
        passages += text_passages(section.text, with_title=False)
    return _finished(passages, form.citation, source)


def _study_of_text(text: str, source: _Source) -> Study:
    """Plain text or Markdown; YAML front matter may give the citation. The text of a form has no title line."""
    form = source.form
    stated = form.citation if form else None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    matter = _FRONT_MATTER.match(text)
    fields = load_mapping(matter.group(1), source.file) if matter is not None else {}
    if matter is not None and fields:
        stated = stated or _stated_citation(fields, source)
        text = text[matter.end() :]
    markdown = bool(fields) or looks_like_markdown(text)
    passages = text_passages(text, markdown=markdown, with_title=form is None or form.file is not None)
    return _finished(passages, stated or cite(source.name, passages), source, _smuggled(text))


def _stated_citation(fields: dict[str, Any], source: _Source) -> Citation | None:
    """The citation in front matter, at its top or under `citation`; null when it is about something else."""
    nested = fields.get("citation")
    if isinstance(nested, dict):
        fields = cast("dict[str, Any]", nested)
    known = {info.alias or key for key, info in Citation.model_fields.items()}
    chosen = {key: str(value) if isinstance(value, int) else value for key, value in fields.items() if key in known}
    if not chosen:
        return None
    try:
        return Citation.model_validate({"id": slug(source.name), **chosen})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        cause = f"has faulty citation data at its top ({'.'.join(map(str, fault['loc']))}: {fault['msg'][:120]})"
        raise SourceError(source.file, cause, "use CSL-JSON names and values, or take the block out") from error


def _smuggled(text: str) -> list[SourceNote]:
    spelt = smuggled_text(text)
    if not spelt:
        return []
    message = "the file holds text in invisible Unicode tag characters; it was left out"
    return [SourceNote(kind="hidden_text", message=message, excerpt=spelt[:EXCERPT])]


def _study_of_pdf(data: bytes, source: _Source, password: str | None) -> Study:
    from pipeline.sources.pdf.document import read_pdf

    reading = read_pdf(data, source.file, password)
    if source.form is not None:
        citation = source.form.citation
    else:
        title = reading.metadata_title
        citation = cite(source.name, reading.passages, metadata_title=title, first_page=reading.first_page)
    return _finished(reading.passages, citation, source, reading.notes)


def _finished(
    passages: Sequence[Passage], citation: Citation, source: _Source, notes: Sequence[SourceNote] = ()
) -> Study:
    origin, noted = Origin(source.name, source.digest), list(notes)
    if source.form is not None:
        form = source.form
        origin = Origin(source.name, source.digest, form.document, form.status, form.registration)
        if form.note:
            noted.insert(0, SourceNote(kind="retelling", message=" ".join(form.note.split())))
    study = build_study(passages, citation, origin, noted)
    if not study.sentences:
        raise SourceError(source.file, "holds no text that could be a study", _FORMATS_REMEDY)
    return study
