"""The quote gate: where a quotation stands in its study, and whether it may carry evidence.

Promises that only words which stand in the claimed study, up to typesetting, are accepted (EXACT, REFORMATTED, without
a fault); that every other quotation gets a grade, a fault and the differences, and none is dropped; and that
`study.text[start:end]` is the located text, always. Does not judge whether a quotation supports anything.

Source of the rules: the quote gate (docs/method.md): find on squashed text, then compare what bears load; fuzzy search
explains a miss and never accepts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from pipeline.rules.agreement import disagreements
from pipeline.rules.alignment import resemblance
from pipeline.rules.clipping import cut_through, left_out
from pipeline.rules.folding import fold
from schemas.quotation import VERBATIM, LocatedQuote, Quote, QuoteKey
from schemas.study import Sentence, Study
from schemas.vocabulary import MatchGrade, QuoteFault

_STANDS = VERBATIM | {MatchGrade.CLIPPED}
TOO_SHORT = "too short to stand for anything"
JOINED = "quotation joins separate places"
_MIN_WORDS = 3
_MIN_CHARACTERS = 12
_MOST_PLACES = 200
_MOST_GRADED = 12
_MOST_DIFFERENCES = 8
_MARKS = "'\"`‘’‚“”„«»"
_START = attrgetter("start")
_WORD = re.compile(r"\w+")
_LETTER = re.compile(r"[A-Za-z]")
_DOTS_AROUND = re.compile(r"^(?:\[?(?:\.\.\.|…)\]?)\s*|\s*\[(?:\.\.\.|…)\]$|(?<!\.)\s*(?:\.\.\.|…)$")
_ELLIPSIS = re.compile(r"\s*(?:[\[(]\s?(?:\.\s?\.\s?\.|…)\s?[\])]|\.\s?\.\s?\.[.\s]*|…)\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\Wa-z_])")


class _Passage(NamedTuple):
    match: MatchGrade
    start: int
    end: int
    differences: tuple[str, ...] = ()


class _Place(NamedTuple):
    """A place in a study's text; `folded_at` is null where the words stand verbatim."""

    start: int
    end: int
    folded_at: int | None


def locate(quote: Quote, study: Study, corpus: Mapping[str, Study]) -> LocatedQuote:
    """Where `quote` stands in `study`, or else in another study of `corpus` (by id), or else what it resembles.

    Never raises for what a model wrote. Offsets are characters of the text of the study named by `found_in`.
    """
    if (standing := _standing(quote.text, quote.sentence, study)) is not None:
        return standing
    key = QuoteKey(study=study.id, sentence=quote.sentence, text=quote.text)
    for other in corpus.values():
        if (
            other.id != study.id
            and (elsewhere := _found(quote.text, quote.sentence, other))
            and elsewhere.match in VERBATIM
        ):
            return _located(key, study, other, elsewhere, QuoteFault.WRONG_STUDY)
    passage = _found(quote.text, quote.sentence, study) or _joined(quote, study) or _resembling(quote, study)
    if passage is None:
        return _invented(key, study.sha256, "the words stand in no study of the corpus")
    return _located(key, study, study, passage, QuoteFault.MISQUOTED)


def relocate_all(quotes: Iterable[tuple[str, Quote]], corpus: Mapping[str, Study]) -> tuple[LocatedQuote, ...]:
    """Locate each (study id, quotation), unique by key, in the order in which they are first seen."""
    found: dict[tuple[str, int, str], LocatedQuote] = {}
    for study_id, quote in quotes:
        key = (study_id, quote.sentence, quote.text)
        if key in found:
            continue
        study = corpus.get(study_id)
        if study is None:
            unknown = QuoteKey(study=study_id, sentence=quote.sentence, text=quote.text)
            found[key] = _invented(unknown, "", "no study of that id")
        else:
            found[key] = locate(quote, study, corpus)
    return tuple(found.values())


def check_stale(located: LocatedQuote, study: Study) -> LocatedQuote:
    """The finding itself, or with the fault STALE_SOURCE when the text of `study` is no longer the one it was made on.

    `study` is the one the quotation claims, or the one it was found in. Raises ValueError for any other.
    """
    if study.id not in {located.key.study, located.found_in}:
        raise ValueError(f"{study.id}: the quotation is of {located.key.study}")
    changed = study.id == located.key.study and study.sha256 != located.source_sha256
    moved = study.id == located.found_in and study.text[located.start : located.end] != located.located
    if not (changed or moved):
        return located
    differences = (*located.differences, f"the text of {study.id} has changed since the quotation was located")
    return located.model_copy(update={"fault": QuoteFault.STALE_SOURCE, "differences": differences})


def _invented(key: QuoteKey, sha256: str, difference: str) -> LocatedQuote:
    return LocatedQuote(
        key=key,
        match=MatchGrade.NOT_FOUND,
        fault=QuoteFault.INVENTED,
        source_sha256=sha256,
        differences=(difference,),
    )


def _located(
    key: QuoteKey, claimed: Study, found_in: Study, passage: _Passage, fault: QuoteFault | None
) -> LocatedQuote:
    touched = _touched(found_in, passage.start, passage.end)
    low = min(passage.start, touched[0].start) if touched else passage.start
    high = max(passage.end, touched[-1].end) if touched else passage.end
    return LocatedQuote(
        key=key,
        match=passage.match,
        fault=fault,
        source_sha256=claimed.sha256,
        found_in=found_in.id,
        start=passage.start,
        end=passage.end,
        located=found_in.text[passage.start : passage.end],
        context=found_in.text[low:high],
        sentences=tuple(s.number for s in touched),
        section=touched[0].section if touched else None,
        page=touched[0].page if touched else None,
        differences=passage.differences,
    )


@lru_cache(maxsize=4096)
def _standing(text: str, sentence: int, study: Study) -> LocatedQuote | None:
    """The finding about a quotation that stands in its study; null for any other. It is asked for twice: when a reply
    comes in, and when all is settled."""
    passage = _found(text, sentence, study)
    if passage is None or passage.match not in _STANDS:
        return None
    key = QuoteKey(study=study.id, sentence=sentence, text=text)
    return _located(key, study, study, passage, None if passage.match in VERBATIM else QuoteFault.MISQUOTED)


def _touched(study: Study, start: int, end: int) -> tuple[Sentence, ...]:
    first = max(0, bisect_right(study.sentences, start, key=_START) - 1)
    last = bisect_right(study.sentences, end - 1, key=_START)
    return tuple(s for s in study.sentences[first:last] if s.end > start)


def _variants(given: str, sentence: int) -> Iterator[str]:
    """The quotation as given, and without what models put around it: marks, ellipses, the sentence's number."""
    plain = given.strip()
    if _says_something(plain):
        yield plain
    bare = plain.removeprefix(f"[{sentence}]").lstrip()
    while bare != (trimmed := _trimmed(bare)):
        bare = trimmed
    if bare != plain and _says_something(bare):
        yield bare


def _says_something(text: str) -> bool:
    # Folding never takes a letter away, so most texts need none to be judged.
    return bool(_LETTER.search(text)) or any(map(str.isalnum, fold(text).folded))


def _trimmed(text: str) -> str:
    return _DOTS_AROUND.sub("", text.strip().strip(_MARKS))


@lru_cache(maxsize=4096)
def _found(given: str, sentence: int, study: Study) -> _Passage | None:
    """The best place whose folding equals that of the quotation; null when there is none.

    A place in the claimed sentence decides unless it is harmed; else a sound place goes before a clipped one, and the
    nearest to the claimed sentence first.
    """
    best: _Passage | None = None
    for text in _variants(given, sentence):
        if (passage := _verbatim(text, sentence, study)) is not None:
            return passage
        for drop in (True, False):
            if not drop and not (fold(text).markers or fold(study.text).markers):
                continue
            places = list(islice(_places(text, study, drop_markers=drop), _MOST_PLACES))
            places.sort(key=lambda place: abs(_number_at(study, place.start) - sentence))
            for place in places[:_MOST_GRADED]:
                passage = _graded(text, study, place, drop_markers=drop)
                claimed = _number_at(study, place.start) == sentence
                if passage.match in VERBATIM or (claimed and passage.match is not MatchGrade.ALTERED):
                    return passage
                if best is None or (best.match is MatchGrade.ALTERED and passage.match is not best.match):
                    best = passage
    return best


def _verbatim(text: str, sentence: int, study: Study) -> _Passage | None:
    """The first place in the claimed sentence where the very characters stand, unless it is harmed.

    It goes before every other place, so that a faithful copy needs no folding.
    """
    if not 0 < sentence <= len(study.sentences):
        return None
    start = study.text.find(text, study.sentences[sentence - 1].start)
    if start < 0 or _number_at(study, start) != sentence:
        return None
    passage = _graded(text, study, _Place(start, start + len(text), None), drop_markers=True)
    return None if passage.match is MatchGrade.ALTERED else passage


def _places(text: str, study: Study, *, drop_markers: bool) -> Iterator[_Place]:
    """Every place whose folding equals that of `text`, verbatim ones first; each place once."""
    seen: set[int] = set()
    start = study.text.find(text)
    while start >= 0:
        seen.add(start)
        yield _Place(start, start + len(text), None)
        start = study.text.find(text, start + 1)
    source, quoted = fold(study.text, drop_markers=drop_markers), fold(text, drop_markers=drop_markers)
    at = source.folded.find(quoted.folded)
    while at >= 0:
        if source.start(at) not in seen:
            yield _Place(source.start(at), source.end(at + len(quoted.folded)), at)
        at = source.folded.find(quoted.folded, at + 1)


def _number_at(study: Study, start: int) -> int:
    at = bisect_right(study.sentences, start, key=_START) - 1
    return study.sentences[at].number if at >= 0 else 0


def _graded(text: str, study: Study, place: _Place, *, drop_markers: bool) -> _Passage:
    start, end, at = place
    harm: tuple[str, ...] = ()
    if at is not None:
        harm = disagreements(fold(study.text, drop_markers=drop_markers), at, fold(text, drop_markers=drop_markers))
    if harm := harm or cut_through(study.text, start, end):
        return _Passage(MatchGrade.ALTERED, start, end, harm[:_MOST_DIFFERENCES])
    touched = _touched(study, start, end)
    first = touched[0].start if touched else start
    last = touched[-1].end if touched else end
    if study.text[first:last].strip() != study.text[start:end].strip() and _too_short(text):
        return _Passage(MatchGrade.SLIP, start, end, (TOO_SHORT,))
    if omitted := left_out(study.text, start, end, first, last):
        return _Passage(MatchGrade.CLIPPED, start, end, omitted)
    exact = study.text[start:end] == text
    return _Passage(MatchGrade.EXACT if exact else MatchGrade.REFORMATTED, start, end)


def _too_short(text: str) -> bool:
    return len(_WORD.findall(text)) < _MIN_WORDS or len(fold(text).folded) < _MIN_CHARACTERS


def _joined(quote: Quote, study: Study) -> _Passage | None:
    """A quotation whose parts stand in the study, but not together; graded after its parts, and never accepted."""
    *_, text = "", *_variants(quote.text, quote.sentence)
    for pattern in (_ELLIPSIS, _SENTENCE_END):
        parts = [p for p in pattern.split(text) if any(map(str.isalnum, p))]
        if len(parts) < 2:
            continue
        found = [_found(p, quote.sentence, study) for p in parts[:40]]
        sound = [p for p in found if p is not None and p.match in _STANDS]
        if not sound:
            continue
        if len(sound) == len(parts):
            return _Passage(MatchGrade.SLIP, sound[0].start, sound[0].end, (JOINED,))
        if pattern is _ELLIPSIS:
            missing = [p for p, f in zip(parts, found, strict=False) if f is None or f.match not in _STANDS]
            lacks = tuple(f"source does not have '{p[:120]}'" for p in missing[: _MOST_DIFFERENCES - 1])
            return _Passage(MatchGrade.ALTERED, sound[0].start, sound[0].end, (JOINED, *lacks))
    return None


def _resembling(quote: Quote, study: Study) -> _Passage | None:
    """The passage that the quotation resembles: ALTERED when what differs bears load, else SLIP."""
    *_, text = "", *_variants(quote.text, quote.sentence)
    if not text:
        return None
    number = quote.sentence
    near = study.sentences[number - 1].start if 0 < number <= len(study.sentences) else 0
    found = resemblance(text, study.text, near)
    if found is None:
        return None
    shown = sorted(found.differences, key=lambda d: not d.bearing)
    differences = tuple(dict.fromkeys(map(str, shown)))
    if len(differences) > _MOST_DIFFERENCES:
        rest = len(differences) - _MOST_DIFFERENCES
        differences = (*differences[:_MOST_DIFFERENCES], f"and {rest} more")
    bearing = any(d.bearing for d in found.differences)
    return _Passage(MatchGrade.ALTERED if bearing else MatchGrade.SLIP, found.start, found.end, differences)
