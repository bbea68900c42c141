"""Are two studies one publication? The citation first, then the text, because a bare file has little citation data."""

from __future__ import annotations

from pipeline.sources.identity.matching import FEW_WORDS, Grade, Judgement, Strength, judge
from pipeline.sources.identity.names import named_in
from pipeline.sources.identity.nature import NOTICES, Nature
from pipeline.sources.identity.publication import Prepared, Publication
from pipeline.sources.identity.signs import Signs
from pipeline.sources.identity.texts import is_brief, same_text
from pipeline.sources.identity.titles import Likeness
from schemas.study import Study

_ABOUT_ANOTHER = NOTICES | {Nature.COMMENT, Nature.REPLY, Nature.LETTER, Nature.EDITORIAL}
"""What may bear a phrase, or the abstract of the article that it is about, instead of a text of its own."""


def same_publication(a: Study, b: Study) -> Judgement:
    """Whether two studies are one publication; SAME alone may be merged. Symmetric."""
    return judge_with_text(Signs(Prepared.of(Publication.of_study(a)), Prepared.of(Publication.of_study(b))))


def judge_with_text(signs: Signs) -> Judgement:
    """The judgement of the citations, raised to SAME by nearly the same text, if both texts were read.

    A text is no proof where the citations name two things: a preprint and its article share most sentences and are two
    reports of one study (`reports.py` joins them), as are two abstracts of one text in two journals or under two titles
    by the same people. Notices and replies share their wording, and databases print an abstract under the title of its
    neighbour. Against two different identifiers a few sentences say nothing: databases print a phrase for a missing
    abstract.
    """
    judgement = judge(signs)
    one, other = signs.a.publication.study, signs.b.publication.study
    if judgement.grade is Grade.POSSIBLE and not judgement.contradicted and _names_the_authors(signs):
        return Judgement(Grade.SAME, "same title, and the file names the same authors", strength=Strength.TITLE)
    if judgement.grade is Grade.SAME or one is None or other is None:
        return judgement
    one_thing, other_thing = signs.a.character, signs.b.character
    natures = {one_thing.nature, other_thing.nature}
    named_apart = len(natures) > 1 and (one_thing.in_title or other_thing.in_title or Nature.PREPRINT in natures)
    worded_alike = signs.title.likeness not in {Likeness.OTHER, Likeness.CLOSE} and not judgement.contradicted
    printed_twice = signs.printed.journal is False and signs.printed.page is False
    titled_apart = signs.title.likeness is Likeness.OTHER and bool(signs.a.authors and signs.b.authors)
    if named_apart or printed_twice or titled_apart or (natures & _ABOUT_ANOTHER and not worded_alike):
        return judgement
    if not same_text(one, other) or (signs.clash and is_brief(one, other)):
        return judgement
    reason = "the same text" if one.sha256 == other.sha256 else "nearly the same text"
    return Judgement(Grade.SAME, reason, strength=Strength.PLACE)


def _names_the_authors(signs: Signs) -> bool:
    """Whether one of the two is a file whose authors nobody lists, and its text begins with the title and the authors
    of the other: what a PDF says of itself is its title and, at best, its DOI."""
    if signs.title.likeness is not Likeness.EQUAL or signs.shortest < FEW_WORDS:
        return False
    pairs = ((signs.a, signs.b), (signs.b, signs.a))
    return any(
        not file.authors and file.publication.study is not None and named_in(cited.authors, file.publication.study.text)
        for file, cited in pairs
    )
