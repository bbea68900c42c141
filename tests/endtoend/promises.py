"""What must hold of every analysis, whatever the endpoint said: read from the files, as somebody else would find them.

Where a promise can be checked without the rule that keeps it, it is: numbers of a quotation are looked for in its
source, labels are held against clusters, pages are read with a parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.claimwork.recomputing import recompute
from pipeline.publish.words import STAGE
from pipeline.publish.writing import read_sources
from pipeline.replies.kept import KeptReplies
from pipeline.rules import language
from pipeline.rules.invariants import violations
from schemas.analysis import ClaimAnalysis
from schemas.quotation import LocatedQuote
from schemas.settlement import SettledJudgement
from schemas.study import Study
from schemas.vocabulary import Basis, SectionKind, Side, VerdictLevel
from tests.cli.test_commands import Done
from tests.publish.markup import Markup

KEY = "sk-test-secret"
NOT_RESULTS = {SectionKind.TITLE, SectionKind.INTRODUCTION, SectionKind.METHODS, SectionKind.CONCLUSION}
NOTHING_SHOWN = {VerdictLevel.NO_EVIDENCE, VerdictLevel.NOT_SETTLED}
"""What may be said where no quotation stands; the second only where parts are missing."""
_NUMBER = re.compile(r"\d+(?:[.,·]\d+)*")


def judgements(analysis: ClaimAnalysis) -> Iterator[SettledJudgement]:
    """Every settled judgement: of links by studies, and of the claim by studies."""
    yield from analysis.settlement.link_evidence
    yield from (s.judgement for s in analysis.settlement.studies)


def hold_honest(analysis: ClaimAnalysis, sources: Mapping[str, Study]) -> None:
    """Asserts what must hold of one analysis over its own sources."""
    assert violations(analysis, sources) == ()
    again = recompute(analysis, sources)
    assert (again.differences, again.broken) == ((), ())
    for quote in analysis.evidence.quotations:
        _hold_located(quote, sources)
    for judged in judgements(analysis):
        _hold_carried(judged, analysis)
    _hold_labels(analysis)
    _hold_verdict(analysis)


def _hold_located(quote: LocatedQuote, sources: Mapping[str, Study]) -> None:
    if not quote.accepted:
        return
    source = sources[quote.key.study]
    assert quote.located
    assert source.text[quote.start : quote.end] == quote.located
    assert set(_NUMBER.findall(quote.key.text)) <= set(_NUMBER.findall(quote.located))


def _hold_carried(judged: SettledJudgement, analysis: ClaimAnalysis) -> None:
    """A basis is never above the proposed one, nor above what an accepted quotation of this very study carries."""
    assert judged.basis.rank <= judged.proposed_basis.rank
    if judged.basis is Basis.NOT_ADDRESSED:
        return
    found = [q for q in analysis.evidence.quotations if q.key in judged.quotes and q.accepted]
    assert found, judged
    assert {q.key.study for q in found} == {judged.study}
    if judged.basis.rank >= Basis.END_ONLY.rank:
        results = [q for q in found if q.section not in NOT_RESULTS]
        assert any(language.has_result_token(q.located or "") for q in results), judged
    if judged.basis is Basis.MANIPULATED:
        assert any(language.names_between_group_comparison(q.context or "") for q in found), judged


def _hold_labels(analysis: ClaimAnalysis) -> None:
    settlement = analysis.settlement
    for link in settlement.links:
        measured = {
            j.cluster
            for j in settlement.link_evidence
            if j.link == link.id and j.basis in {Basis.MANIPULATED, Basis.CO_MEASURED}
        }
        assert link.manipulated + link.co_measured <= len(measured)
        assert "multiple" not in link.shown.lower() or len(measured) >= 2, link
    for study in settlement.studies:
        assert study.judgement.basis.rank >= Basis.END_ONLY.rank or study.weight.weight == 0, study.study


def _hold_verdict(analysis: ClaimAnalysis) -> None:
    settlement = analysis.settlement
    weighed = [s for s in settlement.studies if s.weight.weight]
    if not weighed:
        assert settlement.verdict.side is None
        assert (settlement.balance.pro, settlement.balance.against) == (0, 0)
    if not any(q.accepted for q in analysis.evidence.quotations):
        assert settlement.verdict.level in NOTHING_SHOWN
        assert all(j.basis is Basis.NOT_ADDRESSED for j in judgements(analysis))
    assert settlement.verdict.level is not VerdictLevel.NOT_SETTLED or analysis.unsettled
    if len({s.cluster for s in weighed}) < 2:
        assert settlement.verdict.level not in {VerdictLevel.STRONG, VerdictLevel.MODERATE}
    assert settlement.verdict.level is not VerdictLevel.STRONG or settlement.verdict.side in set(Side)


def written(out: Path) -> list[ClaimAnalysis]:
    """The analyses under `out`, each held honest; asserts that nothing else and nothing half-written lies there."""
    found: list[ClaimAnalysis] = []
    for claim in sorted(out.iterdir()):
        assert not claim.name.startswith("."), claim
        for version in sorted(claim.iterdir()):
            assert re.fullmatch(r"v\d+", version.name), version
            found.append(_whole(version))
    return found


def newest(analyses: Iterable[ClaimAnalysis]) -> list[ClaimAnalysis]:
    """The newest version of each claim."""
    by_claim = {a.evidence.claim.id: a for a in sorted(analyses, key=lambda a: a.version)}
    return list(by_claim.values())


def _whole(version: Path) -> ClaimAnalysis:
    assert {p.name for p in version.iterdir()} == {"analysis.json", "analysis.md", "analysis.html", "sources"}
    analysis = ClaimAnalysis.model_validate_json((version / "analysis.json").read_bytes())
    sources = read_sources(version)
    assert sorted(sources) == sorted(s.id for s in analysis.evidence.studies)
    hold_honest(analysis, sources)
    page = Markup((version / "analysis.html").read_text(encoding="utf-8"))
    _hold_harmless(page)
    assert "<script" not in (version / "analysis.md").read_text(encoding="utf-8").lower()
    assert {STAGE.get(u.stage, u.stage) for u in analysis.unsettled} <= _mentioned(page, analysis)
    return analysis


def _hold_harmless(page: Markup) -> None:
    assert page.faults == []
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert not [link for link in page.values("href") if not link.startswith(("#", "https://", "http://"))]


def _mentioned(page: Markup, analysis: ClaimAnalysis) -> set[str]:
    names = {STAGE.get(u.stage, u.stage) for u in analysis.unsettled}
    return {name for name in names if name.lower() in page.text.lower()}


def hold_told(done: Done, analyses: Iterable[ClaimAnalysis]) -> None:
    """Asserts that the exit code and stderr tell the truth about what is missing, without a traceback."""
    said = done.out + done.err
    assert "Traceback" not in said
    assert "internal fault" not in said
    missing = [u for a in analyses for u in a.unsettled]
    assert done.code == (3 if missing else 0), done.err
    for part in missing:
        assert (part.stage if part.study is None else f"{part.stage} of {part.study}") in done.err
    assert all(line.startswith("mechsyn: ") for line in done.err.splitlines())


def hold_secret(done: Done, folder: Path, home: Path) -> None:
    """Asserts that the key stands in nothing that was said, written or kept, the compressed rows included."""
    assert KEY not in done.out + done.err
    for file in folder.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
    if not (home / "replies").is_dir():
        return
    with KeptReplies(home / "replies") as store:
        for custom_id in store:
            kept = [store.get(custom_id), store.request(custom_id)]
            assert KEY not in json.dumps([k.model_dump(mode="json") for k in kept if k is not None])
