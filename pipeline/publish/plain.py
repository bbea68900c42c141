"""Sentences of the rules made plain: the names of closed lists become words, and counts get thousands separators."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.publish.words import BASIS, BIAS_DOMAIN, CLAIM_ABOUT, capital
from schemas.vocabulary import Basis, BiasDomain, ClaimType


def _spoken(value: str) -> str:
    return value.replace("_", "[ _]")


_BASIS = re.compile(rf"\bBasis ({'|'.join(_spoken(b) for b in Basis)})\b", re.IGNORECASE)
_CLAIM = re.compile(rf"\ban? ({'|'.join(_spoken(t) for t in ClaimType)}) claim\b", re.IGNORECASE)
_DOMAIN = re.compile(rf"^({'|'.join(_spoken(d) for d in BiasDomain)}):", re.IGNORECASE)
_COUNT = re.compile(
    r"(?<![\d.,])\d{4,}(?= (?:people|participants|animals|samples|events|needed|of the|that)\b| and [\d,]+ people)"
)
_WHOLE = re.compile(r"(?<![\d.,])\d{4,}(?![\d.,])")


def plain(sentence: str) -> str:
    """'Basis co measured: 0.6.' as 'Basis (both ends measured; cause not tested): 0.6.', '2446 needed' as '2,446 ...'.

    Years and identifiers are left alone: only numbers that count people, animals or events are grouped.
    """
    sentence = _BASIS.sub(lambda m: f"Basis ({BASIS[Basis(_value(m[1]))]})", sentence)
    sentence = _CLAIM.sub(lambda m: f"a claim {CLAIM_ABOUT[ClaimType(_value(m[1]))]}", sentence)
    sentence = _DOMAIN.sub(lambda m: f"{capital(BIAS_DOMAIN[BiasDomain(_value(m[1]))])}:", sentence)
    return _COUNT.sub(_grouped, sentence)


def plainly(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(plain(s) for s in sentences)


def grouped(formula: str) -> str:
    """A formula with thousands separators in all of its whole numbers."""
    return _WHOLE.sub(_grouped, formula)


def _grouped(found: re.Match[str]) -> str:
    return f"{int(found[0]):,}"


def _value(words: str) -> str:
    return words.lower().replace(" ", "_")
