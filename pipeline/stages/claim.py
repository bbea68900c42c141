"""Stage claim: frames the given claim, or proposes the testable claims that the studies make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages.stage import Ask, Dossier, Stage
from schemas.analysis import Evidence
from schemas.claim import ClaimReply, FramedClaim, FramePart

PARTS = ("population", "cause", "effect", "comparator")


def _ask(dossier: Dossier) -> Sequence[Ask]:
    claim = dossier.evidence.claim
    return [
        Ask(None, {"claim": claim.text, "claim_type": claim.type.value if claim.type else None, "studies": ()}),
    ]


def proposal(dossier: Dossier) -> Ask:
    """The same question without a claim: which claims do these studies make?"""
    return Ask(None, {"claim": None, "claim_type": None, "studies": dossier.ordered})


def _check(dossier: Dossier, ask: Ask, reply: ClaimReply) -> Sequence[str]:
    given = ask.values["claim"]
    problems: list[str] = []
    if given is not None and len(reply.claims) != 1:
        problems.append(f"one claim was given, {len(reply.claims)} came back")
    for claim in reply.claims:
        problems += _loose_words(claim, given or claim.text)
        problems += [f"{p}.meaning is empty" for p in ("cause", "effect") if not _part(claim, p).meaning.strip()]
    if given is None:
        known = set(dossier.studies)
        problems += [f"no study {q.study!r} was given" for c in reply.claims for q in c.quotes if q.study not in known]
    return problems


def _loose_words(claim: FramedClaim, text: str) -> list[str]:
    folded = " ".join(text.split()).casefold()
    return [
        f"{name}.words {part.words!r} do not stand in the claim"
        for name in PARTS
        if (part := _part(claim, name)).words and " ".join(part.words.split()).casefold() not in folded
    ]


def _part(claim: FramedClaim, name: str) -> FramePart:
    part = getattr(claim, name)
    assert isinstance(part, FramePart)
    return part


def _settle(dossier: Dossier, replies: Mapping[str | None, ClaimReply]) -> Evidence:
    frame = replies[None].claims[0].model_copy(update={"text": dossier.evidence.claim.text, "quotes": ()})
    return dossier.evidence.model_copy(update={"frame": frame})


CLAIM = Stage("claim", (), ClaimReply, _ask, _check, _settle)
