"""Finds the format of a source from its content; the name of a file decides nothing.

Promises one `SourceFormat` for whatever bytes, or words for what it is that is not read here. Looks at the beginning
of the content only and parses nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum

LOOKED_AT = 20_000
"""Characters in which the marks of a format stand."""


class SourceFormat(StrEnum):
    """What a file is. The names are those that its users know."""

    PDF = "PDF"
    FORM = "study form"
    TEXT = "text"
    RIS = "RIS"
    WOS = "Web of Science export"
    MEDLINE = "MEDLINE export"
    OVID = "Ovid export"
    PUBMED_XML = "PubMed XML"
    JATS = "JATS XML"
    ENDNOTE_XML = "EndNote XML"
    BIBTEX = "BibTeX"
    CSL_JSON = "CSL-JSON"


RECORDS = frozenset(SourceFormat) - {SourceFormat.PDF, SourceFormat.FORM, SourceFormat.TEXT}
"""Formats whose files hold any number of records."""

AS_TEXT = "save it as PDF or text and give that"
_UNPACK = "unpack it, and give what is in it"
_ZIP = b"PK\x03\x04"
_ZIPPED = (
    (b"word/document", ("is a Word document", AS_TEXT)),
    (
        b"xl/workbook",
        ("is an Excel workbook", "give the studies themselves, or an export of the references (RIS, NBIB, BibTeX)"),
    ),
    (b"ppt/presentation", ("is a PowerPoint presentation", AS_TEXT)),
    (b"application/epub+zip", ("is an e-book (EPUB)", AS_TEXT)),
    (b"application/vnd.oasis.opendocument", ("is an OpenDocument file", AS_TEXT)),
)
"""What stands, not compressed, in the list of contents or the first entry of a ZIP archive."""
_BINARIES = (
    (_ZIP, ("is a ZIP archive", _UNPACK)),
    (b"\xd0\xcf\x11\xe0", ("is an old Office document", AS_TEXT)),
    (b"\x1f\x8b", ("is compressed with gzip", _UNPACK)),
    (b"SQLite format 3\x00", ("is a database", "export its references (RIS, BibTeX, EndNote XML) and give the export")),
    (b"%PDF", ("is damaged at its beginning, and no PDF reader opens it", "get the file again from its source")),
)
_NOT_READ = (
    (re.compile(r"\s*\{\\rtf"), "is an RTF document"),
    (re.compile(r"\s*%!PS"), "is a PostScript file"),
    (
        re.compile(r"(?:[A-Z][\w-]{1,40}: .*\n(?:[ \t].*\n){0,40}){0,60}?MIME-Version: \d"),
        "is an e-mail or a saved web page",
    ),
    (re.compile(r"\s*\[InternetShortcut\]"), "is a link to a web page"),
    (
        re.compile(r"\s*%[0ATDJR] \S.*\n%[A-Z0-9@] "),
        "is an export in EndNote's tagged format (%0, %T), which is not read here",
    ),
    (
        re.compile(r"\s*(?:RT [A-Z]\w+.*\n(?:SR|ID|A1|T1) |Refworks Export Tagged Format\b)", re.IGNORECASE),
        "is an export in RefWorks' tagged format, which is not read here",
    ),
    (
        re.compile(r"\s*Record #\d+ of \d+[ \t]*\nID: "),
        "is a text export of the Cochrane Library, which is not read here",
    ),
    (
        re.compile(r"\s*<\d+>\n[A-Z][A-Za-z -]{2,40}\n {1,4}\S"),
        "is a text export of Ovid with names of fields, which is not read here",
    ),
    (re.compile(r"\ufeff?PT\tAU\t"), "is a tab-delimited export of Web of Science, which is not read here"),
)
_IDENTIFIER = re.compile(
    r"(?:doi:?\s?|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S{1,200}|(?:PMID:?\s?)?\d{5,8}|PMC\d{3,9}", re.IGNORECASE
)
_FORM_KEY = re.compile(r"^(?:citation|\"citation\"|'citation')\s*:", re.MULTILINE)
_COLUMNS = frozenset(
    (
        *("title", "author", "authors", "year", "doi", "abstract", "pmid", "journal", "source title"),
        *("ti", "au", "py", "do", "ab", "jo"),
    )
)
_CLAIM_KEY = re.compile(r"(claim|id|type|studies):(?:\s|$)")
FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_CSL_KEYS = ("author", "issued", "container-title", "DOI", "abstract")
_OTHER_JSON = {
    "itemType": "is Zotero's own JSON and not CSL-JSON, and is not read here",
    "authorships": "is JSON of OpenAlex, which is not read here",
    "abstractText": "is JSON of Europe PMC, which is not read here",
    "schemaVersion": "is JSON of DataCite, which is not read here",
}
_XML = re.compile(r"\s*<(?:\?xml\b|!DOCTYPE\b|!--|[A-Za-z])", re.IGNORECASE)
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[.*?\])*>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_ROOTS = {
    "pubmedarticleset": SourceFormat.PUBMED_XML,
    "pubmedbookarticleset": SourceFormat.PUBMED_XML,
    "pubmedarticle": SourceFormat.PUBMED_XML,
    "pubmedbookarticle": SourceFormat.PUBMED_XML,
    "medlinecitationset": SourceFormat.PUBMED_XML,
    "medlinecitation": SourceFormat.PUBMED_XML,
    "article": SourceFormat.JATS,
    "pmc-articleset": SourceFormat.JATS,
    "xml": SourceFormat.ENDNOTE_XML,
    "records": SourceFormat.ENDNOTE_XML,
}
_TAGGED = (
    (re.compile(r"^[ \t\ufeff]*TY {0,2}- ?[A-Z]", re.MULTILINE), SourceFormat.RIS),
    (
        re.compile(r"^(?:TI|T1|AU|A1) {2}- \S.*?^ER {2}-[ \t]*$|\A\s*ER {2}-", re.MULTILINE | re.DOTALL),
        SourceFormat.RIS,
    ),
    (re.compile(r"^\ufeff?(?:FN .+\n+(?:VR|PT) |PT [A-Z]\n)", re.MULTILINE), SourceFormat.WOS),
    (
        re.compile(r"^[ \t\ufeff]{0,2}<\d{1,7}\.? ?>[ \t]*\n\s{0,2}[A-Z][A-Z0-9] {1,2}- ", re.MULTILINE),
        SourceFormat.OVID,
    ),
    (re.compile(r"^\ufeff?(?:PMID ?- *\d|OWN *- [A-Z])", re.MULTILINE), SourceFormat.MEDLINE),
    (
        re.compile(
            r"^[ \t\ufeff]*@(?:(?:article|book|booklet|collection|conference|data|dataset|electronic|inbook|"
            r"incollection|inproceedings|manual|mastersthesis|misc|mvbook|online|phdthesis|preamble|proceedings|report|review|"
            r"software|string|techreport|thesis|unpublished|www|comment)\s*[{(]"
            r"|[a-z_]{0,30}\s*[{(]\s*[^\s{}(),=\"]{0,200}\s*,\s*[\w-]{1,40}\s*=\s*[{\"\w])",
            re.MULTILINE | re.IGNORECASE,
        ),
        SourceFormat.BIBTEX,
    ),
)


def is_pdf(data: bytes) -> bool:
    """PDF readers accept the mark anywhere in the first 1024 bytes."""
    return b"%PDF-" in data[:1024]


def other_binary(data: bytes) -> tuple[str, str] | None:
    """What the bytes are, as a clause without a subject, and the remedy, if it is known and not read here."""
    zipped = (what for name, what in _ZIPPED if data.startswith(_ZIP) and name in data)
    return next(zipped, None) or next((what for signature, what in _BINARIES if data.startswith(signature)), None)


def format_of(text: str) -> SourceFormat | str:
    """The format of decoded text; a clause without a subject if it is known for something that is not read here."""
    start = text[:LOOKED_AT].replace("\r\n", "\n").replace("\r", "\n")
    for pattern, what in _NOT_READ:
        if pattern.match(start):
            return what
    if _lists_identifiers(start):
        return "is a list of identifiers, whose studies `mechsyn add CLAIM @FILE` fetches"
    if _is_table(start):
        return "is a table (CSV or tab-delimited), which is not read here"
    if is_json(start):
        return _format_of_json(start)
    if _XML.match(start):
        return _format_of_xml(start)
    if _names_claims(start):
        return "is a claims file, which names studies and is none"
    if FRONT_MATTER.match(start) is None and _FORM_KEY.search(start):
        return SourceFormat.FORM
    return next((found for pattern, found in _TAGGED if pattern.search(start)), SourceFormat.TEXT)


def _lists_identifiers(start: str) -> bool:
    """Whether every line is an identifier; the last may be cut where only the beginning is looked at."""
    lines = [line.strip(" \t,;\ufeff") for line in start.split("\n")]
    told = [line for line in (lines[:-1] if len(start) >= LOOKED_AT else lines) if line]
    return len(told) > 1 and all(_IDENTIFIER.fullmatch(line) for line in told)


def _is_table(start: str) -> bool:
    """Whether the first line is the head of a table of references: cells, a title among them and what else is told.

    A sentence that lists such words has spaces behind its commas.
    """
    first = start.lstrip("\ufeff").split("\n", 1)[0]
    return any(
        cells & {"title", "article title", "ti"} and len(cells & _COLUMNS) > 1
        for mark in ",;\t"
        if first.count(mark) > 2
        and f"{mark} " not in first
        and (cells := {cell.strip(' "').lower() for cell in first.split(mark)})
    )


def _names_claims(start: str) -> bool:
    """Whether the first entry of a YAML file is a claim: 'claim' after nothing but its id, type and studies."""
    begun = False
    for line in start.lstrip("\ufeff").splitlines():
        bare = line.lstrip("- \t")
        if not bare or line.startswith(("#", "---")):
            continue
        key = _CLAIM_KEY.match(bare)
        if key is not None and key.group(1) == "claim":
            return True
        if key is None and not (begun and line[0] in " \t-"):
            return False
        begun = True
    return False


def is_json(text: str) -> bool:
    """Whether the text begins as JSON does; a YAML flow list of bare words does not."""
    return _JSON.match(text) is not None


def _format_of_json(start: str) -> SourceFormat | str:
    """CSL-JSON is a list of items, or one item, with CSL's keys; any other mapping should be a form."""
    other = next((what for key, what in _OTHER_JSON.items() if _has_key(key, start)), None)
    if other is not None:
        return other
    is_list = start.lstrip("\ufeff \t\n").startswith("[")
    item = _has_key("type", start) or (_has_key("title", start) and any(_has_key(key, start) for key in _CSL_KEYS))
    if is_list:
        empty = re.match(r"\s*\[\s*\]", start)
        return SourceFormat.CSL_JSON if item or empty else "is JSON of a kind that is not read here"
    if re.search(r"\"citation\"\s*:\s*\{", start) or not (item or _has_key("items", start)):
        return SourceFormat.FORM
    return SourceFormat.CSL_JSON


def _has_key(key: str, start: str) -> bool:
    return re.search(rf"\"{key}\"\s*:", start) is not None


def _format_of_xml(start: str) -> SourceFormat | str:
    position = 0
    while (skipped := _PROLOG.match(start, position)) is not None and skipped.end() > position:
        position = skipped.end()
    root = _ROOT.match(start, position)
    name = root.group(1).lower() if root is not None else ""
    if name == "html":
        return "is a web page"
    if name in {"oai-pmh", "response", "resultset"} and re.search(r"<(?:[\w.-]+:)?article[\s>]", start):
        return SourceFormat.JATS
    if name in {"xml", "records"} and "<record" not in start.lower():
        return "is XML of a kind that is not read here"
    return _ROOTS.get(name, f"is XML of a kind that is not read here (<{name}>)" if name else "is damaged XML")
