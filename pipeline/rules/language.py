"""Words that the rules look for: hedges, negations, conclusions, citations, results, comparisons, names of variables.

Promises: plain word lists compiled into patterns that are linear in the length of the text; every predicate judges the
text that it is given and nothing else. Does not parse grammar, and decides no label: the basis gate does, with these.
How strongly a sentence speaks of cause is settled in `pipeline.rules.causal_language`, whose functions stand here too.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.rules.causal_language import grade_hedge, overclaims, permitted_tier, rewrite_verb, verb_tier

__all__ = [
    "BETWEEN_GROUP_CUES",
    "CONCLUSION_CUES",
    "HEDGES",
    "NEGATIONS",
    "PRIOR_WORK_CUES",
    "RESULT_TOKENS",
    "cites_prior_work",
    "grade_hedge",
    "has_hedge",
    "has_negation",
    "has_result_token",
    "is_conclusion",
    "names",
    "names_between_group_comparison",
    "overclaims",
    "permitted_tier",
    "rewrite_verb",
    "verb_tier",
]

HEDGES = re.compile(
    # "may" is a month before a number or after a preposition, and "could not" is a failure, not a doubt
    r"\bmay\b(?!,?\s\d)|\AMay\b(?!,?\s\d|\s(?:to|and|until|through|of|was|were|in)\b)|\bM(?i:ight)\b|\bmight\b"
    r"|(?i:\bcould\b(?!\snot\b|n['’]t))"
    # "more likely" compares risks: a result
    r"|(?<!more )(?<!less )(?<!as )(?<!times )(?<!equally )(?i:\b(?:un)?likely\b)"
    r"|(?i:\b(?:suggest(?:s|ed|ing|ive)?|possibly|perhaps|probabl[ey]|potentially|presumabl[ey]|presum(?:e|es|ed)|conceivabl[ey]"
    r"|apparently|arguably|putative(?:ly)?|tentative(?:ly)?|hypothes[ie][sz](?:e|es|ed|is)?|hypothetical(?:ly)?|speculat\w{1,6}"
    r"|seem(?:s|ed|ingly)?|impl(?:y|ies|ied|ying)|surmise[ds]?|appear(?:s|ed)?(?=\sto\b|\sthat\b|\slikely\b)"
    r"|(?:is|was|be|seems)\spossible(?=\sthat|\b)|possible\s(?:mechanism|explanation|reason|cause)s?"
    r"|(?:thought|believed|assumed)\s(?:to|that)\b|we\s(?:think|believe|assume)|consistent\swith\s(?:the\s|an?\s)?"
    r"(?:idea|hypothesis|notion|view|possibility|theory))\b)",
)
NEGATIONS = re.compile(
    r"\b(?:not|no|never|neither|nor|none|nobody|nothing|without|cannot|unable|fail(?:s|ed|ing)?\sto|lack(?:s|ed|ing)?"
    r"|absence)\b|n['’]t\b",
    re.IGNORECASE,
)
CONCLUSION_CUES = re.compile(
    r"\b(?:(?:we|the\sauthors?|they|authors|investigators|researchers)\s(?:therefore\s|thus\s|also\s)?(?:conclude|suggest|attribute|propose|argue|"
    r"speculate|infer|interpret|believe|think|reason|recommend|read)(?:s|d|ed)?|in\sconclusion|in\ssummary|to\sconclude"
    r"|it\s(?:is|was|can\sbe|may\sbe)\sconcluded|taken\stogether|collectively,|overall,\s(?:these|our|the)\s(?:findings|results|data)"
    r"|(?:these|our|the\spresent|the|present)\s(?:findings|results|data|observations)\s(?:\w{1,12}\s)?"
    r"(?:suggest|indicate|imply|support|point\sto|demonstrate|highlight|confirm|provide)(?:s|ed)?"
    r"|this\s(?:study|trial|finding|result|meta-analysis|analysis|review)\s(?:suggests|indicates|implies|supports|demonstrates|provides|concludes)"
    r"|conclusions?:)",
    re.IGNORECASE,
)
PRIOR_WORK_CUES = re.compile(
    r"\b(?:(?:previous|prior|earlier|past|other|several|many|recent|numerous|animal|published)\s(?:\w{1,15}\s)?"
    r"(?:stud(?:y|ies)|work|research|reports?|trials?|investigations?|investigators|authors|experiments?|literature|reviews?"
    r"|meta-analys[ei]s)(?!\s(?:visit|drug))"
    r"|(?:has|have)\s(?:\w{1,12}\s)?(?:been\s)(?:\w{1,12}\s)?(?:reported|shown|described|demonstrated|documented|established|proposed|suggested|observed|found|linked)"
    r"|as\s(?:described|reported|shown|demonstrated)\s(?:by|previously|earlier|elsewhere)|reported\s(?:by\s[A-Z]|previously|elsewhere)"
    r"|according\sto\s[A-Z]|in\sline\swith\s(?:previous|earlier|prior)|consistent\swith\s(?:previous|earlier|prior)"
    r"|it\sis\s(?:well\s)?(?:known|established)|well[-\s]known|the\sliterature)\b|\bet\sal\b",
    re.IGNORECASE,
)
RESULT_TOKENS = re.compile(
    r"\d|%|\b(?:per\scent|percent|significan(?:t|tly|ce)|increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|tion|tions)"
    r"|improv(?:e|es|ed|ement|ements)|declin(?:e|es|ed)|high(?:er|est)|low(?:er|ered|est)|great(?:er|est)|small(?:er|est)|larger|fewer|more|less|longer|shorter|faster|slower|better|worse"
    r"|stronger|weaker|rose|rise[ns]?|fell|fall(?:s|en)?|dropped|drop|grew|gain(?:s|ed)?|lost|doubled|halved|tripled|changed?|changes"
    r"|unchanged|unaltered|unaffected|altered|affected|enhanced|impaired|elevated|attenuated|suppressed|abolished|blocked|prevented|restored"
    r"|facilitated|potentiated|diminished|differ(?:s|ed|ence|ences|ent)?|similar(?:ly)?|same|equal(?:ly)?|comparable|no\seffects?"
    r"|correlat(?:e|es|ed|ion|ions)|associat(?:ed|ion|ions)|related|predict(?:s|ed)?|linked|twice|half|(?:two|three|four|five|ten)[-\s]?fold"
    r"|did\snot|neither|none)\b",
    re.IGNORECASE,
)
BETWEEN_GROUP_CUES = re.compile(
    r"\b(?:compared\s(?:with|to|against)|in\scomparison\s(?:with|to)|versus|vs|than|relative\sto|as\sopposed\sto|unlike"
    r"|(?:between|across|among)[-\s](?:\w{1,15}\s){0,3}?(?:groups?|arms?|conditions?|treatments?|interventions?|regimens?|trials?|cohorts?|sexes)"
    r"|differences?\s(?:between|from)|controls?|placebo|sham|untreated|untrained|unexposed|non-?\w{1,15}ers\b|comparators?|counterparts?"
    r"|group\s?(?:×|x|by|\*)\s?time|time\s?(?:×|x|by|\*)\s?group|interaction"
    r"|(?:odds|hazards?|risk|rate|incidence)\s(?:ratios?|differences?)|relative\srisks?|(?:standardi[sz]ed\s)?mean\sdifferences?"
    r"|each\sother|both\sgroups|(?:the\s)?(?:two|three|four)\s(?:groups|arms|conditions|regimens)|(?:other|intervention|treatment|active|exercise|experimental|training)\s(?:groups?|arms?))\b"
    r"|\b(?:OR|RR|HR|SMD|MD|WMD)s?\b(?=\s?[=:,(]|\s\d)|\bgroup\s(?:differences?|effects?)\b",
)
_BETWEEN_ANY_CASE = re.compile(BETWEEN_GROUP_CUES.pattern.rpartition(r"|\b(?:OR|RR")[0], re.IGNORECASE)


def has_hedge(text: str) -> bool:
    """Whether the text hedges: may, might, could, suggest, likely ... (method.md A, basis gate).

    Not hedges: the month May, "could not", "more likely" (a comparison of risks), "likelihood".
    """
    return HEDGES.search(text) is not None


def has_negation(text: str) -> bool:
    """Whether the text negates something: not, no, neither, without, failed to ..."""
    return NEGATIONS.search(text) is not None


def is_conclusion(text: str) -> bool:
    """Whether the text announces a conclusion: "we conclude", "these findings suggest", "taken together" (method.md A)."""
    return CONCLUSION_CUES.search(text) is not None


def cites_prior_work(text: str) -> bool:
    """Whether the text tells of somebody else's work: "previous studies", "et al.", "has been reported" (method.md A)."""
    return PRIOR_WORK_CUES.search(text) is not None


def has_result_token(text: str) -> bool:
    """Whether the text holds something that a result is told with: a number, a change, a difference (method.md A)."""
    return RESULT_TOKENS.search(text) is not None


def names_between_group_comparison(text: str) -> bool:
    """Whether the text sets one group against another: compared with, than, placebo, odds ratio (method.md A, H 4)."""
    return BETWEEN_GROUP_CUES.search(text) is not None or _BETWEEN_ANY_CASE.search(text) is not None
