"""The page contract: everything that a page, a Markdown file or a terminal shows of an analysis, as frozen values.

Templates read these fields and nothing else; `viewing.page_of` makes them. Every string here is on one line and free
of characters that act unseen (`neutral.one_line`), by construction; it is not escaped for HTML or Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.publish.neutral import EDGES_KEPT, Shown


@dataclass(frozen=True, slots=True)
class Chip(Shown):
    """A label in words with a colour family (`tone`) and a shape (`icon`), so that colour never stands alone."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Hyperlink(Shown):
    """A link out. `url` is built from an identifier of proven form; no address of a study or a model is ever linked."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Quotation(Shown):
    """An accepted quotation: `quoted` as it stands in the study, between what stands around it."""

    study: str
    anchor: str
    place: str
    match: str
    before: str = field(metadata=EDGES_KEPT)
    quoted: str
    after: str = field(metadata=EDGES_KEPT)


@dataclass(frozen=True, slots=True)
class FaultyQuotation(Shown):
    """A quotation that carries nothing, with its named fault. `nearest` is what the study says instead, if known."""

    fault: str
    meaning: str
    study: str
    found_in: str
    said: str
    nearest: str
    place: str
    match: str
    differences: tuple[str, ...]
    used_for: str


@dataclass(frozen=True, slots=True)
class LinkEvidence(Shown):
    """What one study did about one link."""

    study: str
    anchor: str
    stance: str
    basis: str
    design: str
    rationale: str
    reasons: tuple[str, ...]
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class LinkCard(Shown):
    """One step of a chain. `proposed` holds quotations that came with the proposal and are not in `evidence`.

    `beside` holds those that a second, blind reading found to have no bearing on the step.
    """

    id: str
    number: int
    statement: str
    cause: str
    effect: str
    direction: str
    level: str
    label: Chip
    reasons: tuple[str, ...]
    evidence: tuple[LinkEvidence, ...]
    proposed: tuple[Quotation, ...]
    beside: tuple[Quotation, ...]

    @property
    def quotations(self) -> int:
        """How many accepted quotations stand behind the step."""
        return len(self.proposed) + sum(len(e.quotations) for e in self.evidence)


@dataclass(frozen=True, slots=True)
class ChainView(Shown):
    """A mechanism as cards, with the label of its weakest step."""

    name: str
    label: Chip
    status: str
    speculative: bool
    level: str
    remarks: tuple[str, ...]
    links: tuple[LinkCard, ...]
    counteracting: str


@dataclass(frozen=True, slots=True)
class Behind(Shown):
    """A study behind a score; `role` says that it is a review, or that half of its weight counts."""

    study: str
    anchor: str
    score: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Score(Shown):
    """Pro or Against, 0..100. `sentence` says what stands behind it, or that none was found and where was searched.

    `left_out` names the studies of this side that were not added, and why; empty when there are none.
    """

    name: str
    value: int
    tone: str
    sentence: str
    behind: tuple[Behind, ...]
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Factor(Shown):
    name: str
    value: str
    asks: str


@dataclass(frozen=True, slots=True)
class Pair(Shown):
    """A term and what it is."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class TwoReadings(Shown):
    """One study on one step, as two verifiers read it differently; the term of the reading that counts says so."""

    study: str
    step: str
    readings: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class StudyCard(Shown):
    """A study, what it says of the claim, and its weight factor by factor.

    `retelling` says that the text read retells the study, and from where. A study with `aside` does not address the
    claim: one line is enough for it (why stands behind it), and no weight is explained.
    """

    anchor: str
    label: str
    title: str
    published: str
    links: tuple[Hyperlink, ...]
    stance: Chip
    basis: str
    score: int
    counted: bool
    flags: tuple[str, ...]
    facts: tuple[Pair, ...]
    rationale: str
    reasons: tuple[str, ...]
    factors: tuple[Factor, ...]
    formula: str
    weight_reasons: tuple[str, ...]
    bias: tuple[Pair, ...]
    bias_reasons: tuple[str, ...]
    quotations: tuple[Quotation, ...]
    retelling: str = ""
    aside: bool = False


@dataclass(frozen=True, slots=True)
class StudyList(Shown):
    """Studies on one side; `none` is what to say when there are none (method.md H10)."""

    key: str
    heading: str
    studies: tuple[StudyCard, ...]
    none: str


@dataclass(frozen=True, slots=True)
class GradeRow(Shown):
    domain: str
    change: str
    changed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class GradeView(Shown):
    """GRADE row by row; `rated` says which effect was rated, on which side, and in which studies."""

    rated: str
    certainty: str
    level: int
    meaning: str
    start: int
    start_reason: str
    rows: tuple[GradeRow, ...]


@dataclass(frozen=True, slots=True)
class RungView(Shown):
    """A rung of the ladder; `confirms` and `refutes` are empty and `plan` has no rows where the model filled none.

    `met_by` holds the studies on the rung that `status_reason` does not name; `size_term` who or what is counted.
    """

    rank: int
    title: str
    status: Chip
    status_reason: str
    met_by: tuple[str, ...]
    size_term: str
    size: str
    size_formula: str
    confirms: str
    refutes: str
    plan: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class SummaryLine(Shown):
    """A sentence of the summary and the settled facts that it rests on."""

    text: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryView(Shown):
    """`missing` is empty when there is a summary, else the honest sentence that stands in its place."""

    teaser: str
    how_it_works: tuple[SummaryLine, ...]
    simple: tuple[SummaryLine, ...]
    readability: str
    missing: str


@dataclass(frozen=True, slots=True)
class Missing(Shown):
    """A part that could not be settled."""

    what: str
    study: str
    reason: str


@dataclass(frozen=True, slots=True)
class Language(Shown):
    where: str
    sentence: str
    problem: str


@dataclass(frozen=True, slots=True)
class Note(Shown):
    """Something that the reader of a file noticed."""

    kind: str
    study: str
    message: str
    excerpt: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Source(Shown):
    label: str
    file_name: str
    extent: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PromptRow(Shown):
    stage: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Origin(Shown):
    """Provenance: enough to make the analysis again."""

    facts: tuple[Pair, ...]
    prompts: tuple[PromptRow, ...]
    sources: tuple[Source, ...]
    request_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page(Shown):
    """All of it."""

    title: str
    description: str
    claim: str
    claim_type: str
    version: int
    searched_on: date
    searched_words: str
    searched: int
    badge: Chip
    badge_meaning: str
    basis_sentence: str
    suggested_wording: str
    scores: tuple[Score, ...]
    no_scores: str
    tally: str
    reasons: tuple[str, ...]
    pooled: tuple[str, ...]
    frame: tuple[Pair, ...]
    summary: SummaryView
    chains: tuple[ChainView, ...]
    no_chain: str
    agreement: str
    two_readings: tuple[TwoReadings, ...]
    study_lists: tuple[StudyList, ...]
    overlaps: tuple[str, ...]
    grade: GradeView | None
    no_grade: str
    rungs: tuple[RungView, ...]
    no_ladder: str
    quotes_checked: int
    quotes_verified: int
    quotes_beside: int
    faults: tuple[FaultyQuotation, ...]
    beside: tuple[FaultyQuotation, ...]
    missing: tuple[Missing, ...]
    warnings: tuple[str, ...]
    language: tuple[Language, ...]
    notes: tuple[Note, ...]
    other_claims: tuple[str, ...]
    origin: Origin

    @property
    def quotes_sentence(self) -> str:
        """'11 of 17 quotations stand word for word; 2 judged not to bear on their step'."""
        noun, verb = ("quotation", "stands") if self.quotes_checked == 1 else ("quotations", "stand")
        beside = f"; {self.quotes_beside} judged not to bear on their step" if self.quotes_beside else ""
        return f"{self.quotes_verified} of {self.quotes_checked} {noun} {verb} word for word{beside}"

    @property
    def no_bearing(self) -> str:
        """The heading of quotations in `beside`, here and on the cards of their steps."""
        return self.beside[0].fault if self.beside else ""

    @property
    def mechanism_heading(self) -> str:
        """'Most probable' is said of a mechanism only once something of it is established."""
        speculative = self.main_chain is not None and self.main_chain.speculative
        return "Proposed mechanism" if speculative else "Most probable mechanism"

    @property
    def main_chain(self) -> ChainView | None:
        return self.chains[0] if self.chains else None

    @property
    def rivals(self) -> tuple[ChainView, ...]:
        return self.chains[1:]
