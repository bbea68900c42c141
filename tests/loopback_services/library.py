"""Publications that exist in tests only, as a library knows them before any service prints them in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Notice:
    """Something published about a paper: `kind` in Crossref's word, `reftype` in PubMed's."""

    kind: str
    reftype: str
    doi: str | None = None
    pmid: str | None = None
    day: tuple[int, ...] = (2024, 3, 26)
    by: str = "publisher"


@dataclass(frozen=True)
class Paper:
    """A publication. Services that know nothing of it are left out of `held_by`."""

    doi: str | None
    title: str
    pmid: str | None = None
    pmcid: str | None = None
    authors: tuple[tuple[str, str], ...] = (("Alpha", "Ada"), ("Beta", "Bo"))
    year: int = 2021
    journal: str = "Journal of Loopback Trials"
    abstract: tuple[tuple[str, str], ...] = ()
    body: tuple[tuple[str, str], ...] = ()
    licence: str | None = None
    pdf_url: str | None = None
    preprint: bool = False
    preprint_of: str | None = None
    has_preprint: str | None = None
    notices: tuple[Notice, ...] = ()
    updates: tuple[tuple[str, str], ...] = ()
    trial: str | None = None
    held_by: frozenset[str] = field(default_factory=lambda: frozenset({"crossref", "pubmed", "europe_pmc", "idconv"}))

    def but(self, **changes: object) -> Paper:
        """The same with other values."""
        return replace(self, **changes)  # pyright: ignore[reportArgumentType]


ABSTRACT = (
    ("Background", "Whether stair climbing steadies the gait of older adults is not known."),
    ("Methods", "Eighty adults aged 65 to 80 were randomised to stair climbing or to stretching for 12 weeks."),
    ("Results", "Sway fell by 1.9 cm (95% CI 0.8 to 3.0; p = 0.002) more after stair climbing than after stretching."),
    ("Conclusions", "Stair climbing steadied the gait of older adults."),
)
BODY = (
    ("Introduction", "Falls are common in old age. Stairs are found in many homes."),
    ("Methods", "Eighty adults aged 65 to 80 were randomised to stair climbing or to stretching for 12 weeks."),
    ("Results", "Sway fell by 1.9 cm (95% CI 0.8 to 3.0; p = 0.002) more after stair climbing than after stretching."),
    ("Discussion", "The difference is of a size that people notice. We had no measure of falls."),
)
STAIRS = Paper(
    "10.5555/stairs.2021",
    "Stair climbing and the gait of older adults: a randomised trial",
    pmid="70000001",
    pmcid="PMC7000001",
    abstract=ABSTRACT,
    body=BODY,
    licence="cc by",
    trial="NCT09999901",
)
CLOSED = Paper(
    "10.5555/closed.2019",
    "Grip strength after eight weeks of rowing in students",
    pmid="70000002",
    authors=(("Gamma", "Gil"),),
    year=2019,
    abstract=(("", "Forty students rowed for eight weeks. Grip strength rose by 6% (p = 0.01) against controls."),),
)
RETRACTED = Paper(
    "10.5555/retracted.2018",
    "Humming before sleep and resting heart rate in nurses",
    pmid="70000003",
    authors=(("Delta", "Dee"),),
    year=2018,
    abstract=(("", "Thirty nurses hummed before sleep. Resting heart rate fell by 4 beats a minute (p = 0.03)."),),
    notices=(Notice("retraction", "RetractionIn", "10.5555/retracted.notice", "70000093"),),
)
BARE = Paper(
    "10.5555/bare.2015",
    "A letter on the measurement of balance in field studies",
    authors=(("Epsilon", "Eve"),),
    year=2015,
    held_by=frozenset({"crossref", "europe_pmc"}),
)
PREPRINT = Paper(
    "10.5555/preprint.2020",
    "Cold showers and the attention of office workers",
    authors=(("Zeta", "Zoe"),),
    year=2020,
    abstract=(("", "Sixty office workers took cold showers. Attention did not differ from controls (p = 0.71)."),),
    preprint=True,
    preprint_of="10.5555/showers.2022",
    held_by=frozenset({"crossref", "europe_pmc"}),
)
EVERYTHING = (STAIRS, CLOSED, RETRACTED, BARE, PREPRINT)
