"""What may be said of a cause: the tier that the evidence permits, sentences above it, and a wording within it.

Promises: wordings come from one table of verbs and never speak more strongly than asked. Does not judge evidence: tier
and certainty come from the rules. How strongly a sentence speaks is settled in `pipeline.rules.causal_language`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.rules.causal_language import CausalPhrase, causal_phrases
from pipeline.rules.causal_verbs import CausalVerb, Form
from schemas.vocabulary import Certainty, Species, VerbTier

_SAYS = {VerbTier.DIRECT: "states a cause", VerbTier.CAN: "says that there can be a cause"}
_AT_MOST = {VerbTier.CAN: "'can' or 'probably'", VerbTier.LINKED: "'is linked to', 'may' or 'might'"}


def overclaims(sentences: Sequence[str], permitted: VerbTier) -> tuple[str, ...]:
    """One problem per sentence that speaks of cause more strongly than permitted; it names what may be said.

    Each gives the sentence, its strongest words and the permitted ones. Source: method.md 7 and H 11.
    """
    problems: list[str] = []
    for sentence in sentences:
        above = [phrase for phrase in causal_phrases(sentence) if phrase.tier > permitted]
        if above:
            worst = max(above, key=lambda phrase: phrase.tier)
            says = f"'{worst.words}' {_SAYS[worst.tier]}"
            problems.append(f"'{sentence.strip()}': {says}; the evidence permits at most {_AT_MOST[permitted]}")
    return tuple(problems)


def permitted_tier(randomised: bool, certainty: Certainty | None) -> VerbTier:  # noqa: FBT001
    """The strongest tier permitted: DIRECT for randomised between-group evidence of HIGH certainty, CAN for MODERATE.

    All else, and evidence without a certainty, permits LINKED. Source: method.md E (verb) and 7.
    """
    if randomised and certainty is Certainty.HIGH:
        return VerbTier.DIRECT
    return VerbTier.CAN if randomised and certainty is Certainty.MODERATE else VerbTier.LINKED


_IN_SPECIES = {Species.ANIMAL: "animals", Species.CELLS: "cells", Species.COMPUTER_MODEL: "a computer model"}
_NAMED = re.compile(
    r"\b(?:animals?|mice|mouse|rats?|rodents?|dogs?|pigs?|monkeys?|rabbits?|cells?|vitro|computer|simulat\w{1,6})\b",
    re.IGNORECASE,
)


_DETERMINED = re.compile(r"\s(?:the|an?|its|their|his|her|our|your|my|both|how|what)\b", re.IGNORECASE)
_PLURAL = re.compile(r"\s[\w-]{1,30}(?<![su]|i)s\b")


def _linked_words(verb: CausalVerb, after: str) -> str | None:
    """What stands after "linked to", given the words after the verb; None where "may" and the base form read better."""
    if not verb.linked or verb.linked.endswith((" to", " for", " of")):
        return verb.linked
    if _DETERMINED.match(after):
        return None
    return "fewer" if verb.linked == "less" and _PLURAL.match(after) else verb.linked


def _softened(text: str, phrase: CausalPhrase, tier: VerbTier) -> str:
    """The text with one phrase brought down to `tier`, or unchanged where no simple wording fits."""
    before, after = text[: phrase.start], text[phrase.end :]
    if phrase.governor is not None and phrase.form is Form.BASE:
        start, end = phrase.governor
        return text[:start] + ("can" if tier is VerbTier.CAN else "may") + text[end:]
    be = {Form.THIRD: "is", Form.BASE: "are", Form.PAST: "was"}.get(phrase.form) if phrase.form else None
    if phrase.verb is None or be is None or before.endswith("to "):
        return text
    if tier is VerbTier.CAN:
        return f"{before}probably {phrase.words}{after}"
    if phrase.governor is not None:
        before = text[: phrase.governor[0]].rstrip() + " "
    linked = _linked_words(phrase.verb, after)
    if linked is None:
        return f"{before}may {' '.join(filter(None, (phrase.verb.base, phrase.verb.particle)))}{after}"
    return f"{before}{be} linked to {linked}".rstrip() + after


_BECAUSE = re.compile(r"(?<!possibly )(?<!perhaps )\b(?:because|due to|owing to)\b", re.IGNORECASE)


def rewrite_verb(claim_text: str, tier: VerbTier, species: Species) -> str | None:
    """The claim with no verb above `tier`, or None where it has none above already.

    "Training increases strength" becomes "Training is linked to higher strength" (LINKED) or "Training probably
    increases strength" (CAN). Evidence from animals, cells or computer models is named as such. Source: method.md E.
    """
    claim = claim_text.strip()
    above = [phrase for phrase in causal_phrases(claim) if phrase.tier > tier]
    if not above:
        return None
    text = claim
    for phrase in reversed(above):
        text = _softened(text, phrase, tier)
    if any(phrase.tier > tier for phrase in causal_phrases(text)):
        opening = "Probably, " if tier is VerbTier.CAN else "It is possible that "
        text = opening + claim[:1].lower() + claim[1:]
    if tier is VerbTier.LINKED:
        text = _BECAUSE.sub(r"possibly \g<0>", text)
    where = _IN_SPECIES.get(species)
    if where and not _NAMED.search(text):
        stem = text.rstrip(".!")
        text = f"{stem} in {where}{text[len(stem) :]}"
    return text
