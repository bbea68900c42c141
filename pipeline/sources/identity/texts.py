"""Do two texts belong to one publication? For bare files, whose citation says little."""

from __future__ import annotations

from functools import lru_cache

from schemas.study import Study

NEARLY_ALL = 0.7
"""Share of the shorter text's sentences that makes two texts one (our choice)."""
FEWEST_SENTENCES = 2
BRIEF = 5
"""Sentences below which a text may be a phrase of a database ('An abstract is unavailable ...'; our choice)."""
LANDMARKS = 6
"""Long sentences by which texts are brought together among many."""


def same_text(one: Study, other: Study) -> bool:
    """Whether most sentences of the shorter text stand in the longer: one study in two files, however it was cut."""
    if one.sha256 == other.sha256:
        return True
    ours, theirs = folded_sentences(one), folded_sentences(other)
    shorter = min(len(ours), len(theirs))
    return shorter >= FEWEST_SENTENCES and len(ours & theirs) >= NEARLY_ALL * shorter


def is_brief(one: Study, other: Study) -> bool:
    """Whether one of the texts is so short that many publications may have it."""
    return min(len(folded_sentences(one)), len(folded_sentences(other))) < BRIEF


@lru_cache(maxsize=256)
def folded_sentences(study: Study) -> frozenset[str]:
    """The sentences without case and line breaks."""
    return frozenset(" ".join(study.text[s.start : s.end].casefold().split()) for s in study.sentences)


def landmarks(study: Study) -> tuple[str, ...]:
    """The text's hash and its longest sentences among the first hundred."""
    early = sorted({" ".join(study.sentence_text(s.number).casefold().split()) for s in study.sentences[:100]})
    return (study.sha256, *sorted(early, key=lambda s: (-len(s), s))[:LANDMARKS])
