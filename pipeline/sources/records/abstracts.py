"""Abstracts as passages: heads apart from paragraphs, without what vendors put around them.

Structured abstracts come out as heads with paragraphs, whether the database labels the parts or the heads are run into
the text ('METHODS: ...', 'Background. ...', a head on a line of its own). Left out, since they are the vendor's words
and no sentence of the study: copyright statements before and behind the text, '[ABSTRACT FROM AUTHOR]', and notes
that there is no abstract. A note that the vendor cut the abstract is left out of the text and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.sources.heads import head_kind
from pipeline.sources.passages import Passage, Role
from pipeline.sources.plain import text_passages
from pipeline.sources.records.abstract_heads import parted
from pipeline.sources.records.fields import plain
from pipeline.sources.sections import split_run_in_heads
from schemas.study import SourceNote

_NONE = re.compile(
    r"\W*(?:(?:there is )?no abstract(?: is)?(?: available| provided)?(?: for this \w+| \(\w+\))?|"
    r"abstract not available|not available|abstract (?:is )?unavailable|n/?a|none|null|undefined|abstract)\W*",
    re.IGNORECASE,
)
_TRUNCATED = re.compile(
    r"\s*[\[(]\s*abstract truncated(?: at \d+ words)?\s*[\])]|\s*\babstract truncated at \d+ words\.?", re.IGNORECASE
)
_STATEMENT = re.compile(
    r"(?:\A|(?<=[.!?)\]”\"]),?\s*)(?:[\[(]?(?:(?:crown )?copyright\b\s?(?:©|\([cC]\)|[,:]?\s?(?:19|20)\d\d|of\s)|"
    r"\([cC]\)\s?(?:19|20)\d\d|(?:APA )?PsycInfo Database Record\b)|\[?ABSTRACT FROM (?:AUTHOR|PUBLISHER)|"
    r"\[(?:author|journal|publisher) abstract\])|"
    r"(?:copyright\s)?©",
    re.IGNORECASE,
)
_WORDS_OF_A_STUDY = re.compile(r"\d\s?%|\bp\s?[<=>]|\bwe\b|\bour\b|\b(?:methods|results|conclusions?):", re.IGNORECASE)
_GOES_ON = re.compile(
    r"(?:all|some|no other) rights|published|publishing|this is an open.access|open.access|licen[cs]ee|"
    r"(?:the )?authors?\b|on behalf of|elsevier|(?:john )?wiley|springer|wolters|s\. karger|karger|thieme|sage\b|"
    r"taylor|blackwell|\S+(?: \S+){0,3} (?:inc|ltd|llc|gmbh|b\.v|s\.a|co|plc|ag)$",
    re.IGNORECASE,
)
_OF_A_STUDY_AT_THE_START = re.compile(
    r"\b(?:we|our|study|aims?|aimed|objectives?|patients|participants|investigated?|examined?|results?)\b|\d\s?%",
    re.IGNORECASE,
)
_HEAD_INSIDE = re.compile(r"\s(?=[A-Z][A-Za-z/&]{3,20}(?: [A-Za-z/&]{1,20}){0,3}:\s)")
_MARKED_HEAD = re.compile(
    r"<(?:jats:)?(title|h[1-6])(?:\s[^<>]{0,200})?>([^<>]{0,200}(?:<(?!/?(?:jats:)?\1\b)[^<>]{0,100}>[^<>]{0,200}){0,4})</(?:jats:)?\1\s*>",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:([A-Z][^<>:.\n]{1,80}):\s?)?<AbstractText\b([^<>]{0,300})>|</AbstractText\s*>|"
    r"<CopyrightInformation>[^<>]{0,1000}(?:</CopyrightInformation>|\Z)"
)
"""Parts as PubMed XML has them, which Lens passes on in RIS, and Dimensions behind the label in words."""

_LONGEST_OPENING = 120
_LONGEST_STATEMENT = 900
_SENTENCE = re.compile(r"\S.*?(?:[.\]](?=\s|\Z)|(?=\n)|\Z)")
_TITLE_OF_ABSTRACT = re.compile(
    r"\A(?:abstract|ABSTRACT|Abstract)(?:\s*[:.—–-]\s*|\s*\n\s*|(?=[A-Z][a-z])|\s+(?=[A-Z][A-Za-z ]{3,30}[:.]))"
)
_REGISTRATION_HEAD = re.compile(r"\bregistration\b|\bregistered\b|\bregistry\b|clinicaltrials|prospero", re.IGNORECASE)
_UP_TO_NUMBER = r"(?:[^.;]|\.(?=\S)|(?<=\bno)\.|(?<=\bnr)\.|(?<=\bgov)\.){0,120}"
"""The rest of a sentence; 'ClinicalTrials.gov' and 'no.' do not end it."""

_REGISTERED = re.compile(
    r"(?:clinicaltrials?\.gov|isrctn|registered|registration|registry|(?:trial|identification) (?:number|id))"
    + _UP_TO_NUMBER,
    re.IGNORECASE,
)
_REGISTERED_ITSELF = re.compile(
    r"\b(?:(?:study|trial|review|protocol|(?:meta-)?analysis)\b[^.;]{0,80}\bregistered|registered (?:protocol|report)|"
    r"(?:trial|study|review|protocol|clinical trials?) (?:registration|registry|information)|"
    r"registration (?:number|no|id)|prospero)" + _UP_TO_NUMBER,
    re.IGNORECASE,
)
"""In words that stand for no other study, wherever they stand; reviews name the trials that they pooled, too."""

_END_OF_ABSTRACT = 300
_LAST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an abstract that the database labels: label as printed, category ('METHODS') where it gives one."""

    label: str
    text: str
    category: str = ""


def abstract_passages(text: str) -> tuple[list[Passage], list[SourceNote]]:
    """Heads and paragraphs of an abstract as one text (HTML allowed), and notes; nothing for one that says nothing."""
    opening, *marked = _MARKED_HEAD.split(_LABELLED.sub(_as_head, text) if "<AbstractText" in text else text)
    if marked:
        return labelled_passages(_parts(opening, marked))
    cleaned, notes = _bare(plain(text))
    if not cleaned:
        return [], []
    return [p for paragraph in text_passages(cleaned, with_title=False) for p in _with_heads(paragraph)], notes


def labelled_passages(parts: Iterable[Part]) -> tuple[list[Passage], list[SourceNote]]:
    """Heads and paragraphs of an abstract in labelled parts.

    A label that is no known head gets the category of the database as a head before it, so that the part stands in
    the right section and keeps its own heading.
    """
    passages: list[Passage] = []
    notes: list[SourceNote] = []
    for part in parts:
        body, noted = abstract_passages(part.text)
        if not body:
            continue
        label = " ".join(plain(part.label).split()).rstrip(":. ")
        category = part.category.strip().capitalize()
        if label and label.upper() != "UNLABELLED":
            if head_kind(label) is None and head_kind(category) is not None:
                passages.append(Passage(category, Role.HEAD))
            passages.append(Passage(label, Role.HEAD))
        passages += body
        notes += noted
    return passages, notes


def _as_head(match: re.Match[str]) -> str:
    """The label of a part as a marked head, else the border of a paragraph behind the words before it."""
    label = re.search(r"\bLabel=\"([^\"]{1,100})\"", match[2] or "")
    before = match[1] or ""
    if label is None:
        return f"{before}{':' * bool(before)}\n\n"
    repeated = before.casefold() == label[1].casefold()
    return f"{'' if repeated or not before else f'{before}:'}\n\n<h4>{label[1]}</h4>"


def _parts(opening: str, marked: Sequence[str]) -> Iterator[Part]:
    """The parts under marked heads; a head with nothing but another head below it is the category of that one."""
    yield Part("", opening)
    above = ""
    for head, body in zip(marked[1::3], marked[2::3], strict=True):
        bare = plain(head)
        yield Part(bare, body, above)
        above = "" if plain(body) or head_kind(bare) is None else bare


def _bare(text: str) -> tuple[str, list[SourceNote]]:
    """The words of the study alone, and a note where the vendor says that it cut them."""
    notes: list[SourceNote] = []
    if _TRUNCATED.search(text):
        text = _TRUNCATED.sub("", text)
        notes.append(SourceNote(kind="truncated", message="the database cut the abstract; its end is not there"))
    text = _without_statement(_TITLE_OF_ABSTRACT.sub("", text.strip()).strip())
    says_nothing = _NONE.fullmatch(text) or not re.search(r"\w", text)
    return ("", []) if says_nothing else (text, notes)


def _without_statement(text: str) -> str:
    """`text` without a copyright statement at its start and its end."""
    while (opening := _opening_statement(text)) > 0:
        text = text[opening:].lstrip()
    begin = max(len(text) - _LONGEST_STATEMENT, 1)
    for match in _STATEMENT.finditer(text, begin):
        tail = text[match.start() :]
        if not _WORDS_OF_A_STUDY.search(tail):
            return _without_statement(text[: match.start()].rstrip())
    return text


def _opening_statement(text: str) -> int:
    """The length of the sentences at the start that are a copyright statement; 0 for none."""
    if _STATEMENT.match(text) is None:
        return 0
    end = 0
    for sentence in _SENTENCE.finditer(text[:_LONGEST_STATEMENT]):
        head = _HEAD_INSIDE.search(sentence.group())
        words = sentence.group()[: head.start() if head else None].rstrip(".] ")
        if len(words) > _LONGEST_OPENING or _OF_A_STUDY_AT_THE_START.search(words):
            break
        if end and not _GOES_ON.match(words):
            break
        end = sentence.start() + (head.start() if head else len(sentence.group()))
        if head:
            break
    return end


def _with_heads(passage: Passage) -> Iterator[Passage]:
    if passage.role is not Role.BODY:
        yield passage
        return
    for piece in parted(passage.text):
        if piece.role is Role.HEAD:
            yield piece
        else:
            yield from split_run_in_heads([piece])


def registration_statement(passages: Sequence[Passage]) -> list[str]:
    """What an abstract states as its own registration: the part under such a head, sentences that say so of the study,
    and its end."""
    under = [
        body.text
        for head, body in pairwise(passages)
        if head.role is Role.HEAD and body.role is Role.BODY and _REGISTRATION_HEAD.search(head.text)
    ]
    stated = [match.group() for p in passages for match in _REGISTERED_ITSELF.finditer(p.text)]
    last = passages[-1].text[-_END_OF_ABSTRACT:] if passages else ""
    return [*under, *stated, *(match.group() for match in _REGISTERED.finditer(last)), last[-_LAST_WORDS:]]
