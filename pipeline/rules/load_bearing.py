"""Load-bearing tokens: the words, numbers and signs of a quotation in which one change changes what is claimed.

Promises a kind for every such token (number, sign, negation, hedge, direction, quantity, unit, group) and null for the
rest, and reads the numbers of a text with sign and unit. The lists are for English research prose; what they lack is at
worst called a slip, and slips are not accepted either (`pipeline.rules.quotation`). Does no searching and no grading.

Source of the rules: the quote gate (docs/method.md); fuzzy scores cannot see a changed number.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Load(StrEnum):
    """What a token carries."""

    NUMBER = "number"
    SIGN = "sign"
    NEGATION = "negation"
    HEDGE = "hedge"
    DIRECTION = "direction"
    QUANTITY = "quantity"
    UNIT = "unit"
    GROUP = "group"


def _words(listing: str) -> frozenset[str]:
    return frozenset(listing.split())


NEGATIONS = _words(
    "no not nor neither never none without cannot cant wont dont doesnt didnt isnt arent wasnt werent hasnt "
    "havent hadnt couldnt wouldnt shouldnt lack lacks lacked lacking absence absent fail fails failed failing "
    "failure unable insignificant nonsignificant insignificantly nonsignificantly ns unlikely hardly scarcely "
    "barely little insufficient nothing nobody nowhere"
)
HEDGES = _words(
    "may might could can would should suggest suggests suggested suggesting possible possibly perhaps potential "
    "potentially presumably probable probably likely appear appears appeared seem seems seemed hypothesis "
    "hypothesise hypothesised hypothesize hypothesized speculate speculated whether if unclear unknown uncertain "
    "inconclusive propose proposed assume assumed expected tended trend tendency"
)
_BOOSTERS = _words("must shall certainly clearly definitely prove proves proved proven undoubtedly always")
_DIRECTIONS = _words(
    "rise rises rose risen rising raise raises raised raising fall falls fell fallen falling drop drops dropped "
    "dropping grow grows grew grown growth shrink shrank shrunk higher highest high lower lowest low lowered "
    "lowers more most less least fewer fewest greater greatest smaller smallest larger largest small large better "
    "best worse worst gain gains gained lose loses lost loss losses up down above below over under before after "
    "longer shorter faster slower stronger weaker earlier later older younger positive positively negative "
    "negatively superior inferior superiority inferiority noninferior favour favours favoured favor favors "
    "favored against unchanged same similar similarly equal equally different differ differs differed difference "
    "upward downward add added remove removed causes caused cause prevents because therefore significant "
    "significantly beneficial benefit benefits harmful harm harms safe unsafe effective ineffective except despite "
    "associated independent dependent"
)
_DIRECTION_STEMS = (
    "increas", "decreas", "reduc", "declin", "improv", "worsen", "deteriorat", "elevat", "enhanc", "impair", "promot",
    "inhibit", "suppress", "stimulat", "augment", "attenuat", "accelerat", "delay", "exceed", "prevent", "protect",
    "upregulat", "downregulat", "strengthen", "weaken", "diminish", "lessen", "expand", "extend", "shorten", "lengthen",
    "block", "activat", "induc", "potentiat", "aggravat", "alleviat", "doubl", "halv", "tripl", "acidos", "alkalos",
    "hypo", "hyper", "contradict", "confirm", "refut", "support", "correlat",
)  # fmt: skip
_QUANTITIES = _words(
    "all both each every any some several many few most only half quarter third twice thrice double once zero one "
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
    "first second majority minority always often sometimes rarely seldom usually mean median average maximum "
    "minimum maximal minimal odds hazard risk ratio ci sd se sem iqr or rr hr per"
)
_UNITS = _words(
    "percent percentage point points fold times mg g kg μg ug ng pg l ml dl μl mol mmol μmol umol nmol pmol m mm "
    "cm km μm nm s ms sec min h hr hrs d wk yr second seconds minute minutes hour hours day days week weeks month "
    "months year years daily weekly monthly yearly mmhg kpa pa hz khz n kn j kj kcal cal w kw v mv ma bpm iu u "
    "ppm rpm gy msv degrees celsius °c °f °"
)
_GROUPS = _words(
    "control controls placebo sham intervention interventions treatment treatments treated untreated trained "
    "untrained training nontraining detraining experimental comparator comparison exposed unexposed exposure case "
    "cases men women man woman male males female females boys girls children adults adult child adolescents "
    "elderly infants patients healthy sick left right ipsilateral contralateral unilateral bilateral dominant "
    "nondominant active inactive passive sedentary runners nonrunners smokers nonsmokers users nonusers "
    "supplemented unsupplemented supplementation drug surgery surgical conservative standard usual baseline "
    "followup preintervention postintervention mice rats mouse rat animals animal human humans cells vitro vivo "
    "responders nonresponders vegetarians omnivores concentric eccentric highintensity lowintensity "
    "highload lowload highdose lowdose group groups arm arms"
)
GROUP_NOUNS = _words("group groups arm arms leg legs limb limbs patients participants subjects mice rats")
"""Nouns whose group is named by the word before them: "creatine group"."""
SIGNS = frozenset("<>≤≥=≠±≈~≪≫+-−%‰^_/°∝×x*↑↓→←")
"""Signs of comparison, arithmetic and proportion. A multiplication sign is folded to x."""

_NEGATING_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "anti", "a", "de", "mis", "re")
JOINTS = (NEGATIONS - {"cant", "wont"}).union(HEDGES, _DIRECTIONS, _QUANTITIES, _NEGATING_PREFIXES, ("hypo", "hyper"))
"""Pieces of words that must not be joined or split by white space: "not able" is no "notable"."""


_KINDS = (
    dict.fromkeys(_UNITS, Load.UNIT)
    | dict.fromkeys(_GROUPS, Load.GROUP)
    | dict.fromkeys(_QUANTITIES, Load.QUANTITY)
    | dict.fromkeys(_DIRECTIONS, Load.DIRECTION)
    | dict.fromkeys(HEDGES | _BOOSTERS, Load.HEDGE)
    | dict.fromkeys(NEGATIONS, Load.NEGATION)
)
"""Kind of every listed word; where lists overlap the later one counts."""


@lru_cache(maxsize=8192)
def load_of(token: str) -> Load | None:
    """The kind of a folded token (lower case), or null when it carries nothing that these lists know."""
    if token.lstrip(".")[:1].isnumeric():
        return Load.NUMBER
    if token in SIGNS:
        return Load.SIGN
    bare = token.replace("'", "").replace("-", "")
    return _KINDS.get(bare) or (Load.DIRECTION if bare.startswith(_DIRECTION_STEMS) else None)


def opposed(one: str, other: str) -> bool:
    """True when two words differ by a negating prefix only: "trained" and "untrained"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 3 and any(long == prefix + short for prefix in _NEGATING_PREFIXES)


class Number(NamedTuple):
    """A number as it stands: sign ("-" or empty), digits with points and commas, and a unit whose case matters."""

    sign: str
    digits: str
    unit: str


_NUMBER = re.compile(
    r"""(?: \d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?   # 12,000.5
          | \d+(?:\.\d+)+ | \d+,\d+ | \d+            # 0.5, 0,5, 5
          | (?<![\w.])\.\d+ )                        # .05
        (?: \s? (?P<unit> [A-Za-zμ]{1,5} ) \b )?""",
    re.VERBOSE,
)
_CASED = _words(
    "mg ng pg ml dl mm cm nm km kg ms mv ma mw mj mol mmol nmol pmol m g l s h v w n j k t hz khz mhz pa mpa kpa"
)
_CLOSING = frozenset(")]%°'")


def numbers_of(text: str) -> tuple[Number, ...]:
    """The numbers of a text whose signs are unified (`pipeline.rules.folding.spaced`), in order.

    A dash is a sign when nothing that it could join or subtract from stands before it: "-0.5", "(- 0.5", "= -2" and
    "was - 0.5" are negative, "12-26", "12 - 26" and "IL-6" are not. A unit is kept in its case ("mM" is no "mm"), but
    litres may be written either way.
    """
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        unit = match.group("unit") or ""
        digits = match.group().removesuffix(unit).rstrip()
        cased = unit.replace("L", "l") if unit.lower() in _CASED else ""
        found.append(Number(_sign(text[max(0, match.start() - 12) : match.start()]), digits, cased))
    return tuple(found)


def _sign(before: str) -> str:
    dash = re.search(r"(.?)(\s*)-(\s*)$", before, re.DOTALL)
    if dash is None:
        return ""
    attached, gap, behind = dash.groups()
    joins = bool(attached) and (attached.isalnum() or attached in _CLOSING)
    if joins and not gap:
        return ""
    return "" if joins and behind and (attached.isdigit() or attached in _CLOSING) else "-"
