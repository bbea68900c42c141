"""Finds text that addresses whoever judges the study: a language model, or a reviewer who might be one.

Reports; nothing is removed or obeyed here. Knows the sentences that have been found in manuscripts and the phrases of
published attack sets, also where they are disguised (letters set apart, zero-width or foreign look-alike letters) or
stand in another language. A plain order about something else ("Describe the life cycle of a butterfly") counts only in
text that a reader cannot see: reporting checklists and questionnaires print such sentences, hidden text has no right
to. A plain question it does not know at all.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from schemas.study import Sentence, SourceNote

EXCERPT = 300
MOST_NOTES = 20

_MACHINE = (
    r"(?:AI|LLMs?|(?:large )?language models?|chat ?bots?|chat ?gpt|gpt(?:-\d)?|claude|gemini|copilot|AI assistants?)"
)
_PATTERNS: dict[str, str] = {
    "sets other instructions aside": (
        r"\b(?:ignor|disregard|forget|overrid|bypass)(?:e|ing)?\b[^.]{0,30}\b(?:previous|prior|above|preceding|earlier|"
        r"other|these|your|system|following|existing|hidden)\b[^.]{0,20}\b(?:instruction|prompt|rule|direction|command|"
        r"context|guideline)s?|\b(?:ignore|disregard)\b[^.]{0,15}\b(?:the rest of|everything)\b"
    ),
    "asks for praise": (
        r"\b(?:give|write|provide|return|generate|produce|output)\b[^.]{0,25}\b(?:positive|favou?rable|glowing|"
        r"enthusiastic)\b[^.]{0,15}\b(?:review|assessment|evaluation|rating|recommendation|feedback)|"
        r"\baccept(?:ing)? this (?:paper|manuscript|submission)\b|\bwe would be harming\b"
    ),
    "addresses a machine": (
        rf"\b(?:for|to|note to|attention|dear|hey|instructions? (?:for|to))\b[:\s]+(?:all |any |the |an? )?(?:[a-z]+ )?"
        rf"{_MACHINE}\b[- ]?(?:reviewers?|systems?|models?|readers?|agents?|tools?)[^.]{{0,60}}[:!]|"
        rf"\bif you are (?:an? )?(?:\w+ )?{_MACHINE}\b|"
        rf"\bas an? {_MACHINE}(?: assistant| reviewer)?,? (?:you|please|I)\b"
    ),
    "says what to answer": (
        r"\byou (?:should|must|will|are to) (?:now )?(?:recommend|accept|rate|score|praise|respond|answer|output|"
        r"ignore|act|pretend)\b|\b(?:in|to|into|of|enhance|end|begin|start) your (?:reply|response|answer|review|"
        r"output|message)\b|\byour (?:reply|response|answer|output)(?:['’]s)? (?:using|in the form|with|words)\b"
    ),
    "says how to rate": (
        r"\b(?:rate|score|grade|judge|label|classify) the (?:evidence|certainty|quality|study|paper|strength|"
        r"manuscript)\b[^.]{0,40}\b(?:as|with)\b[^.]{0,20}\b(?:strong|high|excellent|positive|support|verified|maximum|"
        r"top)"
    ),
    "asks for silence": (
        r"(?:^|[.,;:]\s*|\b(?:and|please) )do not (?:mention|highlight|acknowledge|report|reveal|disclose|"
        r"criti[cz]i[sz]e)\b[^.]{0,60}\b(?:limitation|negative|weakness|instruction|note|prompt|flaw|bias|shortcoming)"
    ),
    "asks to print": (
        r"(?:^|[.:;!?]\s+|\b(?:please|just|only|then|must|should|simply|always) )"
        r"(?:print|say|output|repeat)\b[^.]{0,40}(?:[\"“][^\"”]{2,40}[\"”]|['‘][^'’]{2,40}['’])|\bprint PWNED\b"
    ),
    "imitates the marks of a dialogue": (
        r"<\|?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?INST\]|"
        r"(?:^|[.!?\n]\s*)(?:System|Assistant|User): |(?<=\s)(?-i:SYSTEM|ASSISTANT|USER): |"
        r"\bBEGIN (?:SYSTEM|HIDDEN)\b|\bEND (?:OF )?(?:SYSTEM|INSTRUCTION)S?\b|"
        r"\bsystem (?:chain of thought|override)\b|\bchain of thought result\b"
    ),
    "orders a piece of writing": (
        r"(?:^|[.:;,!?]\s+|\b(?:and|please|now|then) )(?:write|compose|draft|create|generate|develop|produce) "
        r"(?:an?|one|two|three|me|us|the)\b[^.]{0,30}\b(?:speech|sentence|poem|essay|story|e-?mail|joke|song|slogan|"
        r"tweet|blog post|advertisement|cover letter)s?\b"
    ),
    "sets other instructions aside, in another language": (
        r"\bignorier(?:e|en|t)\b.{0,20}\b(?:vorherig|bisherig|vorangehend|obig)e[nr]?\b.{0,10}\b(?:anweisung|instruktion)|"
        r"\bignore[rz]?\b.{0,20}\binstructions (?:précédentes|antérieures|ci-dessus)|"
        r"\bignor[ae]r?\b.{0,12}\b(?:instrucciones (?:anteriores|previas)|istruzioni precedenti|"
        r"instruções (?:anteriores|prévias))|"
        r"игнориру(?:й|йте|ем)\b.{0,8}\bпредыдущие (?:инструкции|указания)|"
        r"(?:忽略|无视|忽視|無視).{0,6}(?:之前|以上|先前|前面|上述).{0,6}(?:指令|指示|提示|说明|要求)|"
        r"(?:以前|これまで|上記|前)の.{0,8}(?:指示|命令|プロンプト).{0,6}無視|이전.{0,6}(?:지시|명령|프롬프트).{0,8}무시"
    ),
}
_SIGNS: dict[str, tuple[str, ...]] = {
    "sets other instructions aside": ("ignor", "disregard", "forget", "overrid", "bypass"),
    "asks for praise": (
        *("positive", "favo", "glowing", "enthusiastic"),
        *("accept this", "accepting this", "be harming"),
    ),
    "addresses a machine": (" ai", ":ai", "llm", "language model", "bot", "gpt", "claude", "gemini", "copilot"),
    "says what to answer": ("you ", "your "),
    "says how to rate": tuple(f"{verb} the " for verb in ("rate", "score", "grade", "judge", "label", "classify")),
    "asks for silence": ("do not ",),
    "asks to print": ("print", "say", "output", "repeat"),
    "imitates the marks of a dialogue": (
        *("<", "inst]", "system: ", "assistant: ", "user: ", "begin system", "begin hidden"),
        *("end system", "end instruction", "end of system", "end of instruction"),
        *("system chain of", "system override", "chain of thought result"),
    ),
    "orders a piece of writing": ("write ", "compose ", "draft ", "create ", "generate ", "develop ", "produce "),
    "sets other instructions aside, in another language": ("ignor", "игнориру", "忽", "无", "無", "무"),
}
"""What a text that a rule finds contains for certain, folded; looking for these first is twenty times quicker.

Few and rare ones: each costs a look at the whole text, and each place where it stands a look at the sentence.
"""

_RULES = [(_SIGNS[name], re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS.items()]
_FOLDS_TO = {
    **dict.fromkeys((chr(code) for code in range(0x3001) if chr(code).isspace()), " "),
    "\u0130": "i",
    "\u0131": "i",
    "\u017f": "s",
    "\u1c82": "\u043e",
}
"""White space, and letters that a pattern without regard to case takes for others though lower case leaves them."""


_ORDER = re.compile(
    r"(?:^|[.!?]\s+)(?:please )?(?:describe|explain|write|summari[sz]e|translate|list|compose|develop|create|generate|"
    r"draft|repeat|tell|provide|include|discuss|outline|give|make|suggest|recommend|accept|rewrite|print|say|use|rate|"
    r"answer|act|pretend|remember) (?:an?|one|the|me|us|this|how|why|what|in|your|as|that|only)\b",
    re.IGNORECASE,
)
"""An order to whoever reads on, about anything at all."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SET_APART = re.compile(r"\b(?:\w[ ._-]){3,}\w\b")
_IN_SET_APART = re.compile(r"[ ._-]\w[ ._-]\w[ ._-]")
"""Stands in each of them, and is found far quicker than where one begins."""

_OTHER_SCRIPT = re.compile("[\u0370-\u052f]")
_LATIN = re.compile(r"[A-Za-z]")
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТХІЅЈаеорсухіѕјԁӏԛԝΑΒΕΗΙΚΜΝΟΡΤΧο", "ABEKMHOPCTXISJaeopcyxisjdlqwABEHIKMNOPTXo")


def is_instruction_like(text: str, *, hidden: bool = False) -> bool:
    """Whether the text addresses a language model, or tells whoever judges the study how to.

    `hidden` text, which a reader of the page cannot see, is also taken for an instruction when it orders anything.
    """
    return _addresses(text) or (hidden and _ORDER.search(text) is not None) or _addresses_in_disguise(text)


def _addresses(text: str) -> bool:
    folded = _folded(text)
    return any(any(sign in folded for sign in signs) and pattern.search(text) for signs, pattern in _RULES)


def _addresses_in_disguise(text: str) -> bool:
    plain = _undisguised(text)
    return plain != text and _addresses(plain)


def _folded(text: str) -> str:
    """The text in lower case with plain spaces, every character in its place."""
    for letter, plain in _FOLDS_TO.items():
        text = text.replace(letter, plain)
    return text.lower()


def _undisguised(text: str) -> str:
    """The text with compatibility forms folded, unseen characters dropped, look-alikes and set-apart letters undone.

    "I g n o r e  a l l" loses its single spaces; two spaces or more are taken for the end of a word.
    """
    plain = text
    if not text.isascii():
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        if _OTHER_SCRIPT.search(plain) and _LATIN.search(plain):
            plain = plain.translate(_LOOK_ALIKES)
    if _IN_SET_APART.search(plain) is None:
        return plain
    return _SET_APART.sub(lambda found: re.sub(r"[ ._-]", "", found.group()), plain)


def instruction_notes(text: str, sentences: Sequence[Sentence]) -> list[SourceNote]:
    """A note for each visible sentence that addresses the machine, at most MOST_NOTES. The text keeps it."""
    message = "a sentence reads like an instruction to whoever judges the study; it is text, never obeyed"
    folded, starts = _folded(text), [sentence.start for sentence in sentences]
    told = [text[sentence.start : sentence.end] for sentence in sentences]
    found: set[int] = set()
    for signs, pattern in _RULES:
        likely = {bisect_right(starts, place) - 1 for sign in signs for place in _places(sign, folded)}
        likely -= found | {-1}
        found.update(i for i in likely if pattern.search(told[i]))
    found.update(i for i, sentence in enumerate(told) if i not in found and _addresses_in_disguise(sentence))
    return [
        SourceNote(kind="instruction_like_text", message=message, excerpt=told[i][:EXCERPT], page=sentences[i].page)
        for i in sorted(found)[:MOST_NOTES]
    ]


def _places(sign: str, folded: str) -> Iterator[int]:
    place = folded.find(sign)
    while place >= 0:
        yield place
        place = folded.find(sign, place + 1)
