"""One study's judgement of one link, or of the claim, through basis gate, design and stance rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from pipeline.rules import contrast, numbers, stance, statcheck
from pipeline.rules.basis import Quoted, result_quotes, settle_basis
from pipeline.rules.bias import HIGH_RISK, settle_bias
from pipeline.rules.study_weight import DESIGN_WEIGHT, evidence_level
from pipeline.settlement.quoting import QuoteBook, appraisal_quotes, key_of
from schemas.analysis import StudyRecord
from schemas.appraisal import AppraisalReply, NumberRole, ReportedEffect
from schemas.mechanism import LinkJudgement
from schemas.quotation import LocatedQuote, Quote
from schemas.settlement import ReadEffect, ReadNumber, SettledBias, SettledJudgement
from schemas.vocabulary import (
    NO_FINDINGS,
    Basis,
    ClaimType,
    Direction,
    DocumentKind,
    PublicationStatus,
    Reported,
    SectionKind,
)

_REGISTERED = re.compile(r"regist|\bNCT\d|ISRCTN|ACTRN|PROSPERO|EudraCT", re.IGNORECASE)


@dataclass(frozen=True)
class Appraised:
    """A study with its appraisal (null when that is missing), its cluster, and where its quotations stand."""

    record: StudyRecord
    reply: AppraisalReply | None
    book: QuoteBook

    @cached_property
    def bias(self) -> SettledBias:
        return settle_bias(self.reply, self.record.extent, lambda q: self.accepted(q) is not None)

    @cached_property
    def document(self) -> DocumentKind:
        """What the reader of the file recognised stands before what the model thinks it is."""
        if self.record.document is not None:
            return self.record.document
        return self.reply.document if self.reply else DocumentKind.OTHER

    @cached_property
    def retracted(self) -> bool:
        return self.record.status is PublicationStatus.RETRACTED or self.document is DocumentKind.RETRACTION_NOTICE

    @property
    def preregistered(self) -> bool:
        """Only with a quotation that says so (method.md C, factor G)."""
        registration = self.reply.registration if self.reply else None
        if registration is None or registration.before_enrolment is not Reported.YES:
            return False
        located = self.accepted(registration.quote)
        return located is not None and bool(_REGISTERED.search(located.context or ""))

    @cached_property
    def ceiling(self) -> tuple[Basis, str]:
        """The best basis that the document can carry at all, and why not more."""
        if self.document in NO_FINDINGS:
            return Basis.ASSERTED, f"a {self.document.value.replace('_', ' ')} reports no results"
        if any(n.kind == "not_english" for n in self.record.notes):
            return Basis.ASSERTED, "the text is not in English: its hedges and negations cannot be checked"
        if self.document is DocumentKind.NARRATIVE_REVIEW:
            return Basis.CITED, "a narrative review reports other people's results"
        return Basis.MANIPULATED, ""

    @cached_property
    def participants(self) -> ReadNumber | None:
        """Analysed before randomised (method.md 8: prefer the analysed n, with its quotation)."""
        for role in (NumberRole.TOTAL_ANALYSED, NumberRole.TOTAL_RANDOMISED):
            for item in self.reply.numbers if self.reply else ():
                located = self.accepted(item.quote)
                if item.role is not role or located is None:
                    continue
                value = numbers.read_number(item.value, located.located or "")
                if value is not None and value >= 1 and value == int(value):
                    return ReadNumber(
                        value=value,
                        quote=key_of(self.record.id, item.quote),
                        from_table=located.section is SectionKind.TABLE,
                    )
        return None

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The whole sentences around the accepted quotations of the appraisal."""
        found = [self.accepted(q) for q in appraisal_quotes(self.reply)] if self.reply else []
        return tuple(f.context or "" for f in found if f is not None)

    @cached_property
    def reported(self) -> tuple[tuple[LocatedQuote, ReportedEffect, ReadEffect | None], ...]:
        """Reported effects whose quotations stand, with what code read from them."""
        items = self.reply.effects if self.reply else ()
        stand = ((self.accepted(item.quote), item) for item in items)
        return tuple((q, item, numbers.read_effect(item, q)) for q, item in stand if q is not None)

    def accepted(self, quote: Quote | None) -> LocatedQuote | None:
        return self.book.accepted(self.record.id, quote)


def settle_judgement(
    appraised: Appraised, judgement: LinkJudgement, cluster: str, direction: Direction, claim_type: ClaimType
) -> SettledJudgement:
    """Basis, design, stance and effect of one judgement as far as quotations carry them."""
    study = appraised.record.id
    quoted = tuple(Quoted(q, found) for q in judgement.quotes if (found := appraised.book.find(study, q)) is not None)
    design, design_reasons = contrast.settle_design(
        judgement,
        appraised.reply,
        chain((q.sentence for q in quoted if q.located.accepted), appraised.sentences),
        lambda d: DESIGN_WEIGHT[evidence_level(claim_type, d)],
    )
    basis, basis_reasons = settle_basis(judgement, quoted, design, *appraised.ceiling)
    effect = _effect(appraised, judgement)
    results = result_quotes(quoted)
    standing, stance_reasons = stance.settle_stance(judgement.finding, direction, basis, effect, results)
    reasons = () if basis is Basis.NOT_ADDRESSED else (*design_reasons, *basis_reasons, *stance_reasons)
    return SettledJudgement(
        study=study,
        cluster=cluster,
        link=judgement.link,
        proposed_basis=judgement.basis,
        basis=basis,
        finding=judgement.finding,
        stance=standing,
        design=design,
        species=contrast.settle_species(appraised.reply, design),
        high_risk=appraised.bias.overall in HIGH_RISK,
        mismatches=tuple(dict.fromkeys(judgement.mismatches)),
        effect=effect,
        reasons=reasons if basis is not Basis.NOT_ADDRESSED else basis_reasons,
        quotes=tuple(dict.fromkeys(q.located.key for q in (*results, *quoted))),
        rationale=judgement.rationale,
    )


def _effect(appraised: Appraised, judgement: LinkJudgement) -> ReadEffect | None:
    if judgement.effect is None:
        return None
    located = appraised.accepted(judgement.effect.quote)
    return None if located is None else numbers.read_effect(judgement.effect, located)


def decision_error(appraised: Appraised) -> str | None:
    """The first number of a study that contradicts itself across .05 (method.md 8), in words; null when none does."""
    for located, _, effect in appraised.reported:
        flags = [f for f in statcheck.check_statistics(located.located or "") if f.decision_error]
        if flags:
            return flags[0].problem
        if effect is not None and (problem := statcheck.wording_number_mismatch(located.context or "", effect)):
            return problem
    return None


def numeric_flags(appraised: Appraised) -> tuple[str, ...]:
    """Numbers of a study that do not fit each other, as sentences: flags for a person, never accusations."""
    found: list[str] = []
    for located, reported, effect in appraised.reported:
        found += [f.problem for f in statcheck.check_statistics(located.located or "") if not f.decision_error]
        found += [p for p in (statcheck.estimate_outside_interval(reported, located),) if p]
        found += [p for p in (statcheck.interval_p_mismatch(effect) if effect else None,) if p]
    return tuple(dict.fromkeys(found))
