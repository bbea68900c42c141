"""How fast each service may be asked: its published limit, or what it says in the headers of its answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Settings

STRANGER_PER_SECOND = 1
"""Requests a second to a host that somebody else named: the PDF of a repository (our choice)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many requests in so many seconds, spread evenly, and so many under way at once."""

    requests: float
    seconds: float = 1.0
    at_once: int = 3

    @property
    def gap(self) -> float:
        """Seconds between two requests."""
        return self.seconds / self.requests


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is asked: its name as people know it, its address without a closing slash, its pace."""

    name: str
    url: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Services:
    """All that are asked. Sources of the paces: the services' own documentation (docs/decisions/0010-services.md)."""

    crossref: Service
    pubmed: Service
    pmc_ids: Service
    europe_pmc: Service
    unpaywall: Service


def services_of(settings: Settings) -> Services:
    """The services at the addresses of the settings.

    NCBI: 3 requests a second, 10 with a key. Crossref: 5 a second one at a time, 10 and 3 at a time with a contact
    address, until its headers say otherwise. Europe PMC: 10. Unpaywall: 100,000 a day, which no
    list of studies comes near.
    """
    polite = settings.contact is not None
    keyed = settings.ncbi_api_key is not None
    return Services(
        crossref=Service("Crossref", _bare(settings.crossref_url), Pace(10 if polite else 5, 1, 3 if polite else 1)),
        pubmed=Service("PubMed", _bare(settings.ncbi_url), Pace(10 if keyed else 3)),
        pmc_ids=Service("the PMC ID converter", _bare(settings.pmc_ids_url), Pace(3, 1, 1)),
        europe_pmc=Service("Europe PMC", _bare(settings.europe_pmc_url), Pace(10, 1, 4)),
        unpaywall=Service("Unpaywall", _bare(settings.unpaywall_url), Pace(5, 1, 2)),
    )


def stranger(host: str) -> Service:
    """The pace for a host that a service named."""
    return Service(host, f"https://{host}", Pace(STRANGER_PER_SECOND, 1, 1))


def told_pace(headers: Mapping[str, str], now: Pace) -> Pace:
    """The pace that Crossref's headers allow, or `now` where they say nothing sensible.

    X-Rate-Limit-Limit requests in X-Rate-Limit-Interval seconds ('1s'), X-Concurrency-Limit at once. The number at
    once only falls: connections that are under way are not cut.
    """
    limit = re.fullmatch(r"\s*(\d{1,6})\s*", headers.get("x-rate-limit-limit", ""))
    interval = re.fullmatch(r"\s*(\d{1,6})\s*s?\s*", headers.get("x-rate-limit-interval", ""))
    at_once = re.fullmatch(r"\s*(\d{1,4})\s*", headers.get("x-concurrency-limit", ""))
    many = min(now.at_once, max(1, int(at_once.group(1)))) if at_once else now.at_once
    if limit is None or interval is None or not int(limit.group(1)) or not int(interval.group(1)):
        return Pace(now.requests, now.seconds, many)
    return Pace(int(limit.group(1)), int(interval.group(1)), many)


def _bare(url: str) -> str:
    return url.rstrip("/")
