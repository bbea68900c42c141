"""From a claim analysis to its page contract: look-ups, joins and wording; no label, score or verdict is made here."""

from __future__ import annotations

from pipeline.publish import balance_view, chain_view, doubts, ladder_view, second_view, study_view
from pipeline.publish.lookup import Lookup
from pipeline.publish.plain import plainly
from pipeline.publish.view import Chip, Origin, Page, Pair, PromptRow, Source, SummaryLine, SummaryView
from pipeline.publish.words import (
    BADGE_LOOK,
    CLAIM_TYPE,
    DIRECTION,
    counted,
    day,
    number,
)
from pipeline.rules.verdict import shown
from schemas.analysis import ClaimAnalysis, Provenance, Usage
from schemas.claim import FramePart
from schemas.settlement import Verdict
from schemas.summary import SummarySentence
from schemas.vocabulary import QuoteFault, VerdictLevel

_NAMELESS = "language-model"
"""What stands for the model where nobody recorded which one it was."""

_EXTENT = {"abstract": "abstract only", "full_text": "full text"}


def page_of(analysis: ClaimAnalysis) -> Page:
    """Everything that is shown of `analysis`, computed once for HTML, Markdown and text. Pure."""
    lookup, settlement = Lookup(analysis), analysis.settlement
    badge = _badge(settlement.verdict)
    beside = doubts.beside(lookup)
    when = day(analysis.provenance.searched_on)
    return Page(
        title=f"{_shortened(lookup.evidence.claim.text, 90)} ({badge.text})",
        description=_shortened(f"{badge.text}: {lookup.evidence.claim.text}", 240),
        claim=lookup.evidence.claim.text,
        claim_type=CLAIM_TYPE[settlement.claim_type],
        version=analysis.version,
        searched_on=analysis.provenance.searched_on,
        searched_words=when,
        searched=len(lookup.evidence.studies),
        badge=badge,
        badge_meaning=balance_view.badge_meaning(lookup),
        basis_sentence=balance_view.basis_sentence(lookup),
        suggested_wording=settlement.verdict.suggested_wording or "",
        scores=balance_view.scores(lookup),
        no_scores="Pro and Against are not settled: parts of this analysis are missing.",
        tally=_tally(lookup),
        reasons=plainly(lookup.named(r) for r in settlement.verdict.reasons),
        pooled=ladder_view.pooled(lookup),
        frame=_frame(lookup),
        summary=_summary(lookup),
        chains=chain_view.chains(lookup),
        no_chain=_without(lookup, "mechanism", "No mechanism was proposed"),
        agreement=second_view.agreement(lookup),
        two_readings=second_view.two_readings(lookup),
        study_lists=study_view.study_lists(lookup),
        overlaps=study_view.overlaps(lookup),
        grade=ladder_view.grade(lookup),
        no_grade=_no_grade(settlement.verdict),
        rungs=ladder_view.rungs(lookup),
        no_ladder=_without(lookup, "ladder", "The ladder of ideal evidence was not filled in"),
        quotes_checked=len(lookup.evidence.quotations),
        quotes_verified=sum(q.accepted or q.fault is QuoteFault.UNSUPPORTIVE for q in lookup.evidence.quotations),
        quotes_beside=len(beside),
        faults=doubts.faults(lookup),
        beside=beside,
        missing=doubts.missing(lookup),
        warnings=plainly(lookup.named(w) for w in settlement.warnings),
        language=doubts.language(lookup),
        notes=doubts.notes(lookup),
        other_claims=tuple(c.text for c in lookup.evidence.other_claims),
        origin=_origin(lookup),
    )


def _badge(verdict: Verdict) -> Chip:
    tone, icon = BADGE_LOOK.get((verdict.level, verdict.side), ("none", "unknown"))
    return Chip(shown(verdict), tone, icon)


def _no_grade(verdict: Verdict) -> str:
    if verdict.level is VerdictLevel.NOT_SETTLED:
        return "Certainty is not settled: parts of this analysis are missing."
    return "Certainty was not rated: no study here has a result that could be rated."


def _tally(lookup: Lookup) -> str:
    balance = lookup.settlement.balance
    if not balance.directions or lookup.settlement.verdict.level is VerdictLevel.NOT_SETTLED:
        return ""
    studies = counted(balance.directions, "independent study", "independent studies")
    point = "points" if balance.positive_directions == 1 else "point"
    return f"{balance.positive_directions} of {studies} {point} in the claimed direction, significant or not."


def _frame(lookup: Lookup) -> tuple[Pair, ...]:
    frame = lookup.evidence.frame
    if frame is None:
        return ()
    return (
        Pair("Who", _part(frame.population)),
        Pair("Cause", _part(frame.cause)),
        Pair("Compared with", _part(frame.comparator)),
        Pair("Effect", _part(frame.effect)),
        Pair("Direction", f"{DIRECTION[frame.direction]} it"),
        Pair("Why this type", frame.type_reason),
    )


def _part(part: FramePart) -> str:
    return part.meaning if part.words else f"{part.meaning} (the claim does not say)"


def _summary(lookup: Lookup) -> SummaryView:
    summary, readability = lookup.evidence.summary, lookup.settlement.readability
    if summary is None:
        return SummaryView("", (), (), "", _without(lookup, "summary", "There is no plain-language summary"))
    facts = {f.id: f.text for f in lookup.settlement.facts}

    def line(sentence: SummarySentence) -> SummaryLine:
        return SummaryLine(sentence.text, tuple(facts.get(i, f"{i}: no such fact") for i in sentence.rests_on))

    words = ""
    if readability is not None:
        words = (
            f"{counted(readability.words, 'word')} in {counted(readability.sentences, 'sentence')}; "
            f"school grade {number(readability.grade_level)} (Flesch-Kincaid)."
        )
    return SummaryView(
        teaser=summary.teaser.text,
        how_it_works=tuple(line(s) for s in summary.how_it_works),
        simple=tuple(line(s) for s in summary.in_simple_terms),
        readability=words,
        missing="",
    )


def _without(lookup: Lookup, stage: str, sentence: str) -> str:
    """What stands where `stage` brought nothing: the sentence and, if it is recorded, the reason."""
    unsettled = lookup.missing(stage)
    return f"{sentence}: {unsettled.reason.rstrip('.')}." if unsettled else f"{sentence}."


def _origin(lookup: Lookup) -> Origin:
    provenance, usage = lookup.analysis.provenance, lookup.analysis.provenance.usage
    return Origin(
        facts=(
            Pair("Version", str(lookup.analysis.version)),
            Pair("Studies searched on", day(provenance.searched_on)),
            Pair("Model asked for", _model(provenance.model_asked)),
            *_models_by_stage(provenance),
            Pair("Models that answered", ", ".join(_model(m) for m in provenance.models_answered) or "none named"),
            Pair("Rules", lookup.settlement.rules_version),
            Pair("mechsyn", provenance.mechsyn_version),
            Pair("Model replies", str(usage.replies)),
            *_tokens(usage),
            *_tokens_by_stage(provenance),
        ),
        prompts=tuple(PromptRow(p.stage, p.version, p.sha256) for p in provenance.prompts),
        sources=tuple(
            Source(s.citation.label, s.file_name, _EXTENT[s.extent], s.sha256) for s in lookup.evidence.studies
        ),
        request_ids=provenance.request_ids,
    )


def _model(name: str) -> str:
    return "a language model (name not recorded)" if name == _NAMELESS else name


def _models_by_stage(provenance: Provenance) -> tuple[Pair, ...]:
    """The stages with a model of their own."""
    own = [f"{s.stage}: {_model(s.model)}" for s in provenance.models_asked if s.model != provenance.model_asked]
    return (Pair("Models of single stages", "; ".join(own)),) if own else ()


def _tokens_by_stage(provenance: Provenance) -> tuple[Pair, ...]:
    """Tokens of the stages whose replies reported any."""
    spent = [
        f"{s.stage} {s.usage.prompt_tokens:,} and {s.usage.completion_tokens:,}"
        for s in provenance.spent
        if s.usage.unreported < s.usage.replies
    ]
    return (Pair("Tokens by stage (read and written)", "; ".join(spent)),) if spent else ()


def _tokens(usage: Usage) -> tuple[Pair, ...]:
    """Tokens as reported; nothing at all where no reply reported any."""
    if usage.unreported >= usage.replies:
        return ()
    tokens = f"{usage.prompt_tokens:,} read ({usage.cached_tokens:,} from cache), {usage.completion_tokens:,} written"
    if usage.unreported:
        tokens += f"; {counted(usage.unreported, 'reply', 'replies')} without usage"
    return (Pair("Tokens", tokens),)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
