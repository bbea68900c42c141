"""Risk of bias of one study from the domains that a model judged, each tied to a quotation.

Overall is the worst domain (RoB 2, Sterne 2019, BMJ 366:l4898); what is unreported, and everything read from an
abstract alone, is at best "some concerns" (method.md C). Four or more domains with concerns that a quotation carries
make "high" (RoB 2's "several"; the number is our choice); concerns for want of reporting never add up to "high".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.settlement import SettledBias
from schemas.vocabulary import BiasDomain, BiasJudgement

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.appraisal import AppraisalReply, BiasItem
    from schemas.quotation import Quote

_ORDER = (BiasJudgement.LOW, BiasJudgement.SOME_CONCERNS, BiasJudgement.HIGH, BiasJudgement.CRITICAL)
SEVERAL = 4
HIGH_RISK = frozenset({BiasJudgement.HIGH, BiasJudgement.CRITICAL})


def settle_bias(appraisal: AppraisalReply | None, extent: str, accepted: Callable[[Quote | None], bool]) -> SettledBias:
    """Overall risk of bias; `accepted` tells whether a quotation passed the gate, `extent` what text was read."""
    items: dict[BiasDomain, BiasItem] = {}
    for item in appraisal.bias if appraisal else ():
        # Two judgements of one domain: the worse is kept (Hartling 2009: raters agree poorly).
        if item.domain not in items or _rank(item.judgement) > _rank(items[item.domain].judgement):
            items[item.domain] = item
    domains: list[tuple[BiasDomain, BiasJudgement]] = []
    reasons: list[str] = []
    carried = 0
    for domain in BiasDomain:
        judgement, reason = _settle_domain(items.get(domain), accepted)
        carried += judgement is BiasJudgement.SOME_CONCERNS and not reason
        domains.append((domain, judgement))
        if reason:
            reasons.append(f"{spoken(domain)}: {reason}")
    overall = max((j for _, j in domains), key=_rank)
    if carried >= SEVERAL and overall is BiasJudgement.SOME_CONCERNS:
        overall = BiasJudgement.HIGH
        reasons.append(f"{carried} domains raise concerns that the text shows")
    if overall is BiasJudgement.LOW and extent == "abstract":
        overall = BiasJudgement.SOME_CONCERNS
        reasons.append("only an abstract or short report was read")
    return SettledBias(overall=overall, domains=tuple(domains), reasons=tuple(reasons))


def _settle_domain(item: BiasItem | None, accepted: Callable[[Quote | None], bool]) -> tuple[BiasJudgement, str]:
    if item is None or item.judgement is BiasJudgement.NOT_REPORTED:
        return BiasJudgement.SOME_CONCERNS, "not reported"
    if item.judgement is BiasJudgement.LOW and not accepted(item.quote):
        return BiasJudgement.SOME_CONCERNS, "called low without a quotation that shows it"
    if not accepted(item.quote):
        return BiasJudgement.SOME_CONCERNS, f"called {item.judgement.value.replace('_', ' ')} without a quotation"
    return item.judgement, ""


def _rank(judgement: BiasJudgement) -> int:
    return _ORDER.index(judgement) if judgement in _ORDER else _ORDER.index(BiasJudgement.SOME_CONCERNS)


def spoken(domain: BiasDomain) -> str:
    """A bias domain in words for a reader."""
    return domain.value.replace("_", " ")
