"""Joins the ordered lines of a document to passages: title, heads, paragraphs and tables.

A paragraph that a column end, a page end, a table or a side box interrupts is taken up again by the next line of the
same size that goes on in mid-sentence, so that a quotation across the break stands in one piece. Words broken at line
ends are joined by the document's own vocabulary: "inter-/vention" becomes one word, "double-/blind" keeps its hyphen.
Does not know what a head means; that is for `sections`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from pipeline.sources.passages import Passage, Role
from pipeline.sources.pdf.composing import compose
from pipeline.sources.pdf.hyphens import vocabulary
from pipeline.sources.pdf.lines import Line
from pipeline.sources.pdf.tables import CAPTION as TABLE_CAPTION
from pipeline.sources.pdf.tables import LABELLED, is_row, tabular_lines, with_rows_joined
from pipeline.sources.pdf.typography import typography_of

_ENDED = re.compile(r"[.?!:]['\"”’)\]]*(?:\s?\[[\d,–\s-]+\])?\s*$")
_LAST_SIGNS = tuple(".?!:'\"”’)]")
"""With one of which every such text ends."""
_GOES_ON = re.compile(r"[a-zα-ω(\[=<>≥≤±,;%–]|\d")
_CAPTION = re.compile(r"(?:supplementary )?(?:table|fig(?:ure)?\.?|box|scheme)\s*[A-Z]?\d+\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_HEAD = re.compile(r"\d{0,2}[.\d]*\s?[A-Z]")
_INITIAL = re.compile(r"(?:^|[\s(])[A-Z]\.$")
"""Ends a line in mid-sentence where a small letter follows: "R. terraenovae"."""

_LISTED = re.compile(r"\[?\d{1,3}[.\])]\s")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LONGEST_HEAD = 110
_MOST_OF_HEAD = 3
"""Lines."""
_MOST_WORDS = 14
"""Of a head that is known by its print."""

_LABEL_WORDS = frozenset(
    (
        *(
            "access",
            "article",
            "basic",
            "brief",
            "case",
            "clinical",
            "commentary",
            "communication",
            "editor",
            "editorial",
        ),
        *("full", "guest", "invited", "length", "letter", "method", "methodology", "mini", "note", "open", "opinion"),
        *("original", "paper", "perspective", "protocol", "rapid", "report", "research", "review", "science", "series"),
        *("short", "study", "systematic", "technical", "the", "to", "trial", "viewpoint"),
    )
)
"""Words of which journals make the labels that stand over a title, sometimes in its size: 'Clinical Study'."""
_FAR = 8
"""Leadings; what stands farther from a table than this is the lettering of a figure or another table."""


@dataclass(slots=True)
class _Block:
    """A passage in the making."""

    role: Role
    lines: list[Line] = field(default_factory=list[Line])
    fonts: dict[str, int] = field(default_factory=dict[str, int])
    ended: bool | None = None
    last: Line = field(init=False)

    def add(self, line: Line) -> _Block:
        self.lines.append(line)
        self.last = line
        self.ended = None
        self.fonts[line.font] = self.fonts.get(line.font, 0) + len(line.text)
        return self

    @property
    def font(self) -> str:
        """The family that most of its letters have."""
        return max(self.fonts, key=self.fonts.__getitem__)

    def is_caption(self) -> bool:
        return _CAPTION.match(self.lines[0].text) is not None

    def is_prose(self) -> bool:
        """Whether it is too long for a head: an abstract in print that stands out."""
        return len(self.lines) > _MOST_OF_HEAD and sum(len(line.text) for line in self.lines) > 2 * LONGEST_HEAD

    def is_open(self) -> bool:
        if self.role is not Role.BODY:
            return False
        if self.ended is None:
            self.ended = self.last.text.rstrip().endswith(_LAST_SIGNS) and _ENDED.search(self.last.text) is not None
        return not self.ended


def join_lines(lines: Sequence[Line], is_known_head: Callable[[str], bool]) -> list[Passage]:
    """Passages of a document from its lines (one or more); `is_known_head` tells heads by their words."""
    blocks = _Joining(lines, is_known_head).blocks()
    known = vocabulary(line.text for block in blocks for line in block.lines)
    passages = [compose(block.lines, block.role, known) for block in blocks]
    return [p for p in passages if p.text]


class _Joining:
    """One pass over the lines; holds what is typical of this document (body size, leading, title size)."""

    def __init__(self, lines: Sequence[Line], is_known_head: Callable[[str], bool]) -> None:
        self.lines = with_rows_joined(lines)
        self.is_known_head = cache(is_known_head)
        self.print = typography_of(self.lines)
        self.tabular = tabular_lines(self.lines, self.is_known_head)
        self.before_body = {
            id(a) for a, b in pairwise(self.lines) if (b.font, b.size) == (self.print.font, self.print.body)
        }

    def blocks(self) -> list[_Block]:
        blocks: list[_Block] = []
        block: _Block | None = None
        for line in self.lines:
            role = self._role(line, blocks[-1] if blocks else None)
            block = self._home(line, role, blocks, block)
            if block is None:
                block = _Block(role)
                blocks.append(block)
            block.add(line)
            if role is Role.HEAD and block.is_prose():
                block.role = Role.BODY
        return blocks

    def _home(self, line: Line, role: Role, blocks: list[_Block], before: _Block | None) -> _Block | None:
        """The block that the line goes on with, if any: one of `role`. `before` is that of the line before it."""
        if not blocks:
            return None
        block = blocks[-1]
        if role is Role.BODY and block.role is Role.BODY and self._continues(block, line):
            return block
        if role is Role.BODY and before is not None and self._goes_on_with(before, line):
            return before
        if role is block.role and role is not Role.BODY:
            same = {Role.TABLE: self._is_same_table, Role.TITLE: self._is_same_title}.get(role, self._is_same_head)
            return block if same(block.last, line) else None
        if role is not Role.BODY:
            return None
        return self._interrupted(line, blocks)

    def _interrupted(self, line: Line, blocks: list[_Block]) -> _Block | None:
        """An unfinished paragraph of the same size, at most two pages back, which the line takes up again."""
        if _CAPTION.match(line.text) or _LISTED.match(line.text):
            return None
        if blocks[-1].role is Role.HEAD and (blocks[-1].last.page == line.page or not line.text[:1].islower()):
            return None
        for block in reversed(blocks[-30:]):
            if block.last.page < line.page - 2:
                return None
            same = block.last.angle == line.angle and abs(block.last.size - line.size) < 0.3
            if block.role is Role.BODY and same and block.font == line.font:
                breaks = block.last.page != line.page or line.baseline > block.last.baseline or block is not blocks[-1]
                goes_on = _GOES_ON.match(line.text) or (self.print.is_full(block.last) and not block.is_caption())
                return block if block.is_open() and breaks and goes_on else None
        return None

    def _role(self, line: Line, before: _Block | None) -> Role:
        if id(line) in self.tabular:
            return Role.TABLE
        in_table = before is not None and before.role is Role.TABLE and before.last.page == line.page
        if in_table and not _CAPTION.match(line.text) and (line.size < self.print.body - 0.3 or line.cells > 1):
            return Role.TABLE
        on_first = line.page == self.lines[0].page and not line.angle
        is_title = line.size >= self.print.title - 0.3 and not _ADDRESS.fullmatch(line.text)
        begun = before is not None and before.role is Role.TITLE
        goes_on = before is not None and begun and self._is_same_title(before.last, line)
        if on_first and is_title and (goes_on or not self.is_known_head(line.text)):
            return Role.HEAD if _is_label(line.text) and not begun else Role.TITLE
        if self._is_head(line, before):
            return Role.HEAD
        aside = abs(line.size - self.print.body) > 0.3 or line.font != self.print.font
        if aside and TABLE_CAPTION.match(line.text) and not (before is not None and self._mentions(before, line)):
            return Role.TABLE
        if in_table and (aside or is_row(line)) and not _CAPTION.match(line.text):
            return Role.TABLE
        in_prose = before is not None and before.is_open() and abs(before.last.size - line.size) < 0.3
        if in_prose and line.cells > 2:
            in_prose = before is not None and self.print.is_next_line(before.last, line)
        return Role.BODY if in_prose or not is_row(line) else Role.TABLE

    def _is_head(self, line: Line, before: _Block | None) -> bool:
        text = line.text
        if self.is_known_head(text):
            return True
        if before is not None and before.role is Role.HEAD and self._is_same_head(before.last, line):
            return (line.bold or line.size > self.print.body + 0.8) and len(text) <= LONGEST_HEAD
        stands_out = (line.bold and not self.print.is_bold) or line.size > self.print.body + 0.8
        if line.font != self.print.font and id(line) in self.before_body and "," not in text:
            under_table = before is not None and before.role is Role.TABLE and before.last.page == line.page
            stands_out = stands_out or not under_table
        if not stands_out or line.size < self.print.body - 0.6 or line.cells > 2 or line.angle:
            return False
        if before is not None and before.is_open() and before.last.size == line.size and before.last.bold == line.bold:
            return False
        if len(text) > LONGEST_HEAD or text.endswith((".", ",", ";")) or "[1" in text or _CAPTION.match(text):
            return False
        return _HEAD.match(text) is not None and 1 <= len(_WORD.findall(text)) <= _MOST_WORDS

    def _continues(self, block: _Block, line: Line) -> bool:
        last = block.last
        if abs(last.size - line.size) >= 0.8 or last.angle != line.angle:
            return False
        if _CAPTION.match(line.text) and not self._mentions(block, line):
            return False
        ended = not block.is_open()
        if last.page != line.page or line.baseline > last.baseline + last.size:
            goes_on = _GOES_ON.match(line.text) is not None or not block.is_caption()
            return not ended and block.font == line.font and goes_on
        if not self.print.is_next_line(last, line):
            return not ended and bool(_GOES_ON.match(line.text)) and block.font == line.font
        if not ended or (line.text[:1].islower() and _INITIAL.search(last.text)):
            return True
        indented = line.box.left - last.box.left > 0.7 * line.size and len(block.lines) > 1
        return not (indented or not self.print.is_full(last) or (line.bold_start and not last.bold_start))

    def _goes_on_with(self, resumed: _Block, line: Line) -> bool:
        """Whether the line is the next one of a paragraph that was taken up again; behind a colon a list may begin."""
        return resumed.role is Role.BODY and not resumed.last.text.endswith(":") and self._continues(resumed, line)

    def _mentions(self, block: _Block, line: Line) -> bool:
        """Whether a line that begins with 'Figure 1' or 'Table 2.' goes on with the paragraph of the block."""
        same = line.size == block.last.size and line.font == block.font and not line.bold_start
        goes_on = block.is_open() or (block.role is Role.BODY and LABELLED.match(line.text) is None)
        return same and goes_on and self.print.is_next_line(block.last, line)

    def _is_same_table(self, last: Line, line: Line) -> bool:
        tables = self.tabular.get(id(last)), self.tabular.get(id(line))
        if None not in tables:
            return tables[0] == tables[1]
        far = last.page == line.page and abs(last.baseline - line.baseline) > _FAR * self.print.leading
        return not far and not TABLE_CAPTION.match(line.text)

    def _is_same_title(self, last: Line, line: Line) -> bool:
        return abs(last.size - line.size) < 0.3 and last.bold == line.bold and self.print.is_next_line(last, line)

    def _is_same_head(self, last: Line, line: Line) -> bool:
        if self.is_known_head(last.text) or self.is_known_head(line.text):
            return False
        return abs(last.size - line.size) < 0.8 and last.bold == line.bold and self.print.is_next_line(last, line)


def _is_label(text: str) -> bool:
    words = re.findall(r"[a-z]+", text.lower())
    return 0 < len(words) <= 5 and _LABEL_WORDS.issuperset(w.removesuffix("s") if len(w) > 6 else w for w in words)
