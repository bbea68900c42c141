"""Small nouns for tests: a study from plain sentences, a judgement of a link, quotations that stand or do not."""

from __future__ import annotations

import hashlib
from typing import Any

from schemas.mechanism import LinkJudgement
from schemas.quotation import JudgedQuote, Quote
from schemas.study import Citation, Sentence, Study
from schemas.vocabulary import (
    Basis,
    Comparison,
    ConstructMatch,
    Design,
    Finding,
    Reported,
    SectionKind,
)

METHODS = "Sixty adults were randomised to strength training or to no training for 8 weeks."
RESULT = "Muscle strength rose by 12% with training and by 2% in the control group (p = 0.01)."
NULL = "Walking speed did not differ between the training group and the control group (p = 0.60)."
HEDGED = "Training may increase walking speed in the control group and elsewhere by 3%."
CONCLUSION = "We conclude that training increased strength compared with no training by 10%."
BACKGROUND = "Previous studies found that strength rose by 5% with training compared with rest."


def study(
    study_id: str = "alpha-2001",
    sentences: tuple[tuple[SectionKind, str], ...] = (
        (SectionKind.METHODS, METHODS),
        (SectionKind.RESULTS, RESULT),
        (SectionKind.RESULTS, NULL),
        (SectionKind.RESULTS, HEDGED),
        (SectionKind.RESULTS, BACKGROUND),
        (SectionKind.CONCLUSION, CONCLUSION),
    ),
    **changes: Any,
) -> Study:
    """A study whose sentences are those given, numbered from 1, one space apart."""
    text, numbered = "", list[Sentence]()
    for number, (section, sentence) in enumerate(sentences, 1):
        start = len(text)
        text += sentence
        numbered.append(Sentence(number=number, start=start, end=len(text), section=section))
        text += " "
    text = text.rstrip()
    fields: dict[str, Any] = {
        "citation": Citation(id=study_id, title=f"Title of {study_id}"),
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "file_name": f"{study_id}.txt",
        "file_sha256": "0" * 64,
        "extent": "abstract",
        "sections": (),
        "sentences": tuple(numbered),
    }
    return Study(**(fields | changes))


def judged(sentence: int, text: str, role: str = "result") -> JudgedQuote:
    return JudgedQuote.model_validate({"sentence": sentence, "text": text, "role": role})


def judgement(*quotes: JudgedQuote, **changes: Any) -> LinkJudgement:
    """A judgement 'training -> muscle strength, manipulated, supports' with the given quotations."""
    fields: dict[str, Any] = {
        "link": "claim",
        "quotes": quotes,
        "rationale": "Training was compared with no training.",
        "cause_measure": "training",
        "cause_match": ConstructMatch.SAME,
        "effect_measure": "muscle strength",
        "effect_match": ConstructMatch.SAME,
        "comparison": Comparison.BETWEEN_GROUPS,
        "design": Design.RCT_PARALLEL,
        "effect": None,
        "dose_response": Reported.NOT_REPORTED,
        "mismatches": (),
        "basis": Basis.MANIPULATED,
        "finding": Finding.SUPPORTS,
    }
    return LinkJudgement(**(fields | changes))


def quote(sentence: int, text: str) -> Quote:
    return Quote(sentence=sentence, text=text)
