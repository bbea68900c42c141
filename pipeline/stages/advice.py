"""What is wrong with a reply's quotations, in words that help a model to mend it.

Advice is given once: the question is asked again with it, and the second reply is taken as it is, for the rules to
settle. It applies the rules' own gates and adds none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.rules.basis import Quoted, settle_basis
from pipeline.rules.quotation import locate
from schemas.mechanism import LinkJudgement
from schemas.study import Study
from schemas.vocabulary import Basis

MOST_ADVICE = 8
_REMEDIES = {
    "no result quotation names the effect measured": "effect_measure must be words that stand in a quotation with role"
    " result; quote the sentence that reports this very outcome, or name the outcome as that sentence does",
    "no quotation names the cause": "cause_measure must be words that stand in a quotation with role result or method",
    "no result quotation compares groups": "quote the sentence that sets the groups against each other",
}


def on_judgement(judgement: LinkJudgement, study: Study, corpus: Mapping[str, Study]) -> Sequence[str]:
    """What keeps the quotations of a judgement from carrying its proposed basis, where other quotations could.

    What the model itself says of the match of constructs is left alone: nobody should be asked to think again about
    whether a proxy is the thing itself.
    """
    if not judgement.quotes:
        return ()
    quoted = tuple(Quoted(q, locate(q, study, corpus)) for q in judgement.quotes)
    advice = [_refused(q) for q in quoted if not q.located.accepted]
    basis, reasons = settle_basis(judgement, quoted, judgement.design, Basis.MANIPULATED, "")
    mendable = [r for r in reasons if r in _REMEDIES]
    if basis.rank < judgement.basis.rank and mendable:
        why = "; ".join(f"{r} ({_REMEDIES[r]})" for r in mendable)
        advice.append(
            f"{judgement.link}: the quotations do not carry the basis {judgement.basis.value!r}: {why}."
            " Mend it, or choose the basis that they carry"
        )
    return advice


def _refused(q: Quoted) -> str:
    why = "; ".join(q.located.differences) or "it stands nowhere in the study"
    return f"the quotation {q.proposed.text[:80]!r} is not accepted: {why}"
