"""Claim analyses made by hand for tests: a rich one with every kind of fault and hostile text, and sparse ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from schemas.analysis import (
    ClaimAnalysis,
    Evidence,
    NumberedChain,
    NumberedLink,
    PromptVersion,
    Provenance,
    StudyAppraisal,
    StudyJudgement,
    StudyRecord,
    Unsettled,
    Usage,
)
from schemas.claim import Claim
from schemas.ladder import LadderReply
from schemas.settlement import (
    Balance,
    Settlement,
    Verdict,
)
from schemas.study import Study
from schemas.vocabulary import (
    Basis,
    ClaimType,
    Finding,
    VerbTier,
    VerdictLevel,
)
from tests.publish.example_replies import LINKS, SUMMARY, appraisal, framed, link_judgement
from tests.publish.example_settlement import RUNGS, settlement
from tests.publish.example_studies import E_NULL, FIR, IMAGE, MISQUOTED, QUOTATIONS, SCRIPT, STALE, STUDIES

SEARCHED_ON = date(2026, 11, 22)


def record_of(study: Study) -> StudyRecord:
    return StudyRecord(
        citation=study.citation,
        sha256=study.sha256,
        file_name=study.file_name,
        file_sha256=study.file_sha256,
        extent=study.extent,
        sentences=len(study.sentences),
        document=study.document,
        status=study.status,
        registration=study.registration,
        notes=study.notes,
    )


CLAIM = Claim(
    id="training-one-leg", text="Training one leg makes the other leg push faster, because the brain drives it harder"
)


def _evidence() -> Evidence:
    return Evidence(
        claim=CLAIM,
        frame=framed(CLAIM.text),
        other_claims=(framed(f"Training one leg strengthens the arms {SCRIPT}"),),
        studies=tuple(record_of(s) for s in STUDIES),
        appraisals=(StudyAppraisal(study="alder-2021", reply=appraisal()),),
        stances=(
            StudyJudgement(
                study="elm-2016",
                judgement=link_judgement(
                    "claim", Basis.END_ONLY, Finding.NO_DIFFERENCE, (E_NULL, MISQUOTED), "No change of the cortex."
                ),
            ),
        ),
        links=tuple(NumberedLink(id=f"L{n}", link=link) for n, link in enumerate(LINKS, start=1)),
        chains=(
            NumberedChain(
                id="C1",
                name="The brain drives both legs",
                links=("L1", "L2", "L3"),
                counteracting="The trained side could inhibit the other side of the brain.",
            ),
            NumberedChain(
                id="C2", name=f"Reflexes in the spinal cord {IMAGE}", links=("L4", "L5", "L3"), counteracting=""
            ),
        ),
        judgements=(
            StudyJudgement(
                study="fir-2023",
                judgement=link_judgement("L2", Basis.END_ONLY, Finding.SUPPORTS, (STALE,), "Stale."),
            ),
        ),
        ladder=LadderReply(rungs=tuple(r.plan for r in RUNGS if r.plan)),
        summary=SUMMARY,
        quotations=QUOTATIONS,
    )


def provenance(searched_on: date = SEARCHED_ON) -> Provenance:
    return Provenance(
        mechsyn_version="0.1.0",
        prompts=(PromptVersion(stage="claim", version="1", sha256="a" * 64),),
        model_asked="language-model",
        models_answered=("example-model-2026-08", SCRIPT),
        request_ids=("claim-" + "b" * 64, "summary-" + "c" * 64),
        usage=Usage(replies=24, prompt_tokens=181_204, cached_tokens=96_000, completion_tokens=21_310, unreported=2),
        searched_on=searched_on,
    )


def rich_analysis() -> ClaimAnalysis:
    """Seven studies, two chains, every fault, a retraction, hostile text wherever a study or a model can put it."""
    return ClaimAnalysis(
        version=1, evidence=_evidence(), settlement=settlement(), unsettled=(), provenance=provenance()
    )


def incomplete_analysis() -> ClaimAnalysis:
    """The rich one, with one study's stance, the mechanism, the ladder and the summary unsettled."""
    rich = rich_analysis()
    evidence = rich.evidence.model_copy(
        update={"links": (), "chains": (), "ladder": None, "summary": None, "judgements": ()}
    )
    settlement = rich.settlement.model_copy(
        update={
            "links": (),
            "chains": (),
            "link_evidence": (),
            "rungs": (),
            "readability": None,
            "studies": tuple(s for s in rich.settlement.studies if s.study != "thorn-2024"),
        }
    )
    return rich.model_copy(
        update={
            "evidence": evidence,
            "settlement": settlement,
            "unsettled": (
                Unsettled(stage="mechanism", study=None, code="refused", reason="the model refused to answer"),
                Unsettled(stage="ladder", study=None, code="cut_off", reason="the reply was cut off twice"),
                Unsettled(stage="summary", study=None, code="needs", reason="it needs the mechanism"),
                Unsettled(stage="stance", study="thorn-2024", code="invalid", reason=f"no JSON {SCRIPT}"),
            ),
        }
    )


def bare_analysis(studies: Sequence[Study] = (FIR,)) -> ClaimAnalysis:
    """Nothing but the claim and studies on neither side: no frame, grade, chain, rung, summary or quotation."""
    nothing = Balance(
        pro=0,
        against=0,
        pro_exact=0.0,
        against_exact=0.0,
        for_clusters=0,
        against_clusters=0,
        positive_directions=0,
        directions=0,
    )
    return ClaimAnalysis(
        version=1,
        evidence=Evidence(claim=CLAIM, studies=tuple(record_of(s) for s in studies)),
        settlement=Settlement(
            rules_version="1",
            optimal_information_size=400,
            claim_type=ClaimType.CAUSAL_BENEFIT,
            clusters=(),
            overlaps=(),
            studies=(),
            balance=nothing,
            pooled=(),
            link_evidence=(),
            links=(),
            chains=(),
            grade=None,
            verdict=Verdict(
                level=VerdictLevel.NO_EVIDENCE,
                side=None,
                share=None,
                reasons=("nothing to weigh",),
                tier=VerbTier.LINKED,
            ),
            rungs=(),
            facts=(),
            warnings=(),
            language=(),
            readability=None,
        ),
        unsettled=(),
        provenance=provenance(),
    )


def settled(analysis: ClaimAnalysis, **changes: object) -> ClaimAnalysis:
    """`analysis` with fields of its settlement changed."""
    return analysis.model_copy(update={"settlement": analysis.settlement.model_copy(update=changes)})
