"""Opens XML that a stranger wrote, and reads the text of mixed content.

Promises: no network, no DTD, no entity of the document's own (its DOCTYPE is cut out before parsing, named characters
of HTML become characters, any other name stays as it is printed), nothing larger than LARGEST_XML, and libxml2's own
bounds on depth and on the length of a text. Small faults that exporters make (bare ampersands, control characters,
undeclared prefixes) are mended; anything else is an XmlError with its line. Does not know any format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import Protocol, cast

from lxml import etree

from pipeline.sources.cleaning import clean_text
from pipeline.sources.records.charset import decode

LARGEST_XML = 100_000_000
"""Characters."""


class Node(Protocol):
    """An element as lxml gives it: as much of it as readers use. Comments and processing instructions are left out."""

    @property
    def tag(self) -> str: ...
    @property
    def text(self) -> str | None: ...
    @property
    def tail(self) -> str | None: ...
    @property
    def sourceline(self) -> int | None: ...
    def get(self, key: str) -> str | None: ...
    def find(self, path: str) -> Node | None: ...
    def findall(self, path: str) -> list[Node]: ...
    def iter(self, *tags: str) -> Iterator[Node]: ...
    def __iter__(self) -> Iterator[Node]: ...
    def __len__(self) -> int: ...


@dataclass
class XmlError(Exception):
    """The text is no XML that can be read: the line from 1, and why, as a clause without a subject."""

    line: int
    cause: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.cause}"


_PROLOGUE = re.compile(r"\ufeff?\s*(?:<\?xml\b[^>]{0,1000}?\?>)?")
_DOCTYPE = re.compile(
    r"<!DOCTYPE\b(?:[^\[\]<>\"']|\"[^\"]*\"|'[^']*')*+"
    r"(?:\[(?:[^\]\"'<]|\"[^\"]*\"|'[^']*'|<!--.*?-->|<)*+\]\s*)?+>",
    re.DOTALL,
)
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:#(\d{1,8}|[xX][0-9a-fA-F]{1,7});|([A-Za-z][A-Za-z0-9]{1,40};)|)",
    re.DOTALL,
)
_PROLOGUE_ENDS = 20_000
_PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PREFIX = re.compile(r"<(?!!)/?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")
_DECLARATION = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")


def open_xml(source: str | bytes) -> Node:
    """The root element; XmlError when it is too large or not well-formed."""
    text = decode(source) if isinstance(source, bytes) else source
    if len(text) > LARGEST_XML:
        raise XmlError(1, f"is larger than {LARGEST_XML // 1_000_000} million characters")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_declared(_mended(text)).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        cause = re.sub(r",? line \d+, column \d+.*", "", " ".join((error.msg or "").split()))
        raise XmlError(line, f"is not well-formed XML ({cause[:160] or 'it ends too early'})") from error
    return cast("Node", root)


def local_name(node: Node) -> str:
    """The name without its namespace."""
    return node.tag.rpartition("}")[2]


def _mended(text: str) -> str:
    """The text without prologue and DOCTYPE (line ends stay), its named characters written out."""
    prologue = _PROLOGUE.match(text)
    begin = prologue.end() if prologue else 0
    doctype = text.find("<!DOCTYPE", begin, begin + _PROLOGUE_ENDS)
    kept = "\n" * text.count("\n", 0, begin)
    if doctype >= 0:
        declaration = _DOCTYPE.match(text, doctype)
        if declaration is None:
            raise XmlError(text.count("\n", 0, doctype) + 1, "has a DOCTYPE that does not end")
        kept += text[begin:doctype] + "\n" * declaration.group().count("\n")
        begin = declaration.end()
    return _FORBIDDEN.sub("", kept + _REFERENCE.sub(_written_out, text[begin:]))


def _written_out(match: re.Match[str]) -> str:
    number, name = match.group(1), match.group(2)
    if number is not None:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        allowed = code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
        return match.group() if allowed else ""
    if name is None:
        return "&amp;" if match.group() == "&" else match.group()
    if name in _PREDEFINED:
        return match.group()
    character = html5.get(name)
    if character is None:
        return f"&amp;{name}"
    return character.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _declared(text: str) -> str:
    """Prefixes that only the cut-out DTD would have declared, declared at the root."""
    used = {a or b for a, b in _PREFIX.findall(text)} - {"xml", "xmlns"}
    missing = sorted(used - set(_DECLARATION.findall(text)))
    root = _ROOT.search(text)
    if root is None or not missing:
        return text
    names = "".join(f' xmlns:{p}="urn:undeclared:{p}"' for p in missing[:20])
    return text[: root.end()] + names + text[root.end() :]


_RAISED = {**dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True)), "−": "⁻", "–": "⁻"}
_BLOCKS = frozenset(
    {"p", "title", "sec", "list", "list-item", "disp-quote", "disp-formula", "break", "br", "div", "AbstractText", "td"}
)
_FORMULAS = frozenset({"mfrac", "msup", "msub", "msubsup"})
_LEFT_OUT = frozenset({"annotation", "annotation-xml", "script"})


def text_of(node: Node | None, *, skip: Callable[[Node], bool] | None = None, breaks: bool = False) -> str:
    """The readable text of mixed content on one line, cleaned; '' for no element.

    Raised figures become superscript characters ('10⁻³', 'm²'), since glued on they would change the number before
    them; other raised, lowered, italic or bold text stays in its place without marks. Blocks and line breaks are set
    apart by a space. Elements for which `skip` is true are left out, but not what follows them. With
    `breaks`, carriage returns written as '&#13;' end lines, as EndNote means them.
    """
    if node is None:
        return ""
    pieces: list[str] = []
    _collect(node, pieces, skip)
    text = re.sub(r"[^\S\r]+" if breaks else r"\s+", " ", "".join(pieces))
    return clean_text(text)


def _collect(node: Node, pieces: list[str], skip: Callable[[Node], bool] | None) -> None:
    """Depth is bounded by the parser."""
    pieces.append(node.text or "")
    for child in node:
        name = local_name(child)
        if name in _FORMULAS and len(child) > 1:
            pieces.append(_formula(name, [_inner(part, skip) for part in child]))
        elif name not in _LEFT_OUT and (skip is None or not skip(child)):
            pieces.append(_placed("sup" if _is_raised(child) else name, _inner(child, skip)))
        pieces.append(child.tail or "")


def _inner(node: Node, skip: Callable[[Node], bool] | None) -> str:
    pieces: list[str] = []
    _collect(node, pieces, skip)
    return "".join(pieces)


def _is_raised(node: Node) -> bool:
    """EndNote writes <style face="superscript">."""
    return "superscript" in (node.get("face") or "")


def _placed(name: str, text: str) -> str:
    if name in {"sup", "superscript"}:
        return raised(text)
    if name == "tex-math":
        return shown_tex(text)
    return f" {text} " if name in _BLOCKS else text


def shown_tex(text: str) -> str:
    """The formula of TeX that is a document of its own, as publishers send it, without its marks."""
    shown = re.search(r"\\begin\{document\}(.*?)\\end\{document\}", text, re.DOTALL)
    return re.sub(r"\A(?:\$+|\\[(\[])|(?:\$+|\\[)\]])\Z", "", (shown.group(1) if shown else text).strip()).strip()


def _formula(name: str, parts: list[str]) -> str:
    stripped = [part.strip() for part in parts]
    if name == "mfrac":
        return "/".join(f"({p})" if re.search(r"\W", p) else p for p in stripped)
    return "".join(stripped[:-1]) + (stripped[-1] if name == "msub" else raised(stripped[-1]))


def raised(text: str) -> str:
    """Figures and signs as superscript characters; anything else as it is."""
    bare = text.strip()
    if bare and any(c.isdigit() for c in bare) and all(c in _RAISED for c in bare):
        return "".join(_RAISED[c] for c in bare)
    return text
