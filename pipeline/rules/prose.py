"""What a summary may say: only its facts, no stronger than its tier, short and plain (method.md 7 and H11).

Checks: every sentence rests on facts that exist; every number in it stands in one of those facts; verbs stay within
the permitted tier; "in simple terms" has at most 120 words and reads at grade 9 or below (Flesch-Kincaid), and states
how many studies (k), how many participants (n) and, where they are not people, which species. Not here: the facts
themselves (`facts`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rules import causal_wording
from pipeline.rules.readability import readability
from pipeline.rules.reviews import is_review
from schemas.settlement import LanguageFinding
from schemas.vocabulary import Basis, Certainty, Species, VerbTier

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from schemas.settlement import GradeProfile, SettledStudy
    from schemas.summary import Fact, SummaryReply, SummarySentence

MOST_WORDS = 120
HARDEST_GRADE = 9.0

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r",(?=\d{3}\b)")
_WORDS_FOR = dict(
    enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
)
_SPECIES_WORDS = {
    Species.ANIMAL: re.compile(
        r"\b(?:animals?|rats?|mice|mouse|pigs?|dogs?|monkeys?|rabbits?|hamsters?)\b", re.IGNORECASE
    ),
    Species.CELLS: re.compile(r"\b(?:cells?|tissues?|bacteria|laborator(?:y|ies))\b", re.IGNORECASE),
    Species.COMPUTER_MODEL: re.compile(r"\bcomputer", re.IGNORECASE),
}


@dataclass(frozen=True)
class Counts:
    """What a summary must state: k independent studies with evidence, n participants as far as known, the species.

    Reviews are counted apart: the studies that they pool may be among the k, and their participants among the n. Only
    where there is nothing but reviews do these count as k, and the largest gives n.
    """

    studies: int
    participants: int | None
    species: frozenset[Species]
    reviews: int = 0
    unknown: int = 0


def counts(studies: Iterable[SettledStudy]) -> Counts:
    """k, n and species over the counted studies with a basis of at least END_ONLY (method.md E, eligible)."""
    eligible = [s for s in studies if s.counted and not s.retracted and s.judgement.basis.rank >= Basis.END_ONLY.rank]
    reviews = [s for s in eligible if is_review(s.judgement)]
    primaries = [s for s in eligible if not is_review(s.judgement)]
    counted = primaries or reviews
    known = [s.participants for s in counted if s.participants is not None]
    total = (sum if primaries else max)(known) if known else None
    return Counts(
        studies=len(counted),
        participants=total,
        species=frozenset(s.species for s in counted),
        reviews=len(reviews) if primaries else 0,
        unknown=len(counted) - len(known),
    )


def speaks_of_animals_or_cells(claim: str) -> bool:
    """True when a claim is about animals, cells or models from the start, so that such evidence is direct."""
    return any(words.search(claim) for words in _SPECIES_WORDS.values())


def permitted_wording(tier: VerbTier, grade: GradeProfile | None, *, compared: bool = False) -> str:
    """The permitted tier in words that a writer can follow; `compared` when some study compared groups."""
    sure = grade.certainty if grade else Certainty.VERY_LOW
    # The hedges of GRADE (Santesso 2020, JCE 119:126).
    hedge = {
        Certainty.HIGH: "High certainty.",
        Certainty.MODERATE: "Moderate certainty: say 'probably'.",
        Certainty.LOW: "Low certainty: say 'may' or 'might'.",
        Certainty.VERY_LOW: "Very low certainty: say that it is very uncertain.",
    }[sure]
    rule = {
        VerbTier.DIRECT: "You may say that the cause changes the effect ('increases', 'reduces').",
        VerbTier.CAN: "You may say that the cause can, or probably does, change the effect; no flat 'increases'.",
        VerbTier.LINKED: "Say only that things 'are linked', 'were seen together', 'rose along with' or 'might' be "
        "connected. Never say that one thing causes, makes, increases, boosts, improves, reduces, prevents, helps or "
        "leads to another, not even in the steps of the mechanism, unless the sentence itself says 'might', 'may', "
        "'the authors think' or 'nobody has tested'. "
        + (
            "Where a fact says that a study compared groups, you may tell what it saw, in the past tense ('people who "
            "took it did better in a test than people who did not')."
            if compared
            else "Say once that this does not show cause."
        ),
    }[tier]
    return f"{rule} {hedge}"


def examine(reply: SummaryReply, facts: Sequence[Fact], tier: VerbTier, needed: Counts) -> tuple[LanguageFinding, ...]:
    """Everything in a summary that its facts or its tier do not permit; empty when it may stand."""
    known = {f.id: _numbers(f.text) for f in facts}
    findings: list[LanguageFinding] = []
    for where, sentences in parts(reply).items():
        for s in sentences:
            findings += [LanguageFinding(where=where, sentence=s.text, problem=p) for p in _unsupported(s, known)]
        findings += [
            LanguageFinding(where=where, sentence="", problem=p)
            for p in causal_wording.overclaims([s.text for s in sentences], tier)
        ]
    return (*findings, *_plainness(reply, needed))


def parts(reply: SummaryReply) -> Mapping[str, Sequence[SummarySentence]]:
    """The three parts of a summary under the names that findings use."""
    return {
        "teaser": (reply.teaser,),
        "how it works": reply.how_it_works,
        "in simple terms": reply.in_simple_terms,
    }


def _unsupported(sentence: SummarySentence, facts: Mapping[str, set[str]]) -> list[str]:
    """What is wrong with a sentence, `facts` being the numbers that stand in each fact."""
    unknown = [f for f in sentence.rests_on if f not in facts]
    if unknown:
        return [f"rests on {', '.join(unknown)}, which is no fact"]
    carried = set[str]().union(*(facts[f] for f in sentence.rests_on))
    loose = [n for n in _NUMBER.findall(sentence.text) if _plain(n) not in carried]
    return [f"the number {n} stands in none of its facts" for n in loose]


def _numbers(text: str) -> set[str]:
    return {_plain(n) for n in _NUMBER.findall(text)}


def _plain(number: str) -> str:
    """12,000 and 12000 are one number; 1.5 and 1,5 stay two."""
    return _THOUSANDS.sub("", number)


def _plainness(reply: SummaryReply, needed: Counts) -> list[LanguageFinding]:
    sentences = [s.text for s in reply.in_simple_terms]
    text = " ".join(sentences)
    measured = readability(sentences)
    problems: list[str] = []
    if measured.words > MOST_WORDS:
        problems.append(f"{measured.words} words; at most {MOST_WORDS}")
    if measured.grade_level > HARDEST_GRADE:
        problems.append(
            f"reads at grade {measured.grade_level:.1f}; at most {HARDEST_GRADE:.0f}: use shorter sentences and words"
        )
    if not _states(needed.studies, text):
        problems.append(f"does not state how many studies there are ({needed.studies})")
    if needed.participants is not None and not _states(needed.participants, text):
        problems.append(f"does not state how many took part ({needed.participants})")
    for species, words in _SPECIES_WORDS.items():
        if species in needed.species and not words.search(text):
            problems.append(f"does not say that results come from {species.value.replace('_', ' ')}")
    return [LanguageFinding(where="in simple terms", sentence="", problem=p) for p in problems]


def _states(number: int, text: str) -> bool:
    if str(number) in _numbers(text):
        return True
    words = {0: r"no|none|zero", 1: r"one|single|only"}.get(number, _WORDS_FOR.get(number))
    return bool(words and re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))
