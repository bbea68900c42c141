"""Studies as cards, on the side where the rules put them, with their weight explained factor by factor."""

from __future__ import annotations

from pipeline.publish.balance_view import none_found
from pipeline.publish.identifiers import links
from pipeline.publish.lookup import Lookup
from pipeline.publish.plain import plainly
from pipeline.publish.results import FROM_TABLE, effect_words
from pipeline.publish.view import Chip, Factor, Pair, StudyCard, StudyList
from pipeline.publish.words import (
    BASIS,
    BIAS,
    BIAS_DOMAIN,
    DESIGN,
    MISMATCH,
    NOTE,
    PUBLICATION,
    SPECIES,
    STANCE,
    capital,
    listed,
    number,
)
from schemas.analysis import StudyRecord
from schemas.settlement import SettledJudgement, SettledStudy, StudyWeight
from schemas.study import Citation
from schemas.vocabulary import Basis, PublicationStatus, Species, Stance

NOT_JUDGED = Chip("Not judged", "none", "unknown")
_FACTORS = (
    ("design", "How well does the design answer this type of claim?"),
    ("bias", "How far can bias be excluded?"),
    ("precision", "Were enough people studied?"),
    ("directness", "Are people, treatment and outcome those of the claim?"),
    ("basis", "Was the cause tested, seen together with the effect, or only one of them measured?"),
    ("integrity", "Is it registered, not retracted, and do its numbers fit together?"),
)
_STANCE_CHIP = {
    Stance.SUPPORTS: ("for", "tested-one"),
    Stance.CONTRADICTS: ("against", "contradicted"),
    Stance.NULL_INFORMATIVE: ("against", "contradicted"),
    Stance.NULL_UNINFORMATIVE: ("none", "none"),
    Stance.MIXED: ("mixed", "contested"),
    Stance.UNCLEAR: ("none", "unknown"),
}
_FLAGGED = ("hidden_text", "instruction_like_text", "no_results", "not_english")


def study_lists(lookup: Lookup) -> tuple[StudyList, ...]:
    """Supporting, contradicting, mixed, on neither side, and not judged; empty lists only where emptiness is news."""
    by_side = {side: _cards(lookup, side) for side in ("support", "against", "both", "neither")}
    none = capital(none_found(lookup)) + "."
    unjudged = tuple(_unjudged(r) for r in lookup.evidence.studies if r.id in lookup.unjudged)
    lists = (
        StudyList("supporting", "Supporting", by_side["support"], none),
        StudyList("contradicting", "Contradicting", by_side["against"], none),
        StudyList("mixed", "Mixed: half of the weight on each side", by_side["both"], ""),
        StudyList("neither", "On neither side", by_side["neither"], "None."),
        StudyList("not-judged", "Not judged", unjudged, ""),
    )
    return tuple(entry for entry in lists if entry.studies or entry.none)


def overlaps(lookup: Lookup) -> tuple[str, ...]:
    """Reports counted as one study, and pairs that may overlap, with what says so."""
    merged = [
        f"{listed([lookup.label(s) for s in c.studies])} count as one study"
        + (f": {'; '.join(c.reasons)}." if c.reasons else ".")
        for c in lookup.settlement.clusters
        if len(c.studies) > 1
    ]
    possible = [
        f"{listed([lookup.label(s) for s in o.studies])} may report on the same people "
        f"({', '.join(o.cues)}); counted once."
        for o in lookup.settlement.overlaps
    ]
    return (*merged, *possible)


def _heaviest(study: SettledStudy) -> tuple[float, str]:
    return (-study.weight.weight, study.study)


def _cards(lookup: Lookup, side: str) -> tuple[StudyCard, ...]:
    judged = lookup.records.keys() - lookup.unjudged
    found = [s for s in lookup.settlement.studies if s.side == side and s.study in judged]
    return tuple(_card(lookup, s) for s in sorted(found, key=_heaviest))


def _stance(judgement: SettledJudgement) -> str:
    if judgement.basis is Basis.NOT_ADDRESSED:
        return "Does not address the claim"
    return capital(STANCE[judgement.stance])


def _card(lookup: Lookup, study: SettledStudy) -> StudyCard:
    record, judgement = lookup.records[study.study], study.judgement
    aside = judgement.basis is Basis.NOT_ADDRESSED
    tone, icon = _STANCE_CHIP[judgement.stance] if study.side != "neither" else ("none", "none")
    return StudyCard(
        anchor=lookup.anchor(study.study),
        label=record.citation.label,
        title=record.citation.title or "",
        published=published(record.citation),
        links=links(record.citation),
        stance=Chip(_stance(judgement), tone, icon),
        basis="" if aside else BASIS[judgement.basis],
        score=study.weight.score,
        counted=study.counted,
        flags=_flags(record, study),
        facts=() if aside else _facts(study),
        rationale=judgement.rationale,
        reasons=() if aside else plainly(judgement.reasons),
        factors=() if aside else _factors(study.weight),
        formula="" if aside else formula(study.weight),
        weight_reasons=() if aside else plainly(study.weight.reasons),
        bias=() if aside else tuple(Pair(capital(BIAS_DOMAIN[d]), BIAS[j]) for d, j in study.bias.domains),
        bias_reasons=() if aside else plainly(study.bias.reasons),
        quotations=() if aside else lookup.quotations(judgement.quotes),
        retelling=_retelling(record),
        aside=aside,
    )


def _unjudged(record: StudyRecord) -> StudyCard:
    return StudyCard(
        anchor=f"study-{record.id}",
        label=record.citation.label,
        title=record.citation.title or "",
        published=published(record.citation),
        links=links(record.citation),
        stance=NOT_JUDGED,
        basis="",
        score=0,
        counted=False,
        flags=_record_flags(record),
        facts=(),
        rationale="",
        reasons=(),
        factors=(),
        formula="",
        weight_reasons=(),
        bias=(),
        bias_reasons=(),
        quotations=(),
        retelling=_retelling(record),
    )


def _factors(weight: StudyWeight) -> tuple[Factor, ...]:
    return tuple(Factor(name, number(getattr(weight, name)), asks) for name, asks in _FACTORS)


def _retelling(record: StudyRecord) -> str:
    """Whose words the text is in, where it is not the authors': on every card, because all quotations depend on it."""
    return " ".join(n.message for n in record.notes if n.kind == "retelling")


def formula(weight: StudyWeight) -> str:
    """'design 0.8 x bias 0.7 x ... = 0.052' with multiplication signs (method.md C)."""
    factors = " × ".join(f"{name} {number(getattr(weight, name))}" for name, _ in _FACTORS)
    return f"{factors} = {number(weight.weight)}"


def published(citation: Citation) -> str:
    """'Eur J Appl Physiol 2021; 121(8): 2305-2321': as much as is known."""
    source = " ".join(str(part) for part in (citation.container_title, citation.year) if part)
    issue = f"({citation.issue})" if citation.issue else ""
    where = ": ".join(part for part in (f"{citation.volume or ''}{issue}", citation.page or "") if part)
    return "; ".join(part for part in (source, where) if part)


def _facts(study: SettledStudy) -> tuple[Pair, ...]:
    judgement = study.judgement
    facts = [
        Pair("Design for this claim", DESIGN[judgement.design]),
        Pair("What was measured", BASIS[judgement.basis]),
        Pair(
            "Participants" if study.species in {Species.HUMAN, Species.UNCLEAR} else "Sample",
            _participants(study),
        ),
        Pair("Studied in", SPECIES[study.species]),
        Pair("Risk of bias", BIAS[study.bias.overall]),
        Pair("Registered before it began", "yes" if study.preregistered else "not shown"),
    ]
    if judgement.effect is not None:
        facts.append(Pair("Result", effect_words(judgement.effect)))
    if judgement.mismatches:
        facts.append(Pair("Differs from the claim in", listed([MISMATCH[m] for m in judgement.mismatches])))
    return tuple(facts)


def _participants(study: SettledStudy) -> str:
    if study.participants is None:
        return "not found in a quotation"
    return f"{study.participants:,} {FROM_TABLE}" if study.participants_from_table else f"{study.participants:,}"


def _record_flags(record: StudyRecord) -> tuple[str, ...]:
    status = (PUBLICATION[record.status],) if record.status is not PublicationStatus.PUBLISHED else ()
    return status + tuple(dict.fromkeys(NOTE[n.kind] for n in record.notes if n.kind in _FLAGGED))


def _flags(record: StudyRecord, study: SettledStudy) -> tuple[str, ...]:
    flags = list(_record_flags(record))
    if study.retracted and record.status is not PublicationStatus.RETRACTED:
        flags.append(PUBLICATION[PublicationStatus.RETRACTED])
    if study.decision_error:
        flags.append(f"A reported number does not fit: {study.decision_error}")
    if not study.counted and not study.retracted:
        flags.append("Not counted a second time: reports the same study as another in this list")
    return tuple(flags)
