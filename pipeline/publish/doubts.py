"""What could not be verified: faulty and idle quotations, missing parts, language findings and notes on sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from pydantic import BaseModel

from pipeline.publish.lookup import Lookup
from pipeline.publish.view import FaultyQuotation, Language, Missing, Note
from pipeline.publish.words import FAULT, MATCH, NOTE, PUBLICATION, STAGE, UNNAMED_FAULT, listed, place
from schemas.quotation import LocatedQuote, Quote, QuoteKey, StudyQuote
from schemas.vocabulary import MatchGrade, PublicationStatus, QuoteFault

_ORDER = {fault: rank for rank, fault in enumerate(QuoteFault)}


def faults(lookup: Lookup) -> tuple[FaultyQuotation, ...]:
    """Every quotation that was not accepted for what it says or where it stands, worst fault first."""
    uses = _uses(lookup)
    faulty = [
        (q, uses.get(q.key, []))
        for q in lookup.evidence.quotations
        if not q.accepted and q.fault is not QuoteFault.UNSUPPORTIVE
    ]
    return tuple(_faulty(lookup, quote, used_for) for quote, used_for in sorted(faulty, key=_gravest))


def beside(lookup: Lookup) -> tuple[FaultyQuotation, ...]:
    """Every quotation that stands in its study, though a blind reading found no bearing on the step it was put for."""
    uses, found = _uses(lookup), list[tuple[LocatedQuote, list[str]]]()
    for quote in lookup.evidence.quotations:
        if quote.fault is QuoteFault.UNSUPPORTIVE:
            found.append((quote, uses.get(quote.key, [])))
        elif quote.accepted and (links := lookup.unsupportive.get(quote.key)):
            unsupportive = quote.model_copy(update={"fault": QuoteFault.UNSUPPORTIVE})
            found.append((unsupportive, [f"the proposal of {lookup.step(i)}" for i in links]))
    return tuple(_faulty(lookup, quote, used_for) for quote, used_for in sorted(found, key=_gravest))


def _gravest(entry: tuple[LocatedQuote, list[str]]) -> tuple[int, str, int, str]:
    quote = entry[0]
    return (_ORDER[quote.fault] if quote.fault else len(_ORDER), quote.key.study, quote.key.sentence, quote.key.text)


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
        if note.kind != "retelling"
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

    def note(study: str, source: object, use: str) -> None:
        for quote in _quotes_in(source):
            named = quote.study if isinstance(quote, StudyQuote) else study
            key = QuoteKey(study=named, sentence=quote.sentence, text=quote.text)
            if use not in uses.setdefault(key, []):
                uses[key].append(use)

    note("", evidence.frame, "the claim itself")
    for other in evidence.other_claims:
        note("", other, "another claim")
    for appraisal in evidence.appraisals:
        note(appraisal.study, appraisal.reply, "the appraisal of the study")
    for stance in evidence.stances:
        note(stance.study, stance.judgement, "what the study says of the claim")
    for link in evidence.links:
        note("", link.link, f"the proposal of {lookup.step(link.id)}")
    for judgement in evidence.judgements:
        note(judgement.study, judgement.judgement, f"the check of {lookup.step(judgement.judgement.link)}")
    for judgement in evidence.second_judgements:
        note(judgement.study, judgement.judgement, f"the second check of {lookup.step(judgement.judgement.link)}")
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
