"""Reads whatever file an analyst gives into a `Study`. The format is found from the content, not from the name.

Promises a `Study` or a SourceError that names the file, the cause and the remedy, whatever the bytes. Does not fetch
anything and does not read exports of reference managers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

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


def read_study(path: Path, *, password: str | None = None) -> Study:
    """Reads one study file (PDF, text, Markdown or study form); SourceError when it cannot be read.

    `password` opens a protected PDF and is ignored for anything else.
    """
    file = str(path)
    data = _bytes_of(path, file)
    if _is_pdf(data):
        return _study_of_pdf(data, file, path.name, password, None)
    text = _decoded(data, file)
    is_json = text.lstrip().startswith("{") and '"' in text[:2000]
    if _is_form(text, is_json=is_json):
        return _study_of_form(parse_form(text, file, is_json=is_json), path, data, password)
    return _study_of_text(text, file, path.name, _sha256(data), None)


def read_text(text: str, *, citation: Citation | None = None, file_name: str = "text.txt") -> Study:
    """The study that a text (plain or Markdown) tells; SourceError when there is nothing to read in it."""
    digest = _sha256(text.encode("utf-8", "replace"))
    return _study_of_text(
        text, file_name, file_name, digest, StudyForm(citation=citation, text="") if citation else None
    )


def _bytes_of(path: Path, file: str) -> bytes:
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


def _is_form(text: str, *, is_json: bool) -> bool:
    return is_json or (_FORM_KEY.search(text) is not None and _FRONT_MATTER.match(text) is None)


def _study_of_form(form: StudyForm, path: Path, data: bytes, password: str | None) -> Study:
    if form.file is not None:
        beside = sibling(path, form.file)
        data = _bytes_of(beside, str(beside))
        if _is_pdf(data):
            return _study_of_pdf(data, str(beside), beside.name, password, form)
        return _study_of_text(_decoded(data, str(beside)), str(beside), beside.name, _sha256(data), form)
    if form.sections is None:
        return _study_of_text(form.text or "", str(path), path.name, _sha256(data), form)
    passages: list[Passage] = []
    for section in form.sections:
        if section.heading.strip():
            passages.append(Passage(clean_text(section.heading).replace("\n", " "), Role.HEAD))
        passages += text_passages(section.text, with_title=False)
    return _finished(passages, form.citation, str(path), path.name, _sha256(data), form)


def _study_of_text(text: str, file: str, name: str, digest: str, form: StudyForm | None) -> Study:
    """Plain text or Markdown; YAML front matter may give the citation."""
    stated = form.citation if form else None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    matter = _FRONT_MATTER.match(text)
    if matter is not None:
        stated = stated or _front_matter(matter.group(1), file, name)
        text = text[matter.end() :]
    markdown = matter is not None or looks_like_markdown(text)
    passages = text_passages(text, markdown=markdown, with_title=form is None or form.file is not None)
    return _finished(passages, stated or cite(name, passages), file, name, digest, form, _smuggled(text))


def _front_matter(matter: str, file: str, name: str) -> Citation | None:
    """Citation fields of the front matter, at its top or under `citation`; null when it is about something else."""
    fields: dict[str, Any] = load_mapping(matter, file)
    fields = fields.get("citation", fields) if isinstance(fields.get("citation", fields), dict) else fields
    known = {info.alias or key for key, info in Citation.model_fields.items()}
    chosen = {k: str(v) if isinstance(v, int) else v for k, v in fields.items() if k in known}
    if not chosen:
        return None
    try:
        return Citation.model_validate({"id": slug(name)} | chosen)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        cause = f"has faulty citation data at its top ({'.'.join(map(str, fault['loc']))}: {fault['msg'][:120]})"
        raise SourceError(file, cause, "use CSL-JSON names and values, or take the block out") from error


def _smuggled(text: str) -> list[SourceNote]:
    spelt = smuggled_text(text)
    if not spelt:
        return []
    message = "the file holds text in invisible Unicode tag characters; it was left out"
    return [SourceNote(kind="hidden_text", message=message, excerpt=spelt[:EXCERPT])]


def _study_of_pdf(data: bytes, file: str, name: str, password: str | None, form: StudyForm | None) -> Study:
    from pipeline.sources.pdf import read_pdf

    reading = read_pdf(data, file, password)
    found = cite(name, reading.passages, metadata_title=reading.metadata_title, first_page=reading.first_page)
    return _finished(reading.passages, form.citation if form else found, file, name, _sha256(data), form, reading.notes)


def _finished(
    passages: Sequence[Passage],
    citation: Citation,
    file: str,
    name: str,
    digest: str,
    form: StudyForm | None,
    notes: Sequence[SourceNote] = (),
) -> Study:
    origin = Origin(name, digest)
    noted = list(notes)
    if form is not None:
        origin = Origin(name, digest, form.document, form.status, form.registration)
        if form.note:
            noted.insert(0, SourceNote(kind="retelling", message=" ".join(form.note.split())))
    study = build_study(passages, citation, origin, noted)
    if not study.sentences:
        raise SourceError(file, "holds no text that could be a study", _FORMATS_REMEDY)
    return study
