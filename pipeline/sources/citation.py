"""Makes the citation of a file that brings none: DOI and title as far as the file shows them, else null.

Nothing is guessed: no authors, no year. Does not ask any service.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

from pipeline.rules.identifiers import without_closing
from pipeline.sources.heads import is_known_head
from pipeline.sources.passages import Passage, Role
from schemas.study import Citation

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`\[\]]+", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft word|document\d*|\(?anonymous|slide|powerpoint|title|layout|print|.*\.(?:docx?|dvi|tex|"
    r"pdf|"
    r"qxd|indd|rtf|eps|ps|fm|p65)\b|\W*\d[\d._ -]*$|[^ ]*$|doi:|pii:|.*\b\d+\.\.\d+$)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(10\.12688/\S+?)\.\d+$", re.IGNORECASE)
"""DOI of one version of an article that F1000 publishes; its first page names those of the others too."""

_VERSION_NOTE = re.compile(r"\s*\[v(?:ersion)?\s*\d+\s*;[^\]]*\]\s*$", re.IGNORECASE)
"""What the same publisher prints behind a title: '[version 2; peer review: 2 approved]'."""

_GARBLED = re.compile("\ufffd|\u00e2\u20ac|\u00c3[\u0080-\u00bf]")
"""What is left of letters that were read in another encoding than they were written in: 'receptorâ€“lacking'."""

_STRAY = 2
"""Letters behind a printed title that are a mark and no part of it."""

LONGEST_TITLE = 400
_WHERE_DOI_STANDS = 6_000


def slug(name: str) -> str:
    """A citation id from a file name, its ending left out."""
    return _plain_id(PurePath(name).stem)


def citation_id(given: Citation) -> str:
    """An id from first author, year and the first long word of the title: 'mendonca-2021-effects'."""
    author = given.author[0].short if given.author else ""
    words = re.findall(r"[^\W\d_]{4,}", given.title or "")
    return _plain_id("-".join(p for p in (author, str(given.year or ""), words[0] if words else "") if p))


def _plain_id(text: str) -> str:
    """Lower-case ASCII, hyphens, at most 80 characters; 'study' if nothing is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9._]+", "-", ascii_text.lower()).strip("-._")[:80].rstrip("-._") or "study"


def find_doi(text: str) -> str | None:
    """The first DOI near the start of the text, without closing punctuation.

    One that a line end cuts ('doi:10.1371/journal.pone.') gives way to one that begins with it and stands whole, one of
    an earlier version to that of the latest.
    """
    start = text[:_WHERE_DOI_STANDS]
    match = _DOI.search(start)
    if match is None:
        return None
    if match.group()[-1] in ".-/" and start[match.end() : match.end() + 1] == "\n":
        match = next((m for m in _DOI.finditer(start, match.end()) if m.group().startswith(match.group())), match)
    found = without_closing(match.group())
    version = _VERSION.match(found)
    if version is not None:
        others = {without_closing(m.group()) for m in _DOI.finditer(start) if m.group().startswith(f"{version[1]}.")}
        return max(others, key=lambda doi: (len(doi), doi))
    return found


def usable_title(title: str | None) -> str | None:
    """A title out of metadata, unless it is the name of a file, a number or a single word."""
    cleaned = re.sub(r"\s+", " ", title or "").strip()
    if not 10 <= len(cleaned) <= LONGEST_TITLE or _NO_TITLE.match(cleaned) or _GARBLED.search(cleaned):
        return None
    return cleaned


def _whole_title(stated: str | None, printed: str) -> str | None:
    """The title of the metadata, but the printed one where the other is the beginning of it, cut off."""
    begun, whole = (re.sub(r"[\W_]", "", title or "").lower() for title in (stated, printed))
    return printed if len(whole) > len(begun) + _STRAY and whole.startswith(begun) else stated


def cite(
    file_name: str, passages: list[Passage], *, metadata_title: str | None = None, first_page: str = ""
) -> Citation:
    """The citation of a bare file; the title is that of the metadata if sensible, else the printed one, else line one
    unless that is the head of a section.

    `first_page` is searched for the DOI before the passages are.
    """
    printed = " ".join(p.text for p in passages if p.role is Role.TITLE)[:LONGEST_TITLE]
    first = next((p.text for p in passages if re.search(r"[^\W\d_]{2}", p.text)), "")
    named = len(first) <= LONGEST_TITLE and not is_known_head(first)
    title = _whole_title(usable_title(metadata_title), printed) or printed or (first if named else "")
    title = _VERSION_NOTE.sub("", title)
    doi = find_doi(first_page) or find_doi("\n".join(p.text for p in passages))
    return Citation(id=slug(file_name), title=title or None, DOI=doi)
