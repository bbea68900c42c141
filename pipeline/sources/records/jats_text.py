"""The text of a JATS article as passages in reading order: title, abstracts, sections, figures, tables, back matter.

Promises the text as the printed article has it, so that a quotation from the one is found in the other: reference
marks stand in brackets, raised figures are superscript characters, a table has one line a row. The list of references
is left out, and so are graphical abstracts and footnote marks. Does not read what stands in the front matter about
the publication; that is for `jats`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.sources.cleaning import clean_text
from pipeline.sources.passages import Passage, Role
from pipeline.sources.records.latex import latex_text
from pipeline.sources.records.xml import Node, local_name, raised, shown_tex, text_of

DEEPEST = 60
"""Nested elements of a text; deeper ones are not read."""

_NO_ABSTRACT = frozenset({"graphical", "toc", "teaser", "video"})
_SKIPPED = frozenset(
    {"ref-list", "graphic", "media", "object-id", "supplementary-material", "alternatives", "label", "sec-meta"}
)
_CONTAINERS = frozenset(
    (
        *(
            "sec",
            "abstract",
            "trans-abstract",
            "body",
            "back",
            "app",
            "app-group",
            "boxed-text",
            "disp-quote",
            "fn-group",
        ),
        *("fn", "notes", "ack", "statement", "list", "list-item", "def-list", "def-item", "def", "floats-group"),
        *("fig-group", "table-wrap-group", "glossary", "bio", "disp-formula-group", "question", "answer"),
    )
)
_BLOCKS = _CONTAINERS | {"p", "fig", "table-wrap", "disp-formula", "title", "term"}
_MARKS = frozenset({"fn", "aff", "corresp", "author-notes", "table-fn"})
_REFERENCE = re.compile(r"\s*\d{1,3}[a-z]?(?:\s*[,;–\-‐−]\s*\d{1,3}[a-z]?)*\s*")


def title_of(article_title: Node | None) -> str:
    """A title without its footnote marks."""
    return inline_text([article_title]) if article_title is not None else ""


def article_passages(article: Node, title: str) -> tuple[Passage, ...]:
    """The passages of an article whose title is known already; () when it has neither abstract nor body."""
    meta = next(article.iter("{*}article-meta", "{*}front-stub"), None)
    inside = () if meta is None else tuple(meta)
    abstracts = [a for a in inside if local_name(a) == "abstract" and a.get("abstract-type") not in _NO_ABSTRACT]
    passages: list[Passage] = []
    for abstract in sorted(abstracts, key=lambda a: a.get("abstract-type") is not None):
        passages += _abstract(abstract)
    body = _child(article, "body")
    if body is not None:
        passages += _body(body)
    for name in ("floats-group", "back"):
        part = _child(article, name)
        passages += list(_passages(part, 0)) if part is not None else []
    passages += _statements(meta)
    passages = [p for p in passages if p.text]
    return (Passage(title, Role.TITLE), *passages) if title and passages else tuple(passages)


def _abstract(abstract: Node) -> list[Passage]:
    """An abstract under its head; one without a printed head is called 'Abstract'."""
    inside = list(_passages(abstract, 0))
    titled = bool(inside) and inside[0].role is Role.HEAD and _child(abstract, "title") is not None
    return inside if titled else [Passage("Abstract", Role.HEAD), *inside]


def _body(body: Node) -> list[Passage]:
    """A body that begins without a head begins its introduction: nothing else tells it from the abstract."""
    inside = list(_passages(body, 0))
    headless = bool(inside) and inside[0].role is not Role.HEAD
    return [Passage("Introduction", Role.HEAD), *inside] if headless else inside


def _statements(meta: Node | None) -> Iterator[Passage]:
    """What the front matter says of funding, interests and registration: an appraisal needs it."""
    if meta is None:
        return
    funding = [inline_text([n]) for n in meta.iter("{*}funding-statement")]
    if funding:
        yield Passage("Funding", Role.HEAD)
        yield from (Passage(text) for text in funding)
    for note in meta.iter("{*}fn"):
        if note.get("fn-type") in {"conflict", "coi-statement", "financial-disclosure"}:
            yield Passage("Competing interests", Role.HEAD)
            yield Passage(inline_text([note]))


def _passages(node: Node, depth: int) -> Iterator[Passage]:
    """The passages of a container, in order; text beside its blocks is a paragraph of its own."""
    name = local_name(node)
    if depth > DEEPEST or name in _SKIPPED:
        return
    if name in {"fig", "table-wrap"}:
        yield from _float(node)
    elif name == "title":
        yield Passage(inline_text([node]), Role.HEAD)
    elif name in {"p", "term", "disp-formula"} or name not in _CONTAINERS:
        yield from _paragraph(node, depth)
    else:
        yield from _container(node, depth)


def _container(node: Node, depth: int) -> Iterator[Passage]:
    label = _child(node, "label")
    mark = inline_text([label]) if label is not None and local_name(node) in {"list-item", "sec", "app"} else ""
    for child in node:
        for passage in _passages(child, depth + 1):
            if mark and not passage.text.startswith(mark):
                yield Passage(f"{mark} {passage.text}", passage.role)
            else:
                yield passage
            mark = ""


def _paragraph(node: Node, depth: int) -> Iterator[Passage]:
    """A paragraph, and after it the lists, figures and tables that stand in it; formulas are part of its text."""
    blocks = [c for c in node if local_name(c) in _BLOCKS - {"disp-formula"}]
    yield Passage(inline_text([node], without=frozenset(id(b) for b in blocks)))
    for block in blocks:
        yield from _passages(block, depth + 1)


def _float(node: Node) -> Iterator[Passage]:
    """A figure's legend as a paragraph; a table as its caption and its rows."""
    label, caption = _child(node, "label"), _child(node, "caption")
    head = " ".join(
        inline_text([part]) for part in (label, *(() if caption is None else tuple(caption))) if part is not None
    )
    if local_name(node) == "fig":
        yield Passage(head)
        return
    rows = [row for table in node.iter("{*}table") for row in _rows(table)]
    yield Passage("\n".join(line for line in (head, *rows) if line), Role.TABLE if rows else Role.BODY)
    foot = _child(node, "table-wrap-foot")
    if foot is not None:
        yield Passage(inline_text([foot]))


def _rows(table: Node) -> Iterator[str]:
    for row in table.iter("{*}tr"):
        cells = [inline_text([cell]) for cell in row if local_name(cell) in {"td", "th"}]
        yield "  ".join(cell for cell in cells if cell)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of inline text: whether it is raised, and whether it refers to the list of references."""

    text: str
    is_raised: bool
    is_reference: bool


def inline_text(nodes: Iterable[Node], *, without: frozenset[int] = frozenset()) -> str:
    """The text of mixed content on one line; `without` holds the ids of elements that are left out."""
    pieces = [piece for node in nodes for piece in _pieces(node, without, 0, is_raised=False)]
    joined: list[_Piece] = []
    for piece in pieces:
        if joined and joined[-1].is_raised and piece.is_raised:
            last = joined.pop()
            joined.append(_Piece(last.text + piece.text, True, last.is_reference or piece.is_reference))
        elif piece.text:
            joined.append(piece)
    return clean_text(re.sub(r"\s+", " ", "".join(_written(p) for p in joined)))


def _written(piece: _Piece) -> str:
    """Raised figures are reference marks, in brackets, or exponents, as superscript characters."""
    if not piece.is_raised:
        return piece.text
    if piece.is_reference and _REFERENCE.fullmatch(piece.text):
        return f"[{piece.text.strip()}]"
    return raised(piece.text)


def _pieces(node: Node, without: frozenset[int], depth: int, *, is_raised: bool) -> Iterator[_Piece]:
    name = local_name(node)
    if depth > DEEPEST:
        return
    if name in {"inline-formula", "disp-formula", "math", "tex-math"}:
        yield _Piece(_formula(node), is_raised, False)
        return
    yield _Piece(node.text or "", is_raised, False)
    for child in node:
        if id(child) not in without:
            yield from _child_pieces(child, without, depth + 1, is_raised=is_raised)
        yield _Piece(child.tail or "", is_raised, False)


def _child_pieces(child: Node, without: frozenset[int], depth: int, *, is_raised: bool) -> Iterator[_Piece]:
    name = local_name(child)
    if name == "break" or name in _BLOCKS:
        yield _Piece(" ", False, False)
    if name == "xref" and child.get("ref-type") in _MARKS:
        return
    if name in {"graphic", "inline-graphic", "object-id", "supplementary-material", "media"}:
        return
    up = is_raised or name == "sup"
    inside = list(_pieces(child, without, depth, is_raised=up))
    if name == "xref" and child.get("ref-type") == "bibr":
        inside = [_Piece(p.text, p.is_raised, True) for p in inside]
    yield from inside
    if name in _BLOCKS:
        yield _Piece(" ", False, False)


def _formula(node: Node) -> str:
    """A formula once, although it may be given in several notations: MathML before TeX."""
    math = next(node.iter("{*}math"), None)
    tex = next(node.iter("{*}tex-math"), None)
    if math is None and tex is not None:
        return latex_text(f"${shown_tex(text_of(tex))}$")
    return text_of(math if math is not None else node)


def _child(node: Node, name: str) -> Node | None:
    return next((child for child in node if local_name(child) == name), None)
