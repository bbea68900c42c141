"""Citations for the tests of identity, as a reader of exports would make them."""

from __future__ import annotations

import hashlib
from typing import Any

from pipeline.sources.identity.matching import Judgement, compare
from pipeline.sources.identity.publication import Prepared, Publication
from schemas.study import Citation, CslDate, Name, Sentence, Study
from schemas.vocabulary import SectionKind

TITLE = "Contralateral training effects of low-intensity and high-intensity unilateral resistance training"


def cited(
    title: str | None = TITLE,
    authors: str = "Mendonca GV; Vila-Cha C; Teodosio C",
    year: int | None = 2021,
    place: str = "Eur J Appl Physiol 121:2305-2321",
    **more: Any,
) -> Publication:
    """A publication; `place` is 'journal volume:page', each of them may be left out ('Gut 12:', ' :7')."""
    head, _, page = place.rpartition(":")
    journal, _, volume = head.rpartition(" ")
    outer = {k: more.pop(k) for k in ("document", "registration", "relations", "where") if k in more}
    names = tuple(Name(literal=a.strip()) for a in authors.split(";") if a.strip())
    fields: dict[str, Any] = {
        "id": "a",
        "title": title,
        "author": names,
        "issued": CslDate.model_validate({"date-parts": [[year]]}) if year else None,
        "container_title": journal or None,
        "volume": volume or None,
        "page": page or None,
    }
    return Publication(Citation(**(fields | more)), **outer)


def judged(a: Publication, b: Publication) -> Judgement:
    return compare(Prepared.of(a), Prepared.of(b))


def study(publication: Publication, *sentences: str, name: str = "a.txt", **changes: Any) -> Study:
    """A study with this citation and a text of these sentences."""
    text, found = "", list[Sentence]()
    for number, sentence in enumerate(sentences, 1):
        found.append(Sentence(number=number, start=len(text), end=len(text) + len(sentence), section=SectionKind.OTHER))
        text += sentence + " "
    fields: dict[str, Any] = {
        "citation": publication.citation,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "file_name": name,
        "file_sha256": "0" * 64,
        "extent": "abstract",
        "sections": (),
        "sentences": tuple(found),
        "document": publication.document,
        "registration": publication.registration,
        "relations": publication.relations,
    }
    return Study(**(fields | changes))
