"""Reads the dates of exports: '2013///', '2013 Oct-Dec', 'DEC 16 2020', '2014-08-29', 'Spring 2013'.

Promises a date as precise as it is printed and null where there is no year. Seasons and ranges count as far as they
are certain: the first month of a range, no month for a season. A day-and-month pair that can be read both ways gives
the year alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.study import CslDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier enero",
            "february feb fevrier février febrero",
            "march mar mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juin junio",
            "july jul juillet julio",
            "august aug août agosto",
            "september sep sept septembre septiembre",
            "october oct octobre octubre",
            "november nov novembre noviembre",
            "december dec decembre décembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
_YEAR = re.compile(r"(?<![\d.])(1[5-9]\d\d|20\d\d)(?!\d)")
_SLASHED = re.compile(
    r"\s*(1[5-9]\d\d|20\d\d)\s*[-/.]\s*(\d{1,2}|)(?:\s*[-/.]\s*(\d{1,2}|)(?!\d))?(?:[/T\s].*)?$", re.DOTALL
)
_COMPACT = re.compile(r"\D{0,40}(1[5-9]\d\d|20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?:\s|$)")
_BACKWARD = re.compile(r"\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(1[5-9]\d\d|20\d\d)\s*$")
_MONTH = re.compile(r"[^\W\d_]{3,10}")
_DAY = re.compile(r"(?<![\d])([0-2]?\d|3[01])(?:st|nd|rd|th)?(?!\d)")


@dataclass(frozen=True, slots=True)
class _Parts:
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def depth(self) -> int:
        return sum(part is not None for part in (self.month, self.day))


def date_of(*printed: str | None) -> CslDate | None:
    """The date that the fields say together: the year of the first that has one, month and day of any that agrees.

    A field without a year ('JUN 8') adds to the year of another.
    """
    read = [_parts(text) for text in printed if text and text.strip()]
    year = next((parts.year for parts in read if parts.year), None)
    if year is None:
        return None
    fitting = [parts for parts in read if parts.year in {None, year} and parts.month]
    finest = max(fitting, key=lambda parts: parts.depth, default=_Parts())
    known = [part for part in (year, finest.month, finest.day) if part is not None]
    return CslDate.model_validate({"date-parts": [known]})


def csl_date(parts: list[int]) -> CslDate | None:
    """The date of numbers [year, month, day], as far as they can be one."""
    if not parts or not 1000 <= parts[0] <= 2999:
        return None
    checked = _checked(*[*parts[:3], None, None][:3])
    known = [part for part in (checked.year, checked.month, checked.day) if part is not None]
    return CslDate.model_validate({"date-parts": [known]})


def date_in_parts(year: str, month: str, day: str) -> CslDate | None:
    """The date that XML gives in parts, the month as a number or by its name; what is unknown is empty."""
    parts = (year, month, day)
    return date_of("-".join(part for part in parts if part) if month.isdigit() else " ".join(parts))


def written(date: CslDate | None) -> str | None:
    """'2024-03-26', shortened as far as is known; null for no date."""
    return "-".join(f"{n:02d}" for n in date.date_parts[0]) if date is not None else None


def _parts(text: str) -> _Parts:
    text = text[:200]
    for pattern in (_COMPACT, _SLASHED):
        match = pattern.match(text)
        if match:
            year, month, day = (int(group) if group else None for group in match.groups())
            return _checked(year, month, day) if month else _worded(text, year)
    match = _BACKWARD.match(text)
    if match:
        first, second, year = map(int, match.groups())
        if first > 12 >= second:
            return _checked(year, second, first)
        return _checked(year, first, second) if second > 12 >= first else _Parts(year)
    found = _YEAR.search(text)
    return _worded(text, int(found.group(1)) if found else None)


def _worded(text: str, year: int | None) -> _Parts:
    """Month by its name, the day beside it; a range ('Oct-Dec', '29-31') gives its beginning without a day."""
    named = [(m, _MONTHS[m.group().lower()]) for m in _MONTH.finditer(text) if m.group().lower() in _MONTHS]
    if not named:
        return _Parts(year)
    rest = _YEAR.sub(" ", text)
    days = [int(match.group(1)) for match in _DAY.finditer(rest)]
    return _checked(year, named[0][1], days[0] if len(days) == 1 and len(named) == 1 else None)


def _checked(year: int | None, month: int | None, day: int | None) -> _Parts:
    if month is None or not 1 <= month <= 12:
        return _Parts(year)
    return _Parts(year, month, day if day is not None and 1 <= day <= 31 else None)
