"""Finds the sections of a paper or a structured abstract by their heads.

Heads are recognised by their words (numbered, in capitals, spaced out or run into the paragraph), since looks differ
from journal to journal. Inside an abstract the structured parts count as what they are called. An unknown subhead
belongs to the section in which it stands; an unknown numbered main head is OTHER. The reference list is cut off.
Does not read files and does not split sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.sources.passages import Passage, Role
from schemas.vocabulary import SectionKind

_WORDS: dict[SectionKind, str] = {
    SectionKind.ABSTRACT: "abstract|summary|structured abstract|synopsis",
    SectionKind.INTRODUCTION: "introduction|background|objective|objectives|aim|aims|purpose|context|rationale|importance|"
    "question|hypothesis|background and aims|background and objective|background and objectives|"
    "background and purpose|aims and objectives|objective of the study|research question|"
    "what is already known on this topic|what is already known|what is known",
    SectionKind.METHODS: "method|methods|materials and methods|material and methods|methods and materials|"
    "patients and methods|participants and methods|subjects and methods|methods and findings|design|study design|"
    "design and methods|methods and design|methods/design|setting|settings|participants|subjects|patients|"
    "study population|population|interventions|intervention|exposure|exposures|measurements|data sources|"
    "data source|study selection|data extraction|data synthesis|data extraction and synthesis|eligibility criteria|"
    "search strategy|selection criteria|outcome measures|main outcome measures|main outcome measure|"
    "main outcomes and measures|main outcomes|primary outcome measure|design, setting, and participants|"
    "design, setting and participants|design setting and participants|setting and participants|"
    "statistical analysis|statistics|procedures|experimental|experimental procedures|methodology|data collection|"
    "randomisation|randomization|sample|study protocol and interventions|outcome|outcomes",
    SectionKind.RESULTS: "result|results|finding|findings|main results|main findings|key findings|principal findings|"
    "results and discussion|results of the study",
    SectionKind.DISCUSSION: "discussion|comment|comments|general discussion|limitations|strengths and limitations|"
    "strengths and limitations of this study|study limitations|interpretation of findings",
    SectionKind.CONCLUSION: "conclusion|conclusions|interpretation|what this study adds|conclusions and relevance|"
    "conclusion and relevance|conclusions and implications|conclusion and perspectives|significance|"
    "practical applications|implications|clinical significance|discussion and conclusion|discussion and conclusions|"
    "concluding remarks|practice implications|clinical implications",
    SectionKind.OTHER: "acknowledgement|acknowledgements|acknowledgment|acknowledgments|funding|competing interests|"
    "conflict of interest|conflicts of interest|author contributions|authors contributions|contributors|"
    "trial registration|clinical trial registration|registration|keywords|key words|abbreviations|ethical approval|"
    "data availability|data availability statement|supplementary material|additional files|disclosure|disclosures|"
    "declaration of interest|declarations|ethics|ethics approval|provenance and peer review|data sharing|appendix|"
    "appendices|study protocol|protocol|editorial|research article|research|original article|original research|"
    "open access|article info|article history|case report|disclaimer|about the authors|figure legends|"
    "authors’ contributions|authors' contributions|consent|trial status|limitations and ethics",
}
_REFERENCES = "references|reference|reference list|bibliography|literature cited|literature|works cited|références"
_MAIN_SECTIONS = frozenset({SectionKind.METHODS, SectionKind.RESULTS, SectionKind.DISCUSSION, SectionKind.CONCLUSION})


def _key(text: str) -> str:
    """A head without numbering, punctuation, case and spaces, so that 'S TUD Y P RO TOCO L' is 'studyprotocol'."""
    bare = re.sub(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-Z])[.)]?\s+(?=\S)", "", text)
    return re.sub(r"[^a-zà-ÿ]", "", bare.replace("&", "and").lower())


_KINDS = {_key(head): kind for kind, heads in _WORDS.items() for head in heads.split("|")}
_REFERENCE_KEYS = frozenset(_key(h) for h in _REFERENCES.split("|"))
_MAIN = (
    "background|introduction|objectives?|aims?|purpose|methods?|materials and methods|design|setting|participants|"
    "interventions?|results|findings|conclusions?|interpretation|discussion|context|measurements|main outcome measures?"
)
_ANY = "|".join(
    re.escape(head)
    for head in sorted((h for k, v in _WORDS.items() if k is not SectionKind.ABSTRACT for h in v.split("|")), key=len)[::-1]
)
_COLON = rf"\s?(?::|\.\s?[—–-]|\s[–-]\s|—)\s*(?=\S)"
_BEFORE_COLON = re.compile(rf"(?i:({_ANY})){_COLON}")
_MAIN_BEFORE_COLON = re.compile(rf"(?i:({_MAIN})){_COLON}")
_BEFORE_STOP = re.compile(rf"(?i:({_MAIN}))\.\s+(?=[A-Z0-9])")
_IN_CAPITALS = re.compile(rf"({_MAIN.upper()})\s*[:.]?\s+(?=[A-Z0-9])")
_BARE = re.compile(rf"(?i:({_MAIN}|key ?words))\s+(?=[A-Z]|\d)")
_STRONG = frozenset(
    _key(head)
    for head in (
        "abstract|summary|introduction|background|method|methods|materials and methods|material and methods|"
        "methods and materials|patients and methods|participants and methods|subjects and methods|methods/design|"
        "design and methods|methodology|experimental|experimental procedures|methods and findings"
    ).split("|")
)
"""Heads that open a section anywhere. Others of methods and introduction ('Participants', 'Outcomes') stand below
Results as well, so in the body of a paper they only count before any of the main sections has begun."""
_SENTENCE_START = re.compile(r"(?<=[.?!)\]])\s+")
_APPENDIX = re.compile(r"(?:(?:appendix|appendices|supplement|annex|supporting information)\b|[A-H]\.?\s+[A-Z][a-z])", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """A passage with the section that it belongs to. `is_head`: its text is the head itself, no sentence."""

    passage: Passage
    kind: SectionKind
    heading: str
    is_head: bool


def is_known_head(text: str) -> bool:
    """Whether a line standing alone is a head by its words: 'METHODS', '2. Results', 'Conclusions:', 'References'."""
    if len(text) > 80:
        return False
    key = _key(text)
    return key in _KINDS or key in _REFERENCE_KEYS


def head_kind(text: str) -> SectionKind | None:
    """The kind of section that a head opens, null for an unknown one."""
    return _KINDS.get(_key(text))


def is_reference_head(text: str) -> bool:
    return _key(text) in _REFERENCE_KEYS


def without_references(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The passages without the reference list; what follows under an appendix or another known head is kept."""
    inside = False
    for passage in passages:
        if passage.role is Role.HEAD and is_reference_head(passage.text):
            inside = True
        elif inside and passage.role is Role.HEAD:
            inside = not (_APPENDIX.match(passage.text) or head_kind(passage.text) is not None)
        elif inside and passage.role is Role.TABLE and re.match(r"table\s*\w?\d", passage.text, re.I):
            yield passage
            continue
        if not inside:
            yield passage


def abstract_flags(passages: Sequence[Passage]) -> list[bool]:
    """For each passage, whether it stands where an abstract stands: before the introduction, on the first page."""
    flags: list[bool] = []
    inside = True
    for passage in passages:
        numbered = passage.role is Role.HEAD and re.match(r"\s*(?:1|I)\.?\s+[A-Z]", passage.text) is not None
        introduction = passage.role is Role.HEAD and _key(passage.text) == "introduction"
        if numbered or introduction or (passage.pages and passage.pages[0][1] > 1):
            inside = False
        flags.append(inside)
    return flags


def split_run_in_heads(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Passages in which a head run into its paragraph ('Results: Of 30 ...') stands as a passage of its own.

    At the start of a paragraph of an abstract a head needs no punctuation ('Methods We searched'), within one it needs
    a colon, a full stop or capitals. In the body of a paper only main heads with a colon at the start count.
    """
    for passage, in_abstract in zip(passages, abstract_flags(passages), strict=True):
        if passage.role is Role.BODY:
            yield from _split(passage, in_abstract=in_abstract)
        else:
            yield passage


def _split(passage: Passage, *, in_abstract: bool) -> Iterator[Passage]:
    text, begin, position = passage.text, 0, 0
    while position < len(text):
        found = _head_at(text, position, in_abstract=in_abstract)
        if found is not None:
            head_end, body = found
            if text[begin:position].strip():
                yield _slice(passage, begin, position)
            yield replace(_slice(passage, position, head_end), role=Role.HEAD)
            begin = body
        following = _SENTENCE_START.search(text, max(position + 1, begin)) if in_abstract else None
        position = following.end() if following else len(text)
    if text[begin:].strip():
        yield _slice(passage, begin, len(text))


def _head_at(text: str, position: int, *, in_abstract: bool) -> tuple[int, int] | None:
    """(end of the head, start of what follows) if a run-in head stands at `position`."""
    patterns = [_BEFORE_COLON, _BEFORE_STOP, _IN_CAPITALS] if in_abstract else [_MAIN_BEFORE_COLON]
    if in_abstract and position == 0:
        patterns.append(_BARE)
    for pattern in patterns:
        match = pattern.match(text, position)
        if match and match.group(1)[0].isupper():
            return match.end(1), match.end()
    return None


def _slice(passage: Passage, start: int, end: int) -> Passage:
    text = passage.text[start:end]
    begin = start + len(text) - len(text.lstrip())
    pages = [(max(offset - begin, 0), page) for offset, page in passage.pages if offset < end]
    kept = [p for i, p in enumerate(pages) if i + 1 == len(pages) or pages[i + 1][0] > 0]
    return replace(passage, text=text.strip(), pages=tuple(kept))


def assign_sections(passages: Sequence[Passage], *, short: bool) -> Iterator[Part]:
    """Each passage with its section, in order. `short`: text without heads is an abstract, not an unmarked paper."""
    kind, heading = (SectionKind.ABSTRACT if short else SectionKind.OTHER), ""
    for passage, in_abstract in zip(passages, abstract_flags(passages), strict=True):
        if passage.role is Role.TITLE:
            yield Part(passage, SectionKind.TITLE, "", is_head=False)
        elif passage.role is Role.TABLE:
            yield Part(passage, SectionKind.TABLE, passage.text.partition("\n")[0][:120], is_head=False)
        else:
            if passage.role is Role.HEAD:
                kind, heading = _next_kind(passage.text, kind, in_abstract=in_abstract), passage.text
            yield Part(passage, kind, heading, is_head=passage.role is Role.HEAD)


def _next_kind(head: str, current: SectionKind, *, in_abstract: bool) -> SectionKind:
    known = head_kind(head)
    if known in {SectionKind.METHODS, SectionKind.INTRODUCTION} and not in_abstract and _key(head) not in _STRONG:
        return current if current in _MAIN_SECTIONS else known
    if known is not None:
        return known
    return SectionKind.OTHER if re.match(r"\s*\d{1,2}\.?\s+[A-Z]", head) else current
