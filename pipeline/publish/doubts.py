"""What could not be verified: faulty quotations first, then missing parts, language findings and notes on sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel

from pipeline.publish.lookup import Lookup
from pipeline.publish.view import FaultyQuotation, Language, Missing, Note
from pipeline.publish.words import FAULT, MATCH, NOTE, PUBLICATION, STAGE, UNNAMED_FAULT, counted, listed, place
from schemas.quotation import LocatedQuote, Quote, QuoteKey, StudyQuote
from schemas.vocabulary import MatchGrade, PublicationStatus, QuoteFault

_ORDER = {fault: rank for rank, fault in enumerate(QuoteFault)}


def quotes_sentence(lookup: Lookup) -> str:
    """'38 of 41 quotations stand word for word where the model said': found and checked, always both."""
    quotes = lookup.evidence.quotations
    if not quotes:
        return "This analysis holds no quotation."
    accepted = sum(q.accepted for q in quotes)
    stands = "stands" if accepted == 1 else "stand"
    return f"{accepted} of {counted(len(quotes), 'quotation')} {stands} word for word where the model said."


def faults(lookup: Lookup) -> tuple[FaultyQuotation, ...]:
    """Every quotation that was not accepted, worst fault first; none is left out."""
    uses = _uses(lookup)
    faulty = [q for q in lookup.evidence.quotations if not q.accepted]
    faulty.sort(key=lambda q: (_ORDER[q.fault] if q.fault else len(_ORDER), q.key.study, q.key.sentence, q.key.text))
    return tuple(_faulty(lookup, q, uses.get(q.key, [])) for q in faulty)


def _faulty(lookup: Lookup, quote: LocatedQuote, uses: list[str]) -> FaultyQuotation:
    name, meaning = FAULT[quote.fault] if quote.fault else UNNAMED_FAULT
    elsewhere = quote.found_in is not None and quote.found_in != quote.key.study
    verbatim = quote.match in {MatchGrade.EXACT, MatchGrade.REFORMATTED}
    return FaultyQuotation(
        fault=name,
        meaning=meaning,
        study=lookup.label(quote.key.study),
        found_in=lookup.label(quote.found_in) if elsewhere and quote.found_in else "",
        said=quote.key.text,
        nearest="" if verbatim else quote.located or "",
        place=place(quote),
        match=MATCH[quote.match],
        differences=quote.differences,
        used_for=listed(uses),
    )


def missing(lookup: Lookup) -> tuple[Missing, ...]:
    """Every part that is unsettled, in the order recorded."""
    return tuple(
        Missing(
            what=STAGE.get(u.stage, u.stage),
            study=lookup.label(u.study) if u.study else "",
            reason=u.reason,
        )
        for u in lookup.analysis.unsettled
    )


def language(lookup: Lookup) -> tuple[Language, ...]:
    return tuple(Language(where=f.where, sentence=f.sentence, problem=f.problem) for f in lookup.settlement.language)


def notes(lookup: Lookup) -> tuple[Note, ...]:
    """What was noticed about the sources: hidden text and instructions first, publication status last."""
    hostile = ("hidden_text", "instruction_like_text")
    found = [
        (note.kind not in hostile, Note(NOTE[note.kind], s.citation.label, note.message, note.excerpt, note.page))
        for s in lookup.evidence.studies
        for note in s.notes
    ]
    found.sort(key=lambda pair: pair[0])
    status = tuple(
        Note("Publication status", s.citation.label, f"{PUBLICATION[s.status]}.", "", None)
        for s in lookup.evidence.studies
        if s.status is not PublicationStatus.PUBLISHED
    )
    return tuple(note for _, note in found) + status


def _uses(lookup: Lookup) -> dict[QuoteKey, list[str]]:
    """For what each quotation was put forward, in words."""
    evidence, uses = lookup.evidence, dict[QuoteKey, list[str]]()

    def note(study: str | None, source: object, use: str) -> None:
        for quote in _quotes_in(source):
            named = quote.study if isinstance(quote, StudyQuote) else study
            if named is not None:
                key = QuoteKey(study=named, sentence=quote.sentence, text=quote.text)
                if use not in uses.setdefault(key, []):
                    uses[key].append(use)

    note(None, evidence.frame, "the claim itself")
    for other in evidence.other_claims:
        note(None, other, "another claim")
    for appraisal in evidence.appraisals:
        note(appraisal.study, appraisal.reply, "the appraisal of the study")
    for stance in evidence.stances:
        note(stance.study, stance.judgement, "what the study says of the claim")
    for link in evidence.links:
        note(None, link.link, f"the proposal of link {link.id}")
    for judgement in evidence.judgements:
        note(judgement.study, judgement.judgement, f"the check of link {judgement.judgement.link}")
    return uses


def _quotes_in(value: object) -> Iterator[Quote]:
    if isinstance(value, Quote):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _quotes_in(getattr(value, name))
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _quotes_in(item)
