"""Every quotation of an analysis, through the gate once, and a book to look it up in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.rules.quotation import relocate_all
from schemas.analysis import Evidence
from schemas.appraisal import AppraisalReply
from schemas.quotation import LocatedQuote, Quote, QuoteKey
from schemas.study import Study


def with_quotations(evidence: Evidence, studies: Mapping[str, Study]) -> Evidence:
    """The evidence with all its quotations located in `studies`; the order is that of the replies."""
    return evidence.model_copy(update={"quotations": relocate_all(all_quotes(evidence), studies)})


def all_quotes(evidence: Evidence) -> Iterator[tuple[str, Quote]]:
    """Each quotation with the id of the study that it is said to stand in."""
    for claim in evidence.other_claims:
        for quote in claim.quotes:
            yield quote.study, quote
    for appraised in evidence.appraisals:
        for quote in appraisal_quotes(appraised.reply):
            yield appraised.study, quote
    for judged in (*evidence.stances, *evidence.judgements, *evidence.second_judgements):
        for quote in judged.judgement.quotes:
            yield judged.study, quote
        if judged.judgement.effect is not None:
            yield judged.study, judged.judgement.effect.quote
    for numbered in evidence.links:
        for quote in numbered.link.quotes:
            yield quote.study, quote


def appraisal_quotes(reply: AppraisalReply) -> Iterator[Quote]:
    """The quotations of an appraisal."""
    stated = (reply.population, reply.funding, reply.conflict_of_interest, reply.site, reply.cohort, reply.dates)
    optional = [*(s.quote for s in stated), *(b.quote for b in reply.bias), reply.registration.quote]
    yield from (q for q in optional if q is not None)
    yield from (c.quote for c in reply.contrasts)
    yield from (n.quote for n in reply.numbers)
    yield from (e.quote for e in reply.effects)


class QuoteBook:
    """Located quotations by what identifies them; one that the gate has never seen counts as not accepted."""

    def __init__(self, evidence: Evidence) -> None:
        self._found = {(q.key.study, q.key.sentence, q.key.text): q for q in evidence.quotations}

    def find(self, study: str, quote: Quote | QuoteKey | None) -> LocatedQuote | None:
        return None if quote is None else self._found.get((study, quote.sentence, quote.text))

    def accepted(self, study: str, quote: Quote | QuoteKey | None) -> LocatedQuote | None:
        """The located quotation if it may carry evidence, else null."""
        found = self.find(study, quote)
        return found if found is not None and found.accepted else None


def key_of(study: str, quote: Quote) -> QuoteKey:
    """What identifies a quotation of `study`."""
    return QuoteKey(study=study, sentence=quote.sentence, text=quote.text)
