"""The facts from which a summary may be written: what the rules let stand, in sentences made by code.

A study's own words appear only as accepted quotations of studies that measured something; everything else is settled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rules.contrast import spoken
from pipeline.rules.prose import Counts, counts
from pipeline.rules.reviews import is_review
from pipeline.rules.verdict import shown
from schemas.summary import Fact
from schemas.vocabulary import AGAINST, Basis, MechanismStatus, RungStatus, Species, Stance, VerdictLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schemas.ladder import SettledRung
    from schemas.quotation import QuoteKey
    from schemas.settlement import GradeProfile, SettledChain, SettledLink, SettledStudy, Verdict

_MOST_QUOTED = 2
_LONGEST_QUOTED = 320
_SPECIES = {
    Species.HUMAN: "people",
    Species.ANIMAL: "animals",
    Species.CELLS: "cell cultures",
    Species.COMPUTER_MODEL: "computer models",
    Species.UNCLEAR: "subjects",
}
_GLOSS = {
    VerdictLevel.STRONG: "the evidence points this way and is sound",
    VerdictLevel.MODERATE: "the evidence points this way, with some weaknesses",
    VerdictLevel.LIMITED: "the evidence points this way, but it is limited",
    VerdictLevel.PRELIMINARY: "the evidence points this way, but it is too little or too weak to rely on",
    VerdictLevel.CONTESTED: "the evidence points both ways",
    VerdictLevel.INCONCLUSIVE: "what there is decides nothing",
    VerdictLevel.NO_EVIDENCE: "no study measured it",
    VerdictLevel.NOT_SETTLED: "parts of the analysis are missing",
}
_STUDIES = ("study", "studies")
_REVIEWS = ("review", "reviews")
_STANCE = {
    Stance.SUPPORTS: "its result points the way the claim says",
    Stance.CONTRADICTS: "its result points the other way",
    Stance.NULL_INFORMATIVE: "it found no difference, precisely enough to exclude one that would matter",
    Stance.NULL_UNINFORMATIVE: "it found no difference, but too imprecisely to exclude one",
    Stance.MIXED: "its own results point both ways",
    Stance.UNCLEAR: "which way its result points is unclear",
}
_BASIS = {
    Basis.MANIPULATED: "it compared groups with and without the cause",
    Basis.CO_MEASURED: "it saw both together, which does not show cause",
    Basis.END_ONLY: "it measured one end only, or an indirect sign of it",
}


def build_facts(
    studies: Sequence[SettledStudy],
    name: Callable[[str], str],
    located: Callable[[QuoteKey], str],
    verdict: Verdict,
    grade: GradeProfile | None,
    chain: SettledChain | None,
    steps: Sequence[tuple[str, SettledLink]],
    rungs: Sequence[SettledRung],
) -> tuple[Fact, ...]:
    """Numbered facts F1, F2 ... `name` labels a study, `located` gives the source's words of a quotation ("" if not
    accepted), `steps` are the best chain's statements with their settled links."""
    texts = [_overview(studies), f"By the rules the verdict is: {shown(verdict)} ({_GLOSS[verdict.level]})."]
    texts.append(
        _certainty(grade, [name(s.study) for s in studies if grade and s.cluster in grade.rated and s.counted])
    )
    measured = [s for s in studies if _eligible(s)]
    texts += [_of_study(s, name, located) for s in measured]
    silent = [name(s.study) for s in studies if not _eligible(s) and not s.retracted]
    if silent:
        texts.append(f"Read, but without a measurement of their own that bears on the claim: {'; '.join(silent)}.")
    texts += [f"{name(s.study)} is retracted and counts for nothing." for s in studies if s.retracted]
    if not any(s.judgement.stance in AGAINST for s in measured):
        texts.append(f"{_read(studies)}; none found a clear result against the claim.")
    if chain is not None:
        kind = "Proposed mechanism" if chain.status is MechanismStatus.SPECULATIVE else "Most probable mechanism"
        texts += [
            f"{kind}, step {number} of {len(steps)}: {statement.rstrip('.')}. How far it is tested: {link.shown}."
            for number, (statement, link) in enumerate(steps, 1)
        ]
    missing = next((r for r in rungs if r.status is not RungStatus.EXISTS), None)
    if missing is not None:
        lacking = "is missing" if missing.status is RungStatus.MISSING else "exists only in part"
        texts.append(f"The strongest kind of study that would settle the claim {lacking}: {missing.title}.")
    return tuple(Fact(id=f"F{number}", text=text) for number, text in enumerate(texts, 1))


def _eligible(s: SettledStudy) -> bool:
    return not s.retracted and s.judgement.basis.rank >= Basis.END_ONLY.rank


def _overview(studies: Sequence[SettledStudy]) -> str:
    found = counts(studies)
    if not found.studies:
        return f"{_read(studies)}; none measured something that bears on the claim."
    kind = _STUDIES if any(_eligible(s) and not is_review(s.judgement) for s in studies) else _REVIEWS
    counted = f"{found.studies} independent {kind[found.studies != 1]}"
    text = f"{counted} measured something that bears on the claim, {_who(found)}."
    if found.reviews:
        text += f" {found.reviews} {_REVIEWS[found.reviews != 1]} of such studies measured it as well."
    return f"{text} {_read(studies)} in all."


def _who(found: Counts) -> str:
    species = " and ".join(sorted(_SPECIES[s] for s in found.species))
    if found.participants is None:
        return f"in {species}, how many is not known"
    unknown = f" (numbers are not known for {found.unknown} of them)" if found.unknown else ""
    return f"with {_people(found.participants, species)} in all{unknown}"


def _people(number: int, species: str) -> str:
    return "1 person" if number == 1 and species == "people" else f"{number:,} {species}"


def _read(studies: Sequence[SettledStudy]) -> str:
    return "1 study was read" if len(studies) == 1 else f"{len(studies)} studies were read"


def _differs(s: SettledStudy) -> str:
    """In what the study differs from the claim, so that nobody tells its result as one about the claim's own people."""
    parts = [m.value.replace("_", " ") for m in s.judgement.mismatches]
    return f"; it differs from the claim in {' and '.join(parts)}" if parts else ""


def _certainty(grade: GradeProfile | None, rated: Sequence[str]) -> str:
    if grade is None:
        return "There is no body of evidence whose certainty could be rated."
    down = [d.reason.rstrip(".") for d in grade.domains if d.change < 0]
    because = f" It was rated down because: {'; '.join(down)}." if down else ""
    of = f", rated on {' and '.join(rated)}" if rated else ""
    return f"Certainty of the evidence (GRADE): {grade.certainty.name.lower().replace('_', ' ')}{of}.{because}"


def _of_study(s: SettledStudy, name: Callable[[str], str], located: Callable[[QuoteKey], str]) -> str:
    who = "number not known" if s.participants is None else _people(s.participants, _SPECIES[s.species])
    said = [words for key in s.judgement.quotes if (words := located(key))][:_MOST_QUOTED]
    quoted = " ".join(f"“{w[:_LONGEST_QUOTED]}”" for w in said)
    return (
        f"{name(s.study)} ({spoken(s.judgement.design)}, {who}): {_BASIS[s.judgement.basis]}; "
        f"{_STANCE[s.judgement.stance]}{_differs(s)}. Its words: {quoted}"
    )
