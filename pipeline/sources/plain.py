"""Reads text and Markdown into passages.

Paragraphs stand between blank lines, or end where a line ends a sentence; other line breaks are those of a wrapped
text and become spaces. Heads are Markdown heads and lines that are known heads by their words. Markdown emphasis and
links lose their marks; tables keep their rows. Does not interpret HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.sources.cleaning import clean_text
from pipeline.sources.heads import is_known_head
from pipeline.sources.passages import Passage, Role

LONGEST_TITLE = 300
_MARKDOWN_HEAD = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})$")
_ROW = re.compile(r"\|.*\|$")
_RULE_ROW = re.compile(r"\|?[\s:|-]+\|?$")
_MARKS = (
    (re.compile(r"!?\[([^\[\]\n]{0,300})\]\((?:[^()\s]|\([^()\s]{0,300}\)){0,2000}\)"), r"\1"),
    (re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])__(?=\S)([^_\n]+?)(?<=\S)__(?![\w_])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
)


def text_passages(text: str, *, markdown: bool = False, with_title: bool = True) -> list[Passage]:
    """The passages of a text; the first line is its title when it looks like one (`with_title`)."""
    cleaned = clean_text(text)
    passages = list(_passages(cleaned, markdown=markdown))
    if with_title and passages and _is_title(passages, cleaned):
        passages[0] = Passage(passages[0].text, Role.TITLE)
    return passages


def looks_like_markdown(text: str) -> bool:
    return re.search(r"^#{1,6} \S", text, re.MULTILINE) is not None


def _is_title(passages: list[Passage], text: str) -> bool:
    first = passages[0].text
    if len(passages) < 2 or not 8 <= len(first) <= LONGEST_TITLE or is_known_head(first):
        return False
    if passages[0].role is Role.HEAD:
        return True
    alone = not text.partition("\n")[2].split("\n", 1)[0].strip() or text.partition("\n")[0].strip() == first
    return alone and "\n" not in first and not first.endswith((".", ":", ";", ",")) and first.count(". ") == 0


def _passages(text: str, *, markdown: bool) -> Iterator[Passage]:
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        head = _head_of(line, markdown=markdown)
        if markdown and _UNDERLINE.match(line):
            # the line above it is a head; under a blank line or a known head it is a rule across the page
            yield from _paragraphs(lines[:-1], markdown=True)
            yield from [Passage(_unmarked(text, markdown=True), Role.HEAD) for text in lines[-1:]]
            lines = []
        elif not line or head is not None:
            yield from _paragraphs(lines, markdown=markdown)
            lines = []
            if head:
                yield Passage(_unmarked(head, markdown=markdown), Role.HEAD)
        else:
            lines.append(line)


def _head_of(line: str, *, markdown: bool) -> str | None:
    match = _MARKDOWN_HEAD.match(line) if markdown else None
    if match:
        return match.group(1)
    bare = _unmarked(line, markdown=markdown)
    return bare if bare and is_known_head(bare) and not bare.endswith(".") else None


def _paragraphs(lines: list[str], *, markdown: bool) -> Iterator[Passage]:
    """One paragraph for lines of wrapped text, several if lines end sentences well before they would wrap."""
    rows = [line for line in lines if _ROW.match(line)]
    if lines and len(rows) == len(lines) and len(rows) > 1:
        cells = [re.sub(r"\s*\|\s*", "  ", r.strip("| ")) for r in rows if not _RULE_ROW.match(r)]
        yield Passage("\n".join(clean_text(_unmarked(c, markdown=markdown)) for c in cells), Role.TABLE)
        return
    begun: list[str] = []
    widest = max((len(line) for line in lines), default=0)
    for line in lines:
        begun.append(line)
        if re.search(r"[.?!:][)\]\"”]?$", line) and (len(line) < 0.75 * widest or widest > 200):
            yield _paragraph(begun, markdown=markdown)
            begun = []
    if begun:
        yield _paragraph(begun, markdown=markdown)


_BROKEN = re.compile(r"[a-z]-$")
_GOES_ON = re.compile(r"[a-z]")


def _paragraph(lines: list[str], *, markdown: bool) -> Passage:
    parts: list[str] = []
    for line in lines:
        broken = bool(parts) and _BROKEN.match(parts[-1][-2:]) is not None and _GOES_ON.match(line) is not None
        parts += [line] if broken or not parts else [" ", line]
    return Passage(clean_text(_unmarked("".join(parts), markdown=markdown)))


def _unmarked(text: str, *, markdown: bool) -> str:
    if not markdown:
        return text
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text.strip()
