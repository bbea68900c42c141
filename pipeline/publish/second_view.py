"""How far two verifiers agreed, in one sentence, and every judgement that they read differently, with both readings."""

from __future__ import annotations

from pipeline.publish.lookup import Lookup
from pipeline.publish.view import Pair, TwoReadings
from pipeline.publish.words import BASIS, STANCE, capital, counted, number
from schemas.analysis import StudyJudgement
from schemas.settlement import Disagreement, Reading
from schemas.vocabulary import Basis


def agreement(lookup: Lookup) -> str:
    """'Two verifiers agreed on 17 of 20 judgements ...'; empty where nothing was judged twice."""
    found = lookup.settlement.agreement
    if found is None:
        return ""
    kappa = "undefined: one basis throughout" if found.kappa is None else number(found.kappa)
    kept = "; where they differed, the lower was kept" if found.differing else ""
    judged = counted(found.judged, "judgement")
    return f"Two verifiers agreed on {found.same} of {judged} (kappa for the basis: {kappa}){kept}."


def two_readings(lookup: Lookup) -> tuple[TwoReadings, ...]:
    """The judgements that differ, in the order of the settlement: by step, then by study."""
    found = lookup.settlement.agreement
    return tuple(_differing(lookup, d) for d in found.differing) if found else ()


def _differing(lookup: Lookup, d: Disagreement) -> TwoReadings:
    evidence = lookup.evidence
    sides = (
        ("first", "First verifier", d.first, evidence.judgements),
        ("second", "Second verifier", d.second, evidence.second_judgements),
    )
    return TwoReadings(
        study=lookup.label(d.study),
        step=lookup.step(d.link),
        readings=tuple(
            Pair(f"{who} (kept)" if side == d.kept else who, _said(reading, _rationale(judged, d)))
            for side, who, reading, judged in sides
        ),
    )


def _rationale(judged: tuple[StudyJudgement, ...], d: Disagreement) -> str:
    own = (j.judgement.rationale for j in judged if (j.study, j.judgement.link) == (d.study, d.link))
    return next(own, "")


def _said(reading: Reading, rationale: str) -> str:
    stance = f"; {STANCE[reading.stance]}" if reading.basis.rank >= Basis.END_ONLY.rank else ""
    return f"{capital(BASIS[reading.basis])}{stance}. {rationale}"
