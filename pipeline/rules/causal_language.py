"""How strongly a sentence speaks of cause.

Promises: three tiers as readers tell them apart ("increases" / "can", "probably" / "may", "linked"); a verb counts as
what it is governed by: a modal, a negation, or a frame such as "the authors think that" takes its force away. Linear in
the length of the sentence. Does not parse: word order and word lists stand in for grammar, and an unknown verb is None.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from pipeline.rules.causal_verbs import FORMS, CausalVerb, Form
from schemas.vocabulary import VerbTier

_TOKEN = re.compile(r"[^\W\d_](?:[^\W_]|[’'-])*|[0-9][0-9.,]*|[^\w\s]")
_MODALS = {
    **dict.fromkeys(("may", "might", "could", "would"), VerbTier.LINKED),
    "can": VerbTier.CAN,
    "will": VerbTier.DIRECT,
}
_ADVICE = {"should", "must", "ought", "shall"}
_NEGATIONS = {"not", "no", "never", "nobody", "none", "neither", "nor", "cannot", "without", "hardly", "unlikely"} | {
    verb + apostrophe + "t"
    for verb in ("don", "doesn", "didn", "isn", "wasn", "won", "can", "couldn")
    for apostrophe in "'’"
}
_FRAMES = frozenset({
    "whether", "if", "consider", "considers", "considered", "unclear", "uncertain", "uncertainty", "unknown", "think",
    "thinks", "thought", "believe",
    "believes", "believed", "suspect", "suspects", "suspected", "hypothesis", "hypothesise", "hypothesised",
    "hypothesize", "hypothesized", "propose", "proposes", "proposed", "suggest", "suggests", "suggested",
    "suggesting", "theory", "idea", "ideas", "possible", "possibly", "perhaps", "maybe", "seem", "seems", "seemed",
    "appear", "appears", "appeared", "speculate", "speculated", "assume", "assumes", "assumed", "attribute",
    "attributes", "attributed", "claim", "claims", "claimed", "guess", "question", "argue", "argues", "argued",
    "potential", "potentially", "hypothetical", "hypothetically", "tends", "tend", "tended", "reportedly",
    "apparently",
})  # fmt: skip
_PROBABLE = {"probably", "likely", "able", "ability", "capable", "presumably"}
_SENTENCE_RESETS = {";", "but", "however", "although", "though", "whereas"}
_CLAUSE_RESETS = _SENTENCE_RESETS | {":", "while", "because", "which", "who", "that", "so"}
_FUNCTION_WORDS = frozenset({
    "of", "because", "in", "into", "on", "at", "by", "from", "to", "for", "with", "within", "without", "during",
    "after",
    "before", "over", "under", "across", "among", "between", "than", "as", "and", "or", "was", "were", "is", "are",
    "be", "been", "has", "have", "had", "compared", "versus", "vs", "when", "while", "if", "that", "which", "per",
    "until", "through", "throughout", "seen", "observed", "found", "alike", "too", "again", "only", "more", "less",
    "also", "later", "earlier",
    "significantly", "substantially", "markedly", "slightly",
})  # fmt: skip
_DETERMINERS = frozenset({
    "the", "a", "an", "this", "these", "those", "no", "any", "some", "such", "its", "their", "his", "her", "our",
    "your", "my", "each", "every", "large", "larger", "small", "smaller", "greater", "modest", "significant", "of",
    "with", "in", "for", "to", "from", "by", "had", "have", "has", "show", "shows", "showed", "and", "or", "per",
    "both", "further",
})  # fmt: skip
_ADVERBS = {
    "also",
    "even",
    "still",
    "then",
    "both",
    "further",
    "directly",
    "often",
    "always",
    "not",
    "thus",
    "therefore",
}
_BE = {"is", "are", "was", "were", "be", "been", "being"}
_PLURALS = {"they", "we", "you", "people", "men", "women", "children", "mice", "that", "which", "who", "data"}
_SHOWN_TO = frozenset({
    "found", "shown", "known", "proven", "proved", "demonstrated", "seen", "serves", "serve", "acts", "works",
    "continues", "continue", "proves",
})  # fmt: skip
_IDLE = {
    "make": {"sense", "up", "use", "sure", "it", "clear", "clearer"},
    "help": {"explain", "understand", "us", "readers", "researchers", "scientists", "show"},
    "allow": {"us", "no", "firm", "any", "conclusions"},
    "determine": {"whether", "if", "how", "the"},
    "change": {"from"},
    "affect": {"how"},
    "produce": {"evidence"},
    "stop": {"at"},
}
_PHRASES = re.compile(
    r"\b(?:because of|due to|owing to|thanks to|as a result of|caused by|responsible for|attributable to"
    r"|(?:is|are|was|were) (?:an? |the )?(?:\w{1,15} ){0,2}?(?:causes?|determinants?|drivers?|triggers?|reason)"
    r" (?:of|for)|(?:has|have|had) an? (?:[\w-]{1,15} ){0,2}?(?:effect|impact|influence) on"
    r"|(?:is|are|was|were) (?:\w{1,15} )?effective(?=\s(?:in|for|at|against|as)\b|[.,]|$)"
    r"|gives? rise to|gave rise to|plays? an? (?:\w{1,12} )?role in|effects? of (?:[\w-]{1,20} ){1,4}?on)(?=\W|$)",
    re.IGNORECASE,
)
_CAN_PHRASE = re.compile(
    r"\b(?:can|probably) (?:also |often )?(?:be (?:good|bad|harmful|useful|helpful|effective|beneficial)|give|turn|"
    r"do (?:good|harm))\b",
    re.IGNORECASE,
)
_ABOUT_EVIDENCE = re.compile(
    r"\b(?:certainty|evidence|confidence|conclu\w{1,8}|sure|trust\w{0,5}|unclear|uncertain\w{0,2}|score|rating|rated"
    r"|limited)\b",
    re.IGNORECASE,
)
_LINKED = re.compile(
    r"\b(?:linked|links? (?:between|with|to)|associat\w{1,5}|correlat\w{1,5}|related to|relat(?:ion|ionship)s?|tied to"
    r"|connected|connections? between|(?:seen|found|measured|occur\w{0,5}|go|goes|went|rose|rises?|fell|falls?|moved?"
    r"|changed) "
    r"(?:together|alongside|along with|hand in hand)|predict(?:s|ed|ors?|ive)|risk factors?|tend(?:s|ed)? to"
    r"|(?:more|less|twice as) (?:likely|often|common|frequent)|might|could(?! not\b|n['’]t)"
    r"|increases? with|decreases? with"
    r"|rises? with|falls? with)\b|\bmay\b(?!,?\s\d)|\bMay (?=[a-z])(?!to |and |until |through |of |was |were |in )",
)
_COMPARED = re.compile(
    r"\bthan (?:those|people|the|in|with|did|among|their|non)\b|\bcompared (?:with|to)\b|\bversus\b|\bvs\b"
    r"|\brelative to\b|\bdifferences? between\b",
    re.IGNORECASE,
)
_AUTHORS_AFTER = re.compile(
    r",\s(?:(?:the|its|their)\s)?(?:authors?|researchers?|they)\s(?:think|believe|suggest|propose|suspect|argue|say)"
    r"|,\s(?:suggests?|perhaps|possibly|maybe)\b",
    re.IGNORECASE,
)


class CausalPhrase(NamedTuple):
    """Words of a sentence that speak of cause, `sentence[start:end]`, their tier, and the verb if it is in the table.

    `governor` is where the modal or the adverb stands that gave the verb its tier.
    """

    tier: VerbTier
    start: int
    end: int
    words: str
    verb: CausalVerb | None
    form: Form | None
    governor: tuple[int, int] | None


class _Scope(NamedTuple):
    """What governs the words after a point of the sentence, as indices of tokens; -1 for nothing."""

    frame: int = -1
    negation: int = -1
    modal: int = -1
    probable: int = -1


class _Sentence:
    """A sentence as tokens, with what governs each of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_TOKEN.finditer(text))
        self.spans = [match.span() for match in found]
        self.words = [match.group().lower().replace("’", "'") for match in found]

    @cached_property
    def scopes(self) -> list[_Scope]:
        """What governs each token; made in one pass from left to right, where a sentence has a verb to govern."""
        scopes: list[_Scope] = []
        scope = _Scope()
        for i, word in enumerate(self.words):
            if word in _SENTENCE_RESETS:
                scope = _Scope()
            elif word in _CLAUSE_RESETS:
                scope = scope._replace(modal=-1, probable=-1)
            scopes.append(scope)
            scope = self._after(i, word, scope)
        return scopes

    @cached_property
    def framed_after(self) -> bool:
        return _AUTHORS_AFTER.search(self.text) is not None

    def _after(self, i: int, word: str, scope: _Scope) -> _Scope:
        if word in _FRAMES:
            return scope._replace(frame=i)
        if word in _NEGATIONS:
            return scope._replace(negation=i)
        if word in _PROBABLE and self.at(i - 1) not in {"more", "less", "as"}:
            return scope._replace(probable=i)
        if word in _ADVICE or (word in _MODALS and not (word == "may" and self.at(i + 1)[:1].isdigit())):
            return scope._replace(modal=i)
        form = FORMS.get(word)
        return scope._replace(modal=-1) if form and form.kinds == frozenset({Form.THIRD}) else scope

    def at(self, i: int) -> str:
        """The word at token `i`, or an empty string beyond either end."""
        return self.words[i] if 0 <= i < len(self.words) else ""

    def left_of(self, i: int) -> int:
        """Index of the nearest token to the left of `i` that is no adverb; at most four adverbs are skipped."""
        for j in range(i - 1, i - 6, -1):
            word = self.at(j)
            if word not in _ADVERBS and not (word.endswith("ly") and word != "only"):
                return j
        return i - 1

    def tier_at(self, i: int, *, modal: bool) -> tuple[VerbTier | None, int]:
        """(tier, index of the governor) of a causal verb at token `i`; `modal` tells whether modals govern its form."""
        scope = self.scopes[i]
        if self.framed_after or scope.frame >= 0 or (scope.negation >= 0 and i - scope.negation <= 8):
            return VerbTier.LINKED, -1
        if modal and scope.modal >= 0:
            word = self.at(scope.modal)
            tier = _MODALS.get(word)
            return tier, scope.modal
        if scope.probable >= 0:
            return VerbTier.CAN, scope.probable
        return VerbTier.DIRECT, -1


def _takes_object(sentence: _Sentence, i: int) -> bool:
    """Whether what follows token `i` looks like an object: a word that is no preposition, auxiliary or number."""
    after = sentence.at(i + 1)
    return after[:1].isalpha() and after not in _FUNCTION_WORDS and not (after.endswith("ly") and after != "only")


def _verb_here(sentence: _Sentence, i: int) -> CausalVerb | None:
    """The verb of the table that stands at token `i`, its particle included; None for idle uses ("makes sense")."""
    form = FORMS.get(sentence.words[i])
    if form is None:
        return None
    after = sentence.at(i + 1)
    for verb in sorted(form.verbs, key=lambda v: not v.particle):
        if after in _IDLE.get(verb.base, ()):
            return None
        if not verb.particle or after == verb.particle:
            return verb
    return None


def _is_third(sentence: _Sentence, i: int, verb: CausalVerb) -> bool:
    """Whether a form in -s is a verb with an object, no noun ("increases in") and not intransitive ("rises with")."""
    if verb.particle:
        return True
    before = sentence.at(sentence.left_of(i))
    if verb.noun and (before in _DETERMINERS or before == ""):
        return False
    return not (verb.noun or verb.ergative) or _takes_object(sentence, i)


def _base_tier(sentence: _Sentence, i: int, verb: CausalVerb) -> tuple[VerbTier | None, int]:
    """Tier of a base form: after a modal, after "shown to", or with a plural subject; else it states nothing."""
    left = sentence.left_of(i)
    before = sentence.at(left)
    object_follows = bool(verb.particle) or _takes_object(sentence, i)
    scope = sentence.scopes[i]
    if before == "to":
        licence = sentence.at(left - 1)
        known = licence in _SHOWN_TO | _PROBABLE | _FRAMES or (licence == "potential")
        return sentence.tier_at(i, modal=False) if known else (None, -1)
    if before in _MODALS or (scope.modal >= 0 and before in {"and", "or", ",", "help"}):
        return sentence.tier_at(i, modal=True)
    if before in {"do", "does", "did", "cannot", "not"} or before.endswith("n't"):
        return sentence.tier_at(i, modal=False) if object_follows or not verb.ergative else (None, -1)
    plural = before in _PLURALS or (before.endswith("s") and not before.endswith(("ss", "us", "is")))
    compound = not verb.noun and before[:1].isalpha() and "and" in sentence.words[max(0, i - 6) : i]
    if object_follows and (plural or compound) and before not in _DETERMINERS | _FUNCTION_WORDS:
        return sentence.tier_at(i, modal=False)
    return None, -1


def _past_tier(sentence: _Sentence, i: int, verb: CausalVerb) -> tuple[VerbTier | None, int]:
    """Tier of a form in -ed: passive with "by", or past with an object; between-group reports are LINKED."""
    before = sentence.at(sentence.left_of(i))
    if before in _BE:
        by_agent = sentence.at(i + 1) == "by" and sentence.at(i + 2)[:1].isalpha()
        return sentence.tier_at(i, modal=True) if by_agent else (None, -1)
    if before in {"has", "have"} and _takes_object(sentence, i):
        return sentence.tier_at(i, modal=False)
    if not (before[:1].isalpha() or before == ")") or before in _DETERMINERS | _FUNCTION_WORDS | _ADVERBS:
        return None, -1
    if not verb.particle and not _takes_object(sentence, i):
        return None, -1
    if _COMPARED.search(sentence.text):
        return VerbTier.LINKED, -1
    return sentence.tier_at(i, modal=False)


def _tier_of(sentence: _Sentence, i: int, verb: CausalVerb) -> tuple[VerbTier | None, int, Form]:
    kinds = FORMS[sentence.words[i]].kinds
    if Form.THIRD in kinds:
        third = _is_third(sentence, i, verb)
        return (*sentence.tier_at(i, modal=False), Form.THIRD) if third else (None, -1, Form.THIRD)
    if Form.GERUND in kinds:
        before = sentence.at(sentence.left_of(i))
        by = before in {"by", "is", "are"} or (before == "," and bool(verb.particle))
        return (*sentence.tier_at(i, modal=True), Form.GERUND) if by else (None, -1, Form.GERUND)
    if Form.BASE in kinds:
        tier, governor = _base_tier(sentence, i, verb)
        if tier is not None or Form.PAST not in kinds:
            return tier, governor, Form.BASE
    tier, governor = _past_tier(sentence, i, verb)
    return tier, governor, Form.PARTICIPLE if sentence.at(sentence.left_of(i)) in _BE else Form.PAST


def _verbs(sentence: _Sentence) -> list[CausalPhrase]:
    found: list[CausalPhrase] = []
    for i, (start, end) in enumerate(sentence.spans):
        verb = _verb_here(sentence, i)
        if verb is None:
            continue
        tier, governor, form = _tier_of(sentence, i, verb)
        if tier is None:
            continue
        stop = sentence.spans[i + 1][1] if verb.particle else end
        span = sentence.spans[governor] if governor >= 0 else None
        found.append(CausalPhrase(tier, start, stop, sentence.text[start:stop], verb, form, span))
    return found


def _phrases(sentence: _Sentence) -> list[CausalPhrase]:
    """Causal turns of phrase without a verb of the table: "because of", "is a cause of", "is effective"."""
    found: list[CausalPhrase] = []
    starts = {start: i for i, (start, _) in enumerate(sentence.spans)}
    for match in _PHRASES.finditer(sentence.text):
        words = match.group().lower()
        reason = words.startswith(("because", "due", "owing", "thanks", "as a"))
        if reason and _ABOUT_EVIDENCE.search(sentence.text):
            continue
        if words.startswith("effect") and "significant" not in sentence.words:
            continue
        tier, _ = sentence.tier_at(starts[match.start()], modal=True)
        if tier is not None:
            found.append(CausalPhrase(tier, *match.span(), match.group(), None, None, None))
    for match in _CAN_PHRASE.finditer(sentence.text):
        tier, _ = sentence.tier_at(starts[match.start()], modal=False)
        tier = min(tier or VerbTier.CAN, VerbTier.CAN)
        found.append(CausalPhrase(tier, *match.span(), match.group(), None, None, None))
    return found


@lru_cache(maxsize=1024)
def causal_phrases(sentence: str) -> tuple[CausalPhrase, ...]:
    """Every verb or phrase of a sentence that speaks of cause, in order, with its tier; none for a question."""
    if sentence.rstrip().endswith("?"):
        return ()
    tokens = _Sentence(sentence)
    return tuple(sorted(_verbs(tokens) + _phrases(tokens), key=lambda phrase: phrase.start))


def verb_tier(sentence: str) -> VerbTier | None:
    """How strongly a sentence speaks of cause: DIRECT, CAN, LINKED, or None for a sentence that does not.

    DIRECT "increases", "leads to", "because of"; CAN "can increase", "probably increases"; LINKED "may", "is linked",
    comparisons of groups, and whatever is negated or framed as uncertain ("the authors think that X makes Y"). None: a
    plain report ("torque rose by 12 %"), a question. Source: method.md 7; Adams et al. 2017.
    """
    tiers = [phrase.tier for phrase in causal_phrases(sentence)]
    if sentence.rstrip().endswith("?"):
        return None
    if _LINKED.search(sentence) or _COMPARED.search(sentence):
        tiers.append(VerbTier.LINKED)
    return max(tiers, default=None)
