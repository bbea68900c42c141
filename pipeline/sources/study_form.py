"""Reads the project's own form of a study: YAML or JSON with citation data and the text, or the name of a file.

    citation: {id: lee-2020, title: ..., author: [{family: Lee, given: A}], issued: {date-parts: [[2020]]}, DOI: ...}
    note: >-                   optional: that this is a retelling, and of what
    registration: NCT00000000  optional
    status: retracted          optional, a PublicationStatus
    document: protocol         optional, a DocumentKind
    relations: [{kind: retracted_by, DOI: ..., date: 2024-03-26}]   optional, each a Relation
    source: {services: [PubMed, Crossref], retrieved_on: 2026-01-31, URL: ..., licence: ...}
                               optional: who said so and when; the address and the licence are those of the text
    checked_on: 2026-01-31     optional: when status and relations were last asked for
    text: ...                  exactly one of text,
    sections: [{heading: Methods, text: ...}]        sections
    file: lee-2020.pdf         and file: a PDF, text or Markdown file in the same folder

A form is data: aliases, tags, deep nesting, unknown keys and paths that lead out of the folder are refused.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path, PurePath
from typing import Any, NoReturn, cast

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import SourceError
from pipeline.sources.plain_yaml import UnsafeYamlError, load_yaml
from schemas.base import Noun
from schemas.study import Citation, Relation
from schemas.vocabulary import DocumentKind, PublicationStatus

LARGEST_FORM = 5_000_000
"""Bytes."""

_SIBLINGS = {".pdf", ".txt", ".md"}
_REMEDY = "correct the form, or give the text of the study itself"


class FormSection(Noun):
    """One section of a form."""

    heading: str = Field(max_length=300)
    text: str


class FormSource(Noun):
    """Which services gave the citation and the text, and when; `URL` and `licence` are those of the text."""

    services: tuple[str, ...]
    retrieved_on: date
    URL: str | None = Field(default=None, max_length=4000)
    licence: str | None = Field(default=None, max_length=300)


class StudyForm(Noun):
    """The form, as it is written in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    citation: Citation
    note: str | None = None
    registration: str | None = Field(default=None, max_length=200)
    status: PublicationStatus | None = None
    document: DocumentKind | None = None
    relations: tuple[Relation, ...] = ()
    source: FormSource | None = None
    checked_on: date | None = None
    text: str | None = None
    sections: tuple[FormSection, ...] | None = None
    file: str | None = None

    @field_validator("citation", mode="before")
    @classmethod
    def _numbers_are_text(cls, value: Any) -> Any:
        """`volume: 35` means "35"; YAML and JSON writers leave the quotation marks out."""
        return _as_text(value)

    @field_validator("relations", mode="before")
    @classmethod
    def _relations_hold_text(cls, value: Any) -> Any:
        """`PMID: 123` and `date: 2024-03-26` are meant as they are written."""
        return [_as_text(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value

    @field_validator("file")
    @classmethod
    def _plain_sibling(cls, name: str | None) -> str | None:
        if name is None:
            return None
        if name != PurePath(name).name or any(c in name for c in "/\\\x00:") or name.startswith("."):
            raise ValueError("must be the plain name of a file in the same folder")
        if PurePath(name).suffix.lower() not in _SIBLINGS:
            raise ValueError("must end in .pdf, .txt or .md")
        return name

    @model_validator(mode="after")
    def _one_content(self) -> StudyForm:
        if sum(x is not None for x in (self.text, self.sections, self.file)) != 1:
            raise ValueError("exactly one of text, sections and file is needed")
        return self


def _as_text(value: Any) -> Any:
    """A mapping with its whole numbers and days as text; anything else as it is."""
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, Any]", value)
    written = {k: str(v) for k, v in fields.items() if isinstance(v, int | date) and not isinstance(v, bool)}
    return {**fields, **written}


def parse_form(text: str, file: str, *, is_json: bool) -> StudyForm:
    """The form in `text`; SourceError that names the faulty keys when it is not one."""
    if len(text) > LARGEST_FORM:
        _refuse(file, f"is a study form of more than {LARGEST_FORM // 1_000_000} MB")
    loaded = _load_json(text, file) if is_json else _load_yaml(text, file)
    if not isinstance(loaded, dict):
        _refuse(file, "is not a study form: a mapping with the key 'citation' is needed")
    try:
        return StudyForm.model_validate(loaded)
    except ValidationError as error:
        _refuse(file, f"is not a valid study form: {_first_faults(error)}")


def load_mapping(text: str, file: str) -> dict[str, Any]:
    """YAML that must be a mapping, as plain data; {} for anything else, SourceError when it is no safe YAML."""
    loaded = _load_yaml(text, file)
    return cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}


def _refuse(file: str, cause: str) -> NoReturn:
    raise SourceError(file, cause, _REMEDY)


def _first_faults(error: ValidationError) -> str:
    """The first three faults in one line: 'citation.id: String should match pattern'."""
    faults = [
        f"{'.'.join(str(x) for x in e['loc']) or 'form'}: {e['msg']}" for e in error.errors(include_url=False)[:3]
    ]
    return "; ".join(fault.replace("\n", " ")[:200] for fault in faults)


def _load_json(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(file, f"is not valid JSON ({str(error)[:120]})")


def _load_yaml(text: str, file: str) -> object:
    try:
        return load_yaml(text)
    except UnsafeYamlError as error:
        _refuse(file, str(error))


def sibling(form_path: Path, name: str) -> Path:
    """The file beside the form; SourceError when it is missing or leads out of the folder through a link."""
    path = form_path.parent / name
    try:
        inside = path.resolve(strict=True).parent == form_path.parent.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        cause = f"names the file '{name}', which cannot be found ({type(error).__name__})"
        raise SourceError(str(form_path), cause, "put it into the same folder") from error
    if not inside:
        cause = f"names the file '{name}', which is a link out of the folder"
        raise SourceError(str(form_path), cause, "copy the file itself into the folder")
    return path
