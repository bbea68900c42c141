"""Which publications are reports of one study: preprint and article, abstract and paper, notice and article, one trial.

Reports of one study stay publications of their own and count once (`docs/method.md`, Independence). What is sure joins
them; what is likely is shown to a person. Nothing is merged here, and a comment, a letter or an editorial is no report.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.rules.identifiers import registries
from pipeline.sources.identity.matching import FEW_WORDS
from pipeline.sources.identity.names import Authorship
from pipeline.sources.identity.nature import NOTICES, Nature
from pipeline.sources.identity.publication import Prepared
from pipeline.sources.identity.signs import Signs
from pipeline.sources.identity.texts import same_text
from pipeline.sources.identity.titles import Likeness
from schemas.vocabulary import RelationKind

YEARS_TO_PRINT = 3
"""Years between a preprint or a conference abstract and its article."""

_NO_REPORT = frozenset({Nature.COMMENT, Nature.REPLY, Nature.LETTER, Nature.EDITORIAL})
_ALIKE = frozenset({Likeness.EQUAL, Likeness.RESPELT})
_BEGINS_ALIKE = _ALIKE | {Likeness.SHORTENED}


@dataclass(frozen=True, slots=True)
class ReportLink:
    """Why two publications are of one study; if not `sure`, a person decides. `kind` is how the first stands to the
    second."""

    kind: RelationKind
    reason: str
    sure: bool


def report_link(signs: Signs) -> ReportLink | None:
    """Whether two different publications report one study; null where nothing says so.

    Symmetric but for `kind`. That one notice retracts or corrects several articles is not seen in a pair: the caller
    has to leave such notices out.
    """
    a, b = signs.a, signs.b
    natures = {a.character.nature, b.character.nature}
    recorded = _recorded(a, b) if a.links or b.links else None
    if recorded is not None:
        return ReportLink(recorded, f"a database links them ({_named(recorded)})", sure=True)
    if natures & _NO_REPORT:
        return None
    if shared := a.registrations & b.registrations:
        return _other(f"same registration ({', '.join(sorted(shared))})", sure=True)
    if a.registrations and registries(a.registrations) & registries(b.registrations):
        return None
    if a.review and a.review == b.review:
        return _other("versions of one review", sure=True)
    if _one_text_twice(a, b):
        return _other("nearly the same text in two publications", sure=not signs.nothing_alike)
    return _by_title(signs)


def _other(reason: str, *, sure: bool) -> ReportLink:
    return ReportLink(RelationKind.OTHER_REPORT, reason, sure)


_REVERSED = {
    RelationKind.HAS_PREPRINT: RelationKind.HAS_ARTICLE,
    RelationKind.HAS_ARTICLE: RelationKind.HAS_PREPRINT,
    RelationKind.RETRACTED_BY: RelationKind.RETRACTS,
    RelationKind.RETRACTS: RelationKind.RETRACTED_BY,
    RelationKind.CORRECTED_BY: RelationKind.CORRECTS,
    RelationKind.CORRECTS: RelationKind.CORRECTED_BY,
}


def reverse(kind: RelationKind) -> RelationKind:
    """The same link seen from the other publication."""
    return _REVERSED.get(kind, kind)


def _named(kind: RelationKind) -> str:
    """The link in words that are the same from both sides."""
    return min(kind, reverse(kind)).value.replace("_", " ")


def _recorded(a: Prepared, b: Prepared) -> RelationKind | None:
    ahead = [kind for kind, target in a.links if target in b.names]
    back = [reverse(kind) for kind, target in b.links if target in a.names]
    return min([*ahead, *back], default=None)


def _one_text_twice(a: Prepared, b: Prepared) -> bool:
    one, other = a.publication.study, b.publication.study
    notice = {a.character.nature, b.character.nature} & NOTICES
    return bool(one and other and not notice and same_text(one, other))


def _by_title(s: Signs) -> ReportLink | None:
    if s.title.likeness is Likeness.OTHER:  # asked first: nearly all pairs end here
        return _one_trial_by_name(s)
    natures = {s.a.character.nature, s.b.character.nature}
    if natures & NOTICES:
        return _notice_and_article(s) if len(natures) == 2 else None
    if Nature.PREPRINT in natures:
        return _earlier_report(s, Nature.PREPRINT, "preprint and article")
    if Nature.ABSTRACT in natures:
        return _earlier_report(s, Nature.ABSTRACT, "conference abstract and paper")
    if Nature.PROTOCOL in natures:
        alike = s.title.likeness in _BEGINS_ALIKE and len(natures) == 2
        shared = s.authors in {Authorship.ALL, Authorship.FIRST, Authorship.SOME}
        return (
            _other("protocol and report of one study, by title and authors", sure=False) if alike and shared else None
        )
    return _same_title_elsewhere(s) or _one_trial_by_name(s)


def _notice_and_article(s: Signs) -> ReportLink | None:
    """A notice names its article in its title; who signed it (authors, editors) says little."""
    if s.title.likeness not in _BEGINS_ALIKE or s.printed.journal is False or s.shortest < FEW_WORDS:
        return None
    by_strangers = s.authors is Authorship.NONE and not s.printed.journal
    if by_strangers:
        return None
    kinds = {Nature.ERRATUM: RelationKind.CORRECTS, Nature.RETRACTION: RelationKind.RETRACTS}
    ahead = s.a.character.nature in NOTICES
    nature = s.a.character.nature if ahead else s.b.character.nature
    kind = kinds.get(nature, RelationKind.CONCERN_BY)
    return ReportLink(kind if ahead else reverse(kind), f"{nature.value} and its article, by title", sure=True)


def _earlier_report(s: Signs, earlier: Nature, reason: str) -> ReportLink | None:
    """Preprint or abstract, and what came of it; two preprints or two abstracts of one work as well."""
    if (s.years or 0) > YEARS_TO_PRINT or s.title.numbers_differ:
        return None
    if not s.same_first_author or s.title.likeness not in _BEGINS_ALIKE | {Likeness.CLOSE}:
        return None
    natures = (s.a.character.nature, s.b.character.nature)
    if natures == (earlier, earlier):
        reason = f"two {earlier.value}s of one work"
    sure = s.title.likeness in _ALIKE and s.shortest >= FEW_WORDS
    kind = RelationKind.OTHER_REPORT
    if earlier is Nature.PREPRINT and natures[0] is not natures[1]:
        kind = RelationKind.HAS_ARTICLE if natures[0] is earlier else RelationKind.HAS_PREPRINT
    return ReportLink(kind, f"{reason}, by title and first author", sure)


def _same_title_elsewhere(s: Signs) -> ReportLink | None:
    """An abstract in a supplement carries no mark: same title and author in another place is for a person."""
    if s.title.likeness not in _ALIKE or s.shortest < FEW_WORDS:
        return None
    if s.same_first_author and (s.years or 0) <= YEARS_TO_PRINT:
        return _other("same title and first author in another place or year", sure=False)
    return None


def _one_trial_by_name(s: Signs) -> ReportLink | None:
    shared = s.a.trial_names & s.b.trial_names
    if shared and s.authors in {Authorship.ALL, Authorship.FIRST, Authorship.SOME}:
        return _other(f"both name {', '.join(sorted(shared))} in the title, and share authors", sure=False)
    return None
