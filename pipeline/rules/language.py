"""Words that the rules look for: hedges, negations, conclusions, citations, results, comparisons, names of variables.

Promises: plain word lists compiled into patterns that are linear in the length of the text; every predicate judges the
text that it is given and nothing else. Does not parse grammar, and decides no label: the basis gate does, with these.
How strongly a sentence speaks of cause is settled in `causal_language` and `causal_wording`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain

HEDGES = re.compile(
    # "may" is a month before a number or after a preposition; "could not" and "could detect" tell of ability, not doubt
    # The first letter spares most words of a text the whole list, here and below.
    r"\b(?=(?i:[mclpahstiwub]))(?:may\b(?!,?\s\d)|\AMay\b(?!,?\s\d|\s(?:to|and|until|through|of|was|were|in)\b)|[Mm]ight\b"
    r"|(?i:could\b(?!\snot\b|n['’]t|\s(?:be\s)?(?:exclud|detect|measure|see|rule|tell)))"
    # "more likely" compares risks: a result
    r"|(?<!more )(?<!less )(?<!as )(?<!times )(?<!equally )(?i:(?:un)?likely\b)"
    r"|(?i:(?:suggest(?:s|ed|ing|ive)?|possibly|perhaps|probabl[ey]|potentially|presumabl[ey]|presum(?:e|es"
    r"|ed)|conceivabl[ey]"
    r"|apparently|arguably|putative(?:ly)?|tentative(?:ly)?|hypothes[ie][sz](?:e|es|ed|is)?"
    r"|hypothetical(?:ly)?|speculat\w{1,6}"
    r"|seem(?:s|ed|ingly)?|impl(?:y|ies|ied|ying)|surmise[ds]?|appear(?:s|ed)?(?=\sto\b|\sthat\b|\slikely\b)"
    r"|(?:is|was|be|seems)\spossible(?=\sthat|\b)|possible\s(?:mechanism|explanation|reason|cause)s?"
    r"|(?:thought|believed|assumed)\s(?:to|that)\b|we\s(?:think|believe|assume)|consistent\swith\s(?:the\s|an?\s)?"
    r"(?:idea|hypothesis|notion|view|possibility|theory))\b))",
)
CONCLUSION_CUES = re.compile(
    r"\b(?=[wtaircop])(?:(?:we|the\sauthors?|they|authors|investigators|researchers)\s(?:therefore\s|thus\s"
    r"|also\s)?(?:conclude|suggest|attribute|propose|argue|"
    r"speculate|infer|interpret|believe|think|reason|recommend|read)(?:s|d|ed)?|in\sconclusion|in\ssummary|to\sconclude"
    r"|it\s(?:is|was|can\sbe|may\sbe)\sconcluded|taken\stogether|collectively,|overall,\s(?:these|our"
    r"|the)\s(?:findings|results|data)"
    r"|(?:these|our|the\spresent|the|present)\s(?:findings|results|data|observations)\s(?:\w{1,12}\s)?"
    r"(?:suggest|indicate|imply|support|point\sto|demonstrate|highlight|confirm|provide)(?:s|ed)?"
    r"|this\s(?:study|trial|finding|result|meta-analysis|analysis|review)\s(?:suggests|indicates|implies"
    r"|supports|demonstrates|provides|concludes)"
    r"|conclusions?:)",
    re.IGNORECASE,
)
PRIOR_WORK_CUES = re.compile(
    r"\b(?=[peonsmrahiwtc])(?:(?:previous|prior|earlier|past|numerous|(?<!the\s)other)\s(?:\w{1,15}\s)?"
    r"(?:stud(?:y|ies)|work|research|reports?|trials?|investigations?|investigators|authors|experiments?"
    r"|literature|reviews?"
    r"|meta-analys[ei]s)\b|(?:several|many|recent|some|animal|most)\s(?:stud(?:y|ies)|reports|trials|authors)\shave"
    r"|(?:has|have)\s(?:\w{1,12}\s)?(?:been\s)(?:\w{1,12}\s)?(?:reported|shown|described|demonstrated"
    r"|documented|established|proposed|suggested|observed|found|linked)"
    r"|as\s(?:described|reported|shown|demonstrated)\s(?:by|previously|earlier|elsewhere)|(?:previously"
    r"|already)\s(?:reported|shown|described|published)"
    r"|reported\s(?:previously|elsewhere)|in\sline\swith\s(?:previous|earlier|prior)"
    r"|consistent\swith\s(?:previous|earlier|prior)"
    r"|it\sis\s(?:well\s)?(?:known|established)|well[-\s]known|the\sliterature)\b|\bet\sal\b",
    re.IGNORECASE,
)
RESULT_TOKENS = re.compile(
    r"\d|%|\b(?:per\scent|percent|significan(?:t|tly|ce)|increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)"
    r"|reduc(?:e|es|ed|tion|tions)"
    r"|improv(?:e|es|ed|ement|ements)|declin(?:e|es|ed)|high(?:er|est)|low(?:er|ered|est)|great(?:er|est)"
    r"|small(?:er|est)|larger|fewer|more|less|longer|shorter|faster|slower|better|worse"
    r"|stronger|weaker|rose|rise[ns]?|fell|fall(?:s|en)?|dropped|drop|grew|gain(?:s|ed)?|lost|doubled|halved"
    r"|tripled|changed?|changes"
    r"|unchanged|unaltered|unaffected|altered|affected|enhanced|impaired|elevated|attenuated|suppressed"
    r"|abolished|blocked|prevented|restored"
    r"|facilitated|potentiated|diminished|differ(?:s|ed|ence|ences|ent)?|similar(?:ly)?|same|equal(?:ly)?"
    r"|comparable|no\seffects?"
    r"|correlat(?:e|es|ed|ion|ions)|associat(?:ed|ion|ions)|related|predict(?:s|ed)?|linked|twice|half|(?:two"
    r"|three|four|five|ten)[-\s]?fold"
    r"|did\snot|neither|none)\b",
    re.IGNORECASE,
)
_COMPARATOR_ALONE = re.compile(
    r"\A(?:in\s|among\s|for\s)?(?:the\s|all\s)?(?:untrained\s|untreated\s|non-\w{1,15}\s)?"
    r"(?:controls?|comparison|placebo|sham)(?:\s(?:groups?|arms?|limbs?|participants|subjects|condition))?\b"
    r"(?=[^.;]{0,40}\b(?:did|does|do|was|were|showed|had|remained|stayed|no|increased|decreased|rose|fell|changed)\b)",
    re.IGNORECASE,
)
_NOT_BASELINE = (
    r"(?!\s(?:at\s|in\s|on\s|that\s|those\s|the\s|their\s|its\s|measured\s|seen\s|recorded\s)*"
    r"(?:baseline|before|pre\b|pre-|pretest|pretrain|pretreat|initial|starting|start\b|beginning"
    r"|week\s(?:0|zero)|day\s0|first\s))"
)
BETWEEN_GROUP_CUES = re.compile(
    # set against its own baseline, a group is compared with nobody (Bland & Altman 2011)
    r"(?i:\b(?:compared\s(?:with|to|against)|in\scomparison\s(?:with|to)|versus|vs\.?|relative\sto)"
    + _NOT_BASELINE
    + r"|(?<!rather\s)(?<!other\s)\bthan\b(?!\s(?:\d|one|two|three|four|five|six|ten|half|twice|expected|predicted))"
    + _NOT_BASELINE
    + r"|\b(?:between|across|among)[-\s](?:\w{1,15}\s){0,3}?(?:groups?|arms?|conditions?|treatments?"
    r"|interventions?|regimens?)\b"
    r"|\bdifferen(?:ces?|t|ed)\s(?:between|from)\b" + _NOT_BASELINE + r"|\bdiffer(?:ed)?\s(?:between|from|by\sgroup)\b"
    r"|(?<!motor\s)(?<!postural\s)(?<!neural\s)(?<!pressure\s)(?<!glycaemic\s)(?<!glycemic\s)(?<!quality"
    r"\s)(?<!weight\s)"
    r"(?<!pain\s)(?<!birth\s)(?<!no\s)(?<!without\s)(?<!without\sa\s)\bcontrols?\b(?!\s(?:of|for|over)\b)"
    r"|\b(?:placebo|sham|comparators?|counterparts?|unexposed|non-?\w{1,15}ers|as\sopposed\sto)\b"
    r"|\b(?:untreated|untrained|inactive|sedentary)\s(?:groups?|arm|controls?|participants|people|adults"
    r"|subjects|animals|mice|rats)\b"
    r"|\bgroup\s?(?:×|x|by|\*|-by-)\s?time\b|\btime\s?(?:×|x|by|\*|-by-)\s?group\b|\binteractions?\b"
    r"|\bgroup\s(?:differences?|effects?)\b"
    r"|\b(?:odds|hazards?|risk|rate|incidence)\s(?:ratios?|differences?)\b|\brelative\srisks?\b"
    r"|\beach\sother\b)"
    r"|\b(?:OR|RR|HR|SMD|MD|WMD)s?\b(?=\s?[=:,(]|\s(?:was\s|of\s)?\d)",
)


@lru_cache(maxsize=2048)
def has_hedge(text: str) -> bool:
    """Whether the text hedges: may, might, could, suggest, likely ... (method.md A, basis gate).

    Not hedges: the month May, "could not", "more likely" (a comparison of risks), "likelihood".
    """
    return HEDGES.search(text) is not None


@lru_cache(maxsize=2048)
def is_conclusion(text: str) -> bool:
    """Whether the text announces a conclusion: "we conclude", "these findings suggest", "taken together"."""
    return CONCLUSION_CUES.search(text) is not None


@lru_cache(maxsize=2048)
def cites_prior_work(text: str) -> bool:
    """Whether the text tells of somebody else's work: "previous studies", "et al.", "has been reported"."""
    return PRIOR_WORK_CUES.search(text) is not None


@lru_cache(maxsize=2048)
def has_result_token(text: str) -> bool:
    """Whether the text holds something that a result is told with: a number, a change, a difference (method.md A)."""
    return RESULT_TOKENS.search(text) is not None


@lru_cache(maxsize=2048)
def names_between_group_comparison(text: str) -> bool:
    """Whether the text sets one group against another: compared with, than, placebo, odds ratio (method.md A, H 4).

    A sentence about the control group alone ("the control group did not change") compares nothing: two separate
    before-and-after tests are no comparison (Bland & Altman 2011, Trials 12:264).
    """
    return BETWEEN_GROUP_CUES.search(_COMPARATOR_ALONE.sub("", text)) is not None


_STOP = frozenset({
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "with", "by", "from", "per", "and",
    "or", "as", "into", "its", "their", "this", "that", "between", "during", "after",
})  # fmt: skip
_SPELLING = (
    ("isation", "ization"), ("ising", "izing"), ("ised", "ized"), ("ise", "ize"), ("yse", "yze"),
    ("ae", "e"), ("oe", "e"), ("our", "or"), ("tre", "ter"),
)  # fmt: skip
_IRREGULAR = {
    "mice": "mouse", "men": "man", "women": "woman", "children": "child", "feet": "foot", "teeth": "tooth",
    "people": "person", "persons": "person", "analyses": "analysis", "diagnoses": "diagnosis", "rose": "rise",
    "risen": "rise", "ran": "run", "took": "take", "fell": "fall",
}  # fmt: skip
_VOWEL = re.compile(r"[aeiouy]")
_COMPOUND = re.compile(r"[^\W_]+(?:['’\-‐‑–−/][^\W_]+)*")
_PART = re.compile(r"[^\W_]+")


def _endings_off(word: str) -> set[str]:
    """The word and what is left of it without plural, -ed or -ing, as every spelling that it may have had before."""
    forms = {word}
    if word.endswith("ies") and len(word) > 4:
        forms.add(word[:-3] + "y")
    elif word.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        forms.add(word[:-2])
    if word.endswith("eses"):
        forms.add(word[:-2] + "is")
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        forms.add(word[:-1])
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            forms |= {stem, stem + "e"}
            if stem[-1] == stem[-2] and stem[-1] not in "sl":
                forms.add(stem[:-1])
            if stem.endswith("i"):
                forms.add(stem[:-1] + "y")
    return forms


@lru_cache(maxsize=4096)
def _stems(word: str) -> frozenset[str]:
    word = _IRREGULAR.get(word, word)
    for british, american in _SPELLING:
        word = word.replace(british, american)
    return frozenset(_endings_off(word))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()


@lru_cache(maxsize=512)
def _words(text: str) -> frozenset[str]:
    """The words of a text, compounds as one and in parts; the same few sentences are asked about for every link."""
    parted = [_PART.findall(compound) for compound in set(_COMPOUND.findall(_folded(text)))]
    return frozenset([*chain.from_iterable(parted), *map("".join, parted)])


@lru_cache(maxsize=512)
def _present(text: str) -> frozenset[str]:
    """The stems of a text."""
    return frozenset[str]().union(*map(_stems, _words(text)))


def _stands(word: str, text: str) -> bool:
    """Whether a folded word stands in a text, in whatever form; stems are made only where the very form is missing."""
    return word in _words(text) or not _stems(word).isdisjoint(_present(text))


_NO_CONTROL = re.compile(
    r"\b(?:no|without(?:\san?|\sany)?|lack(?:s|ed|ing)?(?:\sof)?(?:\san?|\sany)?)\s(?:\w{1,15}\s){0,2}?"
    r"(?:control|comparison|comparator|placebo)\b(?:\sgroups?|\sarms?)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def denies_a_comparator(text: str) -> bool:
    """Whether the text says that nothing ran beside the intervention: "no untrained control group is named"."""
    return _NO_CONTROL.search(text) is not None


@lru_cache(maxsize=2048)
def names(variable: str, text: str) -> bool:
    """Whether every content word of the variable stands in the text, whatever its case, hyphens, plural, -ed or -ing.

    "rate of torque development" is named by "Rates of torque-development rose", "blood-flow" by "bloodflow".
    British and American spellings are the same word; abbreviations are not spelled out. A variable without a
    content word is named nowhere. Source: method.md A (the quotation names the measured variable).
    """
    wanted = [_PART.findall(compound) for compound in _COMPOUND.findall(_folded(variable))]
    wanted = [[part for part in parts if part not in _STOP] for parts in wanted]
    wanted = [parts for parts in wanted if parts]
    if not wanted:
        return False
    return all(_stands("".join(parts), text) or all(_stands(part, text) for part in parts) for parts in wanted)


def shares_a_word(one: str, other: str) -> bool:
    """Whether two names of outcomes have a content word in common, inflections aside ("any injury", "injuries")."""
    words = [p for m in _COMPOUND.finditer(_folded(one)) for p in _PART.findall(m.group()) if p not in _STOP]
    return any(_stands(word, other) for word in words)
