"""The table of verbs that state a cause, their forms, and what may be said in their place.

Promises: one entry per verb; its forms are regular unless the table says otherwise. Does not judge sentences: that is
`pipeline.rules.causal_language`. Source: method.md 7; Adams et al. 2017; the choice of verbs is ours (◇).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class Form(StrEnum):
    BASE = "base"
    THIRD = "third"
    PAST = "past"
    PARTICIPLE = "participle"
    GERUND = "gerund"


class CausalVerb(NamedTuple):
    """`linked` goes after "is linked to"; None where "may" and the base form read better.

    `particle` is the word that must follow ("lead to"); `ergative` verbs also happen by themselves ("torque
    increased"), which states no cause; `noun` verbs share their form with a noun ("increases in torque").
    """

    base: str
    linked: str | None = None
    particle: str = ""
    ergative: bool = False
    noun: bool = False


_TABLE = (
    CausalVerb("increase", "higher", ergative=True, noun=True),
    CausalVerb("raise", "higher", noun=True),
    CausalVerb("boost", "higher", noun=True),
    CausalVerb("elevate", "higher"),
    CausalVerb("enhance", "better"),
    CausalVerb("improve", "better", ergative=True),
    CausalVerb("strengthen", "stronger", ergative=True),
    CausalVerb("promote", "more"),
    CausalVerb("stimulate", "more"),
    CausalVerb("prolong", "longer"),
    CausalVerb("extend", "longer"),
    CausalVerb("accelerate", "faster", ergative=True),
    CausalVerb("decrease", "lower", ergative=True, noun=True),
    CausalVerb("reduce", "lower"),
    CausalVerb("lower", "lower", noun=True),
    CausalVerb("lessen", "less", ergative=True),
    CausalVerb("diminish", "less", ergative=True),
    CausalVerb("cut", "lower", noun=True),
    CausalVerb("weaken", "weaker", ergative=True),
    CausalVerb("impair", "poorer"),
    CausalVerb("worsen", "worse", ergative=True),
    CausalVerb("slow", "slower", ergative=True, noun=True),
    CausalVerb("delay", "later", noun=True),
    CausalVerb("shorten", "shorter", ergative=True),
    CausalVerb("prevent", "less"),
    CausalVerb("stop", "less", ergative=True, noun=True),
    CausalVerb("relieve", "less"),
    CausalVerb("alleviate", "less"),
    CausalVerb("ease", "less", noun=True),
    CausalVerb("inhibit", "less"),
    CausalVerb("suppress", "lower"),
    CausalVerb("protect", "less", particle="against"),
    CausalVerb("protect"),
    CausalVerb("cause", "", noun=True),
    CausalVerb("trigger", "", noun=True),
    CausalVerb("induce", ""),
    CausalVerb("produce", "", noun=True),
    CausalVerb("drive", "", noun=True),
    CausalVerb("lead", "", particle="to", noun=True),
    CausalVerb("result", "", particle="in", noun=True),
    CausalVerb("contribute", "", particle="to"),
    CausalVerb("bring", "", particle="about"),
    CausalVerb("affect", ""),
    CausalVerb("influence", "", noun=True),
    CausalVerb("impact", "", noun=True),
    CausalVerb("alter", ""),
    CausalVerb("change", "", ergative=True, noun=True),
    CausalVerb("modify", ""),
    CausalVerb("modulate", ""),
    CausalVerb("regulate", ""),
    CausalVerb("mediate", ""),
    CausalVerb("determine", ""),
    CausalVerb("activate"),
    CausalVerb("block", noun=True),
    CausalVerb("make", noun=True),
    CausalVerb("help", noun=True),
    CausalVerb("allow"),
    CausalVerb("enable"),
    CausalVerb("force", noun=True),
    CausalVerb("cure", noun=True),
    CausalVerb("heal", ergative=True),
    CausalVerb("damage", "damage to", noun=True),
    CausalVerb("harm", "harm to", noun=True),
    CausalVerb("destroy", "loss of"),
    CausalVerb("benefit", "benefit for", noun=True),
    CausalVerb("restore"),
    CausalVerb("attenuate", "less"),
    CausalVerb("augment", "more"),
    CausalVerb("ameliorate", "less"),
    CausalVerb("mitigate", "less"),
    CausalVerb("curb", "less"),
    CausalVerb("eliminate", "less"),
    CausalVerb("abolish", "loss of"),
    CausalVerb("counteract"),
    CausalVerb("disrupt", "disruption of"),
    CausalVerb("facilitate"),
    CausalVerb("save", noun=True),
    CausalVerb("shape", noun=True),
    CausalVerb("kill"),
    CausalVerb("confer", ""),
    CausalVerb("generate", ""),
    CausalVerb("create", ""),
)
_IRREGULAR = MappingProxyType(
    {
        "cut": ("cut", "cut"),
        "stop": ("stopped", "stopped"),
        "drive": ("drove", "driven"),
        "lead": ("led", "led"),
        "bring": ("brought", "brought"),
        "make": ("made", "made"),
        "confer": ("conferred", "conferred"),
    }
)


class VerbForm(NamedTuple):
    """One form of one verb; `kinds` holds several where forms coincide ("increased")."""

    verbs: tuple[CausalVerb, ...]
    kinds: frozenset[Form]


def third_person(base: str) -> str:
    """The form for he, she, it: "reduces", "modifies", "impairs"."""
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "ch", "sh")) else "s")


def _past(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + ("d" if base.endswith("e") else "ed")


def _gerund(base: str) -> str:
    doubled = {"cut": "cutting", "stop": "stopping", "confer": "conferring"}
    return doubled.get(base) or base.removesuffix("e") + "ing"


def _forms() -> Mapping[str, VerbForm]:
    verbs: dict[str, tuple[CausalVerb, ...]] = {}
    kinds: dict[str, frozenset[Form]] = {}
    for verb in _TABLE:
        past, participle = _IRREGULAR.get(verb.base, (_past(verb.base),) * 2)
        words = (
            (verb.base, Form.BASE),
            (third_person(verb.base), Form.THIRD),
            (past, Form.PAST),
            (participle, Form.PARTICIPLE),
            (_gerund(verb.base), Form.GERUND),
        )
        for word, kind in words:
            known = verbs.get(word, ())
            verbs[word] = known if verb in known else (*known, verb)
            kinds[word] = kinds.get(word, frozenset[Form]()) | {kind}
    return MappingProxyType({word: VerbForm(verbs[word], kinds[word]) for word in verbs})


FORMS: Mapping[str, VerbForm] = _forms()
"""Every form of every verb of the table, in lower case."""
