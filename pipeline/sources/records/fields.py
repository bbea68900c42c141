"""Cleans single fields of a record: markup, identifiers, pages, language.

Promises plain text and identifiers in one form (a DOI as printed but bare, PMID as figures, PMCID as 'PMC' and
figures), and null for what is no such thing. Nothing is looked up. Names are in `names`, dates in `dates`.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from pipeline.rules.identifiers import doi_in
from pipeline.sources.citation import find_doi
from pipeline.sources.cleaning import clean_text
from pipeline.sources.records.xml import raised

LONGEST_FIELD = 400_000
"""Characters of one field that are kept."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LETTERS = "aα bβ gγ dδ eε zζ eeη thθ iι kκ lλ mμ nν xξ oο pπ rρ sσ tτ uυ phφ khχ psψ ohω"
_GREEK = {f"&{named[:-1]}gr;": named[-1] for named in _LETTERS.split()}
"""Letters as ISO 8879 names them, which HTML does not know."""

_RAISED = re.compile(r"<(?:jats:)?sup\b[^<>]{0,200}>([^<>]{0,40})</(?:jats:)?sup\s*>", re.IGNORECASE)
_BLOCK = re.compile(
    r"<(?:/|)(?:jats:)?(?:p|div|br|li|ul|ol|sec|abstract|h[1-6]|title|tr|td|table|list|list-item|section)"
    r"(?:\s+[\w:.-]+\s*=[^<>]{0,500})?\s*/?>",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    r"<(?:jats:|mml:)?(script|style|annotation|annotation-xml|tex-math)(?:\s[^<>]{0,500})?>[^<>]{0,5000}"
    r"</(?:jats:|mml:)?\1\s*>",
    re.IGNORECASE,
)
_INLINE = re.compile(
    r"</?jats:[\w-]{1,30}(?:\s[^<>]{0,500})?>|"
    r"</?(?:i|b|u|em|strong|sub|sup|inf|italic|bold|sc|scp|small|span|font|a|tt|nobr|underline|mark|q|cite|math|tex|"
    r"mml:[a-z]+|m(?:[ino]|row|sub|sup|subsup|frac|text|over|under|style|space|fenced|sqrt)|inline-formula|ext-link|xref|monospace|styled-content)"
    r"(?:\s+[\w:.-]+\s*=[^<>]{0,500})?\s*/?>",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """`text` without HTML: named characters written out, raised figures as superscripts, blocks as paragraphs.

    Only known tags go, so that 'p<0.05 and n>30' stays. Characters that were escaped up to three times, as Crossref and
    Lens pass on what conferences send, are read as often.
    """
    for _ in range(3):
        if "&" in text:
            text = _ENTITY.sub(lambda m: _character(m.group()), text)
    if "<" in text:
        # Web of Science spells this sign out, which the Lancet prints in its numbers
        text = text.replace("<middle dot>", "·")
        text = _RAISED.sub(lambda m: raised(m.group(1)), text)
        text = _INLINE.sub("", _BLOCK.sub("\n\n", _LEFT_OUT.sub("", text)))
    return clean_text(text)


def _character(entity: str) -> str:
    """What a named or numbered character stands for; itself where no list has it. Some vendors write it in capitals."""
    found = html.unescape(entity)
    if found == entity:
        found = _GREEK.get(entity) or html.unescape(entity.lower())
    return found if found != entity.lower() else entity


_SIMPLE = re.compile(r"[ -%'-;=-~\n\t]*")


def one_line(text: str | None) -> str:
    """A field that has no paragraphs, without markup: '' for nothing."""
    if not text:
        return ""
    return " ".join((text if _SIMPLE.fullmatch(text) else plain(text)).split())


_URL_TAIL = re.compile(r"(?:[?#].*|/(?:full|abstract|pdf|epdf|html|meta|summary)(?:/.*)?)$")


_CENTRAL = re.compile(r"10\.1002/central/", re.IGNORECASE)
"""What the Cochrane Library prints as DOI of a record in its register of trials: no resolver knows it, and the article
of the record has another one."""


def doi_of(text: str | None) -> str | None:
    """The DOI that a field meant for it holds, whatever stands around it ('https://doi.org/...', '... [doi]')."""
    if not text:
        return None
    doi = doi_in(html.unescape(unquote(text) if "%2f" in text.lower() else text))
    return doi[:300] if doi and not _CENTRAL.match(doi) else None


def doi_in_url(text: str | None) -> str | None:
    """The DOI in the address of an article, without what publishers put behind it."""
    if not text or "://" not in text:
        return None
    named = re.search(r"[?&;]doi=(10\.[^&\s]+)", text, re.IGNORECASE)
    if named:
        return doi_of(unquote(named.group(1)))
    found = find_doi(re.split(r"[&?#]", unquote(text))[0])
    return _URL_TAIL.sub("", found) if found and not _CENTRAL.match(found) else None


_DIGITS = re.compile(r"\d{1,8}")
_PMID = (
    re.compile(r"\bPMID\s?[:=\-]?\s{0,3}(\d{1,8})\b", re.IGNORECASE),
    re.compile(r"\b(\d{1,8})\s?\[pmid\]", re.IGNORECASE),
    re.compile(r"\bMEDLINE:(\d{1,8})\b"),
    re.compile(r"\bPUBMED[:\s]\s?(?:ID:?\s)?(\d{1,8})\b", re.IGNORECASE),
    re.compile(r"pubmed\.ncbi\.nlm\.nih\.gov/(\d{1,8})\b"),
    re.compile(r"ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(?:\?term=)?(\d{1,8})\b"),
    re.compile(r"europepmc\.org/(?:article|abstract)/med/(\d{1,8})\b", re.IGNORECASE),
)
_PMCID = re.compile(r"\bPMC\s?(\d{3,9})\b", re.IGNORECASE)


def pmid_of(text: str | None) -> str | None:
    """The PMID that a text names as such."""
    for pattern in _PMID:
        match = pattern.search(text or "")
        if match and match.group(1).strip("0"):
            return match.group(1).lstrip("0")
    return None


def bare_pmid(text: str | None) -> str | None:
    """A field that is known to hold a PMID: its figures."""
    match = _DIGITS.fullmatch((text or "").strip())
    return (match.group().lstrip("0") or None) if match else pmid_of(text)


def pmcid_of(text: str | None) -> str | None:
    """The PMCID in a text, as 'PMC' and figures."""
    match = _PMCID.search(text or "")
    return f"PMC{match.group(1)}" if match else None


_RANGE = re.compile(r"([A-Za-z]{0,3})(\d{1,7})\s*[-‐-—]+\s*([A-Za-z]{0,3})(\d{1,7})")
_MOST_PAGES = 999
"""Of one article; '00193-2021' is an article number of the European Respiratory Society."""

_NO_PAGES = re.compile(
    r"(?:no(?:\s?pagination)?(?:\s?specified)?|specified|n/?a|undefined|unpaginated|[-–—.]*)", re.IGNORECASE
)


def pages_of(start: str | None, end: str | None = None) -> str | None:
    """Pages as CSL has them: '244-255' for '244-55' and for a start and an end; null for 'No'-'Specified'."""
    first, last = (re.sub(r"^\s*(?:pp?\.\s?|UNSP\s|Art\.?\s?(?:No\.?\s)?)", "", one_line(t)) for t in (start, end))
    if _NO_PAGES.fullmatch(first):
        first, last = ("", "") if _NO_PAGES.fullmatch(last) else (last, "")
    if not first:
        return None
    if last and last != first and not re.search(r"\d\s*[-‐-—]", first) and not _NO_PAGES.fullmatch(last):
        first = f"{first}-{last}"
    match = _RANGE.fullmatch(first)
    if match is None:
        return re.sub(r"\s*[‐-—]+\s*|\s*-{2,}\s*", "-", first)[:60]
    prefix, begin, end_prefix, stop = match.groups()
    if len(stop) < len(begin) and (not end_prefix or end_prefix == prefix):
        whole = begin[: len(begin) - len(stop)] + stop
        if int(whole) - int(begin) > _MOST_PAGES:
            return first.strip()
        stop, end_prefix = whole, prefix
    if (end_prefix, stop) == (prefix, begin):
        return f"{prefix}{begin}"
    return f"{prefix}{begin}-{end_prefix}{stop}"


def article_number(text: str) -> str | None:
    """What publishers print for pages, from a field that may hold longer numbers of theirs as well."""
    bare = text.strip()
    return bare if re.fullmatch(r"[A-Za-z]{0,3}\d{1,8}", bare) else None


_LANGUAGES = {
    "en": "eng english", "fr": "fre fra french", "de": "ger deu german", "es": "spa spanish", "it": "ita italian",
    "pt": "por portuguese", "zh": "chi zho chinese", "ja": "jpn japanese", "ru": "rus russian", "pl": "pol polish",
    "nl": "dut nld dutch", "ko": "kor korean", "tr": "tur turkish", "sv": "swe swedish", "da": "dan danish",
    "no": "nor norwegian", "fi": "fin finnish", "cs": "cze ces czech", "hu": "hun hungarian", "ar": "ara arabic",
    "he": "heb hebrew", "fa": "per fas persian farsi", "uk": "ukr ukrainian", "el": "gre ell greek",
    "ro": "rum ron romanian", "hr": "hrv scr croatian", "sr": "srp scc serbian", "bg": "bul bulgarian",
    "sk": "slo slk slovak", "sl": "slv slovenian", "lt": "lit lithuanian", "th": "tha thai",
}  # fmt: skip
_CODES = {word: code for code, words in _LANGUAGES.items() for word in [code, *words.split()]}


def language_of(text: str | None) -> str | None:
    """The first language named, as a two-letter code where it is a common one, else as printed."""
    first = re.split(r"[;,/|]|\band\b", one_line(text))[0].strip(" .[]")
    if not first:
        return None
    code = _CODES.get(first.lower()) or _CODES.get(re.split(r"[-_]", first.lower())[0])
    return code or first[:40]
