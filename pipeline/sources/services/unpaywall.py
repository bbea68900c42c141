"""Where Unpaywall knows an open PDF of a DOI. Its addresses are other people's: `asking.fetch` checks them.

Only a place whose licence or host is stated is used. The contact address is required by Unpaywall and never kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from pipeline.sources.json_fields import Fields, fields, objects, text
from pipeline.sources.services.asking import Asking, Question
from pipeline.sources.services.bodies import fields_of
from pipeline.sources.services.faults import NotAskedError, WrongAnswerError
from pipeline.sources.services.identifiers import same_doi
from pipeline.sources.services.pace import Service

MOST_PLACES = 3
"""Places that are tried for one study."""


@dataclass(frozen=True, slots=True)
class OpenPdf:
    """Where a PDF can be had; `host` is 'publisher' or 'repository', `version` as Unpaywall says it."""

    url: str
    licence: str | None
    host: str | None
    version: str | None


async def ask_unpaywall(
    asking: Asking, service: Service, doi: str, contact: str, max_age: timedelta
) -> tuple[OpenPdf, ...]:
    """The places of open PDFs, the best first; empty where there is none. NoRecordError, NotAskedError,
    WrongAnswerError."""
    question = Question(f"/{quote(doi, safe='/')}", private={"email": contact})
    told = await asking.ask(service, question, lambda body: _object(body, service.name, doi), max_age=max_age)
    return tuple(_places(told.value))[:MOST_PLACES]


def _object(body: bytes, service: str, doi: str) -> Fields:
    answer = fields_of(body, service)
    if text(answer, "doi") is None:
        raise NotAskedError(service, f"reports an error ({(text(answer, 'message') or 'no record')[:120]})")
    if not same_doi(text(answer, "doi"), doi):
        raise WrongAnswerError(service, f"answers about {text(answer, 'doi')}")
    return answer


def _places(answer: Fields) -> Iterator[OpenPdf]:
    seen: set[str] = set()
    best = fields(answer, "best_oa_location")
    for place in (best, *objects(answer, "oa_locations")):
        url = text(place, "url_for_pdf")
        licence, host = text(place, "license"), text(place, "host_type")
        if url and url not in seen and (licence or host):
            seen.add(url)
            yield OpenPdf(url, licence, host, text(place, "version"))
