"""Study forms as files: those in a folder, found by identifier; new ones; and what is changed in an old one.

Promises that a form is written whole or not at all, that an old one keeps what a person wrote into it, and that what
was written reads as the very form that was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pipeline.errors import OutputError, SourceError
from pipeline.sources.detection import SourceFormat, format_of, is_json, is_pdf
from pipeline.sources.opening import opened
from pipeline.sources.rewriting import create, merged, rewrite
from pipeline.sources.services.identifiers import Identifier, identifiers_of
from pipeline.sources.study_form import StudyForm, parse_form

ENDINGS = (".yaml", ".yml", ".json")
LONGEST_LINE = 100
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FormFile:
    """A form and where it lies."""

    path: Path
    form: StudyForm

    @property
    def has_text(self) -> bool:
        """Whether it holds anything to analyse."""
        form = self.form
        return bool(form.file or (form.text or "").strip() or any(s.text.strip() for s in form.sections or ()))


class Shelf:
    """The forms of a folder by identifier. A file that is no valid form is named by `warn` and left alone."""

    def __init__(self, folder: Path, warn: Warn) -> None:
        self.folder = folder
        self._by: dict[Identifier, FormFile] = {}
        for path in form_paths(folder):
            try:
                found = read_form(path)
            except SourceError as error:
                warn(str(error))
            else:
                if found is not None:
                    self.put(found)

    def find(self, identifiers: Iterable[Identifier]) -> FormFile | None:
        """The form of the study with one of these identifiers."""
        return next((self._by[i] for i in identifiers if i in self._by), None)

    def put(self, file: FormFile, further: Iterable[Identifier] = ()) -> None:
        """Remember a form under the identifiers that it states, and under `further` ones."""
        for identifier in (*identifiers_of(file.form.citation), *further):
            self._by[identifier] = file


def form_paths(folder: Path) -> list[Path]:
    """The files of a folder that may be forms, by name; none when there is no folder. SourceError when it cannot be
    looked into."""
    try:
        inside = list(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        cause = f"cannot be looked into ({error.strerror})"
        raise SourceError(str(folder), cause, "make it readable or give another folder") from error
    return sorted(p for p in inside if p.suffix.lower() in ENDINGS and not p.name.startswith("."))


def read_form(path: Path) -> FormFile | None:
    """The form in a file; None when the file is something else. SourceError when it is no valid form."""
    source = opened(path)
    if is_pdf(source.data) or format_of(source.text) is not SourceFormat.FORM:
        return None
    return FormFile(path, parse_form(source.text, source.file, is_json=is_json(source.text)))


def write_form(folder: Path, form: StudyForm) -> FormFile:
    """A new form in `folder`, under its study's id, with a number where that is taken. OutputError when it cannot be
    written."""
    given = form.citation.id

    def name(number: int) -> str:
        return f"{given}.yaml" if number == 1 else f"{given[:74]}-{number}.yaml"

    path = create(folder, name, as_yaml(form).encode())
    if path.stem != given:
        form = with_id(form, path.stem)
        change_form(path, {"citation": {"id": path.stem}})
    found = _as_meant(path, form)
    if found is None:
        path.unlink()
        raise OutputError(f"{path}: the study cannot be written so that it reads as it is; report this")
    return found


def _as_meant(path: Path, form: StudyForm) -> FormFile | None:
    """What was written, if it reads as the very form."""
    try:
        found = read_form(path)
    except SourceError:
        return None
    return found if found is not None and found.form == form else None


def with_id(form: StudyForm, study: str) -> StudyForm:
    """The form under another id."""
    return form.model_copy(update={"citation": form.citation.model_copy(update={"id": study})})


def change_form(path: Path, wanted: Mapping[str, Any]) -> bool:
    """Change fields of a form in place; null takes a field out. False when nothing changes. InputError, OutputError."""
    return rewrite(
        path,
        lambda held, as_new: merged(held, dict(wanted), as_new),
        lambda text: parse_form(text, str(path), is_json=is_json(text)),
    )


def fields_of_form(form: StudyForm, *names: str) -> dict[str, Any]:
    """Fields of a form as YAML writes them; null for those that are not set."""
    dumped = form.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True, include=set(names) or None)
    plain = cast("dict[str, Any]", _plain(dumped))
    return {name: plain.get(name) for name in names} if names else plain


def _plain(value: Any) -> Any:
    """Tuples as lists, enumerations as their values; days stay days."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in cast("Iterable[Any]", value)]
    return str(value) if isinstance(value, str) else value


def as_yaml(form: StudyForm) -> str:
    """A form as YAML, citation first and text last, long texts as blocks."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines, and long ones, as blocks; nothing by reference, which forms may not hold."""

        def ignore_aliases(self, data: object) -> bool:
            del data
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        style = "|" if "\n" in value else ">" if len(value) > LONGEST_LINE and _folds(value) else None
        return dumper.represent_scalar(  # pyright: ignore[reportUnknownMemberType]
            "tag:yaml.org,2002:str", value, style=style
        )

    Dumper.add_representer(str, text)
    plain = fields_of_form(form)
    if form.text is not None:
        plain["text"] = form.text
    order = [*_first(plain), *(k for k in plain if k not in {"text", "sections", "file"})]
    sorted_plain = {k: plain[k] for k in dict.fromkeys([*order, *plain])}
    return yaml.dump(sorted_plain, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=LONGEST_LINE)


def _first(plain: dict[str, Any]) -> Iterator[str]:
    yield from (k for k in ("citation", "document", "status") if k in plain)


def _folds(value: str) -> bool:
    """A folded block gives the text back only where single spaces stand between words."""
    return value == " ".join(value.split())
