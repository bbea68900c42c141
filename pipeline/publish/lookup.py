"""Studies, quotations and links of an analysis, found by their ids. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from pipeline.publish.neutral import one_line
from pipeline.publish.view import Quotation
from pipeline.publish.words import MATCH, place
from schemas.analysis import ClaimAnalysis, NumberedLink, StudyRecord, Unsettled
from schemas.quotation import LocatedQuote, QuoteKey
from schemas.settlement import SettledJudgement, SettledLink


class Lookup:
    """An analysis with its indexes. A study that is named but not held appears under the name that was given."""

    def __init__(self, analysis: ClaimAnalysis) -> None:
        self.analysis = analysis
        self.evidence = analysis.evidence
        self.settlement = analysis.settlement

    @cached_property
    def records(self) -> dict[str, StudyRecord]:
        return {s.id: s for s in self.evidence.studies}

    @cached_property
    def quotes(self) -> dict[QuoteKey, LocatedQuote]:
        return {q.key: q for q in self.evidence.quotations}

    @cached_property
    def links(self) -> dict[str, NumberedLink]:
        return {link.id: link for link in self.evidence.links}

    @cached_property
    def labels(self) -> dict[str, SettledLink]:
        return {link.id: link for link in self.settlement.links}

    @cached_property
    def link_evidence(self) -> dict[str, list[SettledJudgement]]:
        found: dict[str, list[SettledJudgement]] = {}
        for judgement in self.settlement.link_evidence:
            found.setdefault(judgement.link, []).append(judgement)
        return found

    @cached_property
    def unsupportive(self) -> dict[QuoteKey, list[str]]:
        """Quotations that do not bear on the links for which they were proposed, with the ids of those links."""
        found: dict[QuoteKey, list[str]] = {}
        for item in self.settlement.unsupportive:
            found.setdefault(item.quote, []).append(item.link)
        return found

    @cached_property
    def _steps(self) -> dict[str, str]:
        best_first = {c.id: rank for rank, c in enumerate(self.settlement.chains)}
        steps: dict[str, str] = {}
        for chain in sorted(self.evidence.chains, key=lambda c: best_first.get(c.id, len(best_first))):
            for number, link in enumerate(chain.links, start=1):
                steps.setdefault(link, f"step {number} of \u201c{chain.name}\u201d")
        return steps

    def step(self, link: str) -> str:
        """A link as a reader finds it, in the best chain that holds it: 'step 2 of "..." (L2)'."""
        return f"{self._steps[link]} ({link})" if link in self._steps else f"link {link}"

    @cached_property
    def unjudged(self) -> frozenset[str]:
        """Studies of which nobody knows what they say of the claim: not settled, or their stance is missing."""
        missing = {u.study for u in self.analysis.unsettled if u.stage == "stance"}
        settled = {s.study for s in self.settlement.studies if s.study not in missing or s.judgement.quotes}
        return frozenset(self.records.keys() - settled)

    def label(self, study: str) -> str:
        """'Mendonca et al. 2021', or the id as given for a study that the analysis does not hold."""
        record = self.records.get(study)
        return record.citation.label if record else study

    def cluster_labels(self, clusters: Iterable[str]) -> tuple[str, ...]:
        """The labels of the studies that stand for `clusters`, in the order of the settlement's studies."""
        wanted = frozenset(clusters)
        return tuple(self.label(s.study) for s in self.settlement.studies if s.counted and s.cluster in wanted)

    def named(self, sentence: str) -> str:
        """A sentence of the rules with the ids of studies replaced by the labels that readers know."""
        return self._ids.sub(lambda found: self.label(found.group()), sentence) if self.records else sentence

    @cached_property
    def _ids(self) -> re.Pattern[str]:
        longest_first = sorted(self.records, key=len, reverse=True)
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])")

    def anchor(self, study: str) -> str:
        """The id of the study's card on the page; empty for a study that the analysis does not hold."""
        return f"study-{study}" if study in self.records else ""

    def missing(self, stage: str) -> Unsettled | None:
        """Why `stage` brought nothing for the analysis as a whole, if it is recorded."""
        return next((u for u in self.analysis.unsettled if u.stage == stage and u.study is None), None)

    def quotations(self, keys: Iterable[QuoteKey]) -> tuple[Quotation, ...]:
        """The accepted quotations among `keys`, each once, in their order; faulty ones are listed elsewhere."""
        found = {k: self.quotes[k] for k in keys if k in self.quotes}
        return tuple(self._shown(q) for q in found.values() if q.accepted)

    def _shown(self, quote: LocatedQuote) -> Quotation:
        before, quoted, after = around(quote)
        return Quotation(
            study=self.label(quote.key.study),
            anchor=self.anchor(quote.key.study),
            place=place(quote),
            match=MATCH[quote.match],
            before=before,
            quoted=quoted,
            after=after,
        )


def around(quote: LocatedQuote) -> tuple[str, str, str]:
    """What stands before the located words in their sentence, the words, and what stands after.

    The quotation stands alone when its context is unknown or, being from another reading, does not contain it.
    """
    located = one_line(quote.located or quote.key.text).strip()
    before, found, after = one_line(quote.context or "").partition(located)
    return (before, found, after) if found else ("", located, "")
