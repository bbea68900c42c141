"""Reads BibTeX and BibLaTeX: Scopus, Web of Science, Zotero, Mendeley, JabRef, publishers.

bibtexparser finds the entries and names the faulty ones with their line; @string macros and '#' are resolved here,
since its own middleware stops at an unknown macro. An entry with a field or a key twice is read (the first value
counts). Promises one record or fault an entry; comments and preambles are none.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)

from pipeline.sources.records.dates import date_of
from pipeline.sources.records.draft import Draft, bounded, finished
from pipeline.sources.records.fields import (
    LONGEST_FIELD,
    bare_pmid,
    doi_in_url,
    doi_of,
    language_of,
    one_line,
    pages_of,
    pmcid_of,
    pmid_of,
)
from pipeline.sources.records.kinds import publication_types
from pipeline.sources.records.latex import latex_text
from pipeline.sources.records.names import MOST_NAMES, is_group, name_of
from pipeline.sources.records.record import FaultyRecord, Record
from schemas.study import Name

# faults are reported as records; the library would print them as well
logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_TYPES = {
    "article": "article-journal", "book": "book", "mvbook": "book", "collection": "book", "proceedings": "book",
    "booklet": "book", "inbook": "chapter", "incollection": "chapter", "bookinbook": "chapter", "suppbook": "chapter",
    "inproceedings": "paper-conference", "conference": "paper-conference", "phdthesis": "thesis", "thesis": "thesis",
    "mastersthesis": "thesis", "techreport": "report", "report": "report", "online": "webpage", "electronic": "webpage",
    "www": "webpage", "dataset": "dataset", "patent": "patent", "unpublished": "article", "misc": "document",
    "preprint": "article", "manual": "report", "software": "software",
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LOOKS_LIKE_AN_ENTRY = re.compile(
    r"^\s*(?:author|title|year|journal|abstract|doi)\s*=\s*[{\"]", re.IGNORECASE | re.MULTILINE
)
_BEGINS = re.compile(r"@[A-Za-z]{3,20}\s*\{\s*[^\s,{}()=\"]{0,200}\s*,\s*[\w-]+\s*=\s*[{\"\w]")
_DOUBLES = (DuplicateBlockKeyBlock, DuplicateFieldKeyBlock)
_WORK_PER_CHARACTER = 50
"""How often a character may be read again after faults, so that a hostile file ends."""

_WITHOUT_KEY = re.compile(
    r"(@(?!string\b|preamble\b|comment\b)[A-Za-z]{3,20}\s*\{)(?=\s*[\w-]{1,40}\s*=\s*[{\"\w])", re.IGNORECASE
)
_WITHOUT_COMMA = re.compile(r"(?<=[}\"])(?=[ \t]*\n\s*[A-Za-z][\w-]{1,30}[ \t]*=[ \t]*[{\"])")
_IN_PARENTHESES = re.compile(r"^[ \t]*@[A-Za-z]{3,20}[ \t]*\(", re.MULTILINE)
_BRACKET = re.compile(r"(?<!\\)[{}()]")
_DELIMITER = re.compile(r"(?<!\\)[{}\"]")
_INITIALS_LAST = re.compile(r"[^,{}]*[a-z][^,{}]*\s[A-Z]{1,3}")
_TOKEN = re.compile(r"\s*(?:#\s*)?(\{|\"|[^\s#{}\",]+)")
_MACROS_PER_CHARACTER = 20
_MACROS_OF_ANY_FILE = 1_000_000


class _Macros:
    """@string macros by name. What they put in is bounded for a file as a whole, since macros of macros may double."""

    def __init__(self, size: int) -> None:
        self._values = {month: month for month in _MONTHS}
        self._left = _MACROS_PER_CHARACTER * size + _MACROS_OF_ANY_FILE

    def define(self, name: str, value: str) -> None:
        self._values[name.lower()] = value

    def resolved(self, name: str) -> str:
        """The value of a macro, as long as a field may be; the name itself for an unknown one and beyond the bound."""
        value = self._values.get(name.lower(), name)[:LONGEST_FIELD]
        if len(value) > self._left:
            return name
        self._left -= len(value)
        return value


def read_bibtex(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of a BibTeX file in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    macros = _Macros(len(text))
    rest: tuple[str, int] | None = (_punctuated(_braced(re.sub(r"\r{0,2}\n|\r", "\n", text))), 1)
    budget = _WORK_PER_CHARACTER * len(text) + 10_000
    while rest is not None and budget > 0:
        chunk, line = rest
        rest, budget = None, budget - len(chunk)
        for block in parse_string(chunk, parse_stack=[]).blocks:
            begin = line + (block.start_line or 0)
            if isinstance(block, String):
                macros.define(block.key, _value(str(block.value), macros))
            elif isinstance(block, ParsingFailedBlock) and not isinstance(block, _DOUBLES):
                cause = " ".join(str(getattr(block.error, "abort_reason", None) or block.error or "").split())
                yield FaultyRecord(begin, f"is not valid BibTeX ({cause[:160] or 'it does not end'})")
                rest = _swallowed(chunk, block.start_line or 0, line)
                if rest is not None:
                    break
            else:
                yield from _read(block, begin, macros)


def _punctuated(text: str) -> str:
    """Commas where the library needs them: for the key that EndNote leaves out, and behind a field on its line."""
    return _WITHOUT_COMMA.sub(",", _WITHOUT_KEY.sub(r"\1,", text))


def _braced(text: str) -> str:
    """Entries in parentheses, which BibTeX allows and the library does not read, in braces."""
    pieces: list[str] = []
    end = 0
    for entry in _IN_PARENTHESES.finditer(text):
        if entry.start() < end:
            continue
        limit = text.find("\n@", entry.end())
        depth = 0
        for mark in _BRACKET.finditer(text, entry.end(), limit if limit >= 0 else len(text)):
            if depth == 0 and mark.group() == ")":
                pieces += [text[end : entry.end() - 1], "{", text[entry.end() : mark.start()], "}"]
                end = mark.end()
                break
            depth += (mark.group() in "{(") - (mark.group() in "})")
    return "".join([*pieces, text[end:]])


def _swallowed(chunk: str, broken: int, line: int) -> tuple[str, int] | None:
    """The text from the next entry behind the one that breaks off on line `broken` of the chunk, and its line."""
    begin = 0
    for _ in range(broken):
        begin = chunk.index("\n", begin) + 1
    following = _BEGINS.search(chunk, begin + 1)
    if following is None:
        return None
    return chunk[following.start() :], line + chunk.count("\n", 0, following.start())


def _read(block: Block, line: int, macros: _Macros) -> Iterator[Record | FaultyRecord]:
    if isinstance(block, _DOUBLES):
        inner = block.ignore_error_block
        if isinstance(inner, Entry):
            yield finished(_draft(inner, line, macros))
    elif isinstance(block, Entry):
        yield finished(_draft(block, line, macros))
    elif isinstance(block, ImplicitComment) and _LOOKS_LIKE_AN_ENTRY.search(block.comment):
        yield FaultyRecord(line, "looks like an entry that lost its first line")


def _draft(entry: Entry, line: int, macros: _Macros) -> Draft:
    raw: dict[str, str] = {}
    for found in entry.fields:
        raw.setdefault(found.key.strip().lower(), _value(str(found.value), macros))
    csl_type = _TYPES.get(entry.entry_type.lower(), "document")
    places = [
        raw.get(key, "") for key in ("pmid", "pmcid", "eprint", "note", "annote", "url", "unique-id", "pubmed_id")
    ]
    eprint = raw.get("eprinttype", raw.get("archiveprefix", "")).lower()
    if csl_type == "document" and (raw.get("journal") or raw.get("journaltitle")):
        csl_type = "article-journal"

    def first(*keys: str) -> str:
        # the converter is slow, and Web of Science keeps whole lists of references in fields that nobody asks for
        return next((text for key in keys if key in raw and (text := latex_text(raw[key])).strip()), "")

    doi = doi_of(re.sub(r"\\(?=[_&%#<>])", "", raw.get("doi", ""))) or doi_in_url(raw.get("url", ""))
    server = raw.get("eprint", "") if eprint in {"arxiv", "biorxiv", "medrxiv"} and "journal" not in raw else ""
    return Draft(
        line=line,
        type=csl_type,
        title=": ".join(part for part in (first("title"), first("subtitle")) if part.strip()),
        author=_names(raw.get("author", "") or (raw.get("editor", "") if csl_type == "book" else "")),
        issued=date_of(first("date", "year"), f"{first('day')} {first('month')}", first("year")),
        container=first("journal", "journaltitle", "booktitle", "shortjournal"),
        volume=first("volume"),
        issue=first("number", "issue"),
        page=pages_of(first("pages")) or pages_of(first("art_number", "article-number", "articleno", "eid")),
        doi=doi,
        pmid=bare_pmid(raw.get("pmid") or raw.get("pubmed_id") or (raw.get("eprint") if eprint == "pubmed" else ""))
        or next(filter(None, map(pmid_of, places)), None),
        pmcid=next(filter(None, map(pmcid_of, places)), None),
        url=first("url", "howpublished" if "://" in first("howpublished") else "url"),
        language=language_of(first("language", "langid")),
        types=publication_types([first("document_type", "type"), *(["preprint"] if server else [])]),
        abstract=first("abstract"),
        registered=places,
    )


def _value(raw: str, macros: _Macros) -> str:
    """The text of a value: braces and quotation marks off, macros and pieces joined by '#' put in."""
    pieces: list[str] = []
    position = 0
    while match := _TOKEN.match(raw, position):
        piece = match.group(1)
        if pieces and "#" not in match.group()[: -len(piece)]:
            break
        if piece in ("{", '"'):
            end = _closing(raw, match.end(), piece)
            pieces.append(raw[match.end() : end])
            position = end + 1
        else:
            pieces.append(macros.resolved(piece))
            position = match.end()
    return "".join(pieces)


def _closing(raw: str, position: int, opening: str) -> int:
    """Where the value that begins at `position` ends."""
    depth = 0
    closing = "}" if opening == "{" else '"'
    for match in _DELIMITER.finditer(raw, position):
        mark = match.group()
        if depth == 0 and mark == closing:
            return match.start()
        depth += (mark == "{") - (mark == "}")
    return len(raw)


def _names(raw: str) -> tuple[Name, ...]:
    parts = _parted(raw)[:MOST_NAMES]
    # 'Smith JA and Lee B', as MEDLINE prints names: one such name alone may be a family name in capitals
    printed = [part for part in parts if part.lower() != "others"]
    inverted = len(printed) > 1 and all(_INITIALS_LAST.fullmatch(part) for part in printed)
    names = (name_of(latex_text(part)) if inverted else _name(part) for part in parts)
    return tuple(name for name in names if name is not None)


def _parted(raw: str) -> list[str]:
    """Names between 'and', which counts only outside braces."""
    parts: list[str] = [""]
    depth = 0
    for word in re.split(r"(\s+)", raw):
        if depth == 0 and word.lower() == "and":
            parts.append("")
        else:
            parts[-1] += word
            depth += word.count("{") - word.count("}")
    return [part.strip() for part in parts if part.strip()]


def _name(printed: str) -> Name | None:
    if re.fullmatch(r"\{(?:[^{}]|\{[^{}]*\})*\}", printed) and "," not in printed:
        literal = one_line(latex_text(printed))
        return Name(literal=literal[:300]) if literal else None
    text = latex_text(printed)
    if "," in text or len(text.split()) < 2 or is_group(text):
        return name_of(text)
    try:
        parts = parse_single_name_into_parts(text)
    except InvalidNameError:
        return name_of(text)
    family = one_line(" ".join([*parts.von, *parts.last]))
    if not parts.first:
        return name_of(text)
    return Name(family=family, given=one_line(" ".join(parts.first)) or None) if family else name_of(text)
