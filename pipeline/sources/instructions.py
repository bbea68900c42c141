"""Finds text that addresses whoever judges the study: a language model, or a reviewer who might be one.

Reports; nothing is removed or obeyed here. Knows the sentences that have been found in manuscripts and the phrases of
published attack sets; a plain order about something else ("Describe the life cycle of a butterfly") it does not know.
"""

from __future__ import annotations

import re
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
    "asks to print": r"\b(?:print|say|output|repeat)\b[^.]{0,40}[\"'“‘][^\"'”’]{2,40}[\"'”’]|\bprint PWNED\b",
    "imitates the marks of a dialogue": (
        r"<\|?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?INST\]|(?:^|\s)(?:System|Assistant|User): |"
        r"\bBEGIN (?:SYSTEM|HIDDEN)\b|\bEND (?:OF )?(?:SYSTEM|INSTRUCTION)S?\b"
    ),
}
_SIGNS: dict[str, tuple[str, ...]] = {
    "sets other instructions aside": ("ignor", "disregard", "forget", "overrid", "bypass"),
    "asks for praise": (
        *("positive", "favorable", "favourable", "glowing", "enthusiastic"),
        *("accept this", "accepting this", "be harming"),
    ),
    "addresses a machine": (" ai", ":ai", "llm", "language model", "bot", "gpt", "claude", "gemini", "copilot"),
    "says what to answer": (
        *("you should ", "you must ", "you will ", "you are to ", "your reply", "your response", "your answer"),
        *("your review", "your output", "your message"),
    ),
    "says how to rate": tuple(f"{verb} the " for verb in ("rate", "score", "grade", "judge", "label", "classify")),
    "asks for silence": ("do not ",),
    "asks to print": ("print", "say", "output", "repeat"),
    "imitates the marks of a dialogue": (
        *("<", "inst]", "system: ", "assistant: ", "user: ", "begin system", "begin hidden"),
        *("end system", "end instruction", "end of system", "end of instruction"),
    ),
}
"""What a text that a rule finds contains for certain, folded; looking for these first is twenty times quicker."""

_RULES = [(_SIGNS[name], re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS.items()]
_FOLDS_TO = {
    **dict.fromkeys((chr(code) for code in range(0x3001) if chr(code).isspace()), " "),
    "\u0130": "i",
    "\u0131": "i",
    "\u017f": "s",
}
"""White space, and letters that a pattern without regard to case takes for others though lower case leaves them."""


def is_instruction_like(text: str) -> bool:
    """Whether the text addresses a language model, or tells whoever judges the study how to."""
    folded = _folded(text)
    return any(any(sign in folded for sign in signs) and pattern.search(text) for signs, pattern in _RULES)


def _folded(text: str) -> str:
    """The text in lower case with plain spaces, every character in its place."""
    for letter, plain in _FOLDS_TO.items():
        text = text.replace(letter, plain)
    return text.lower()


def instruction_notes(text: str, sentences: Sequence[Sentence]) -> list[SourceNote]:
    """A note for each visible sentence that addresses the machine, at most MOST_NOTES. The text keeps it."""
    message = "a sentence reads like an instruction to whoever judges the study; it is text, never obeyed"
    folded, starts = _folded(text), [sentence.start for sentence in sentences]
    found: set[int] = set()
    for signs, pattern in _RULES:
        likely = {bisect_right(starts, place) - 1 for sign in signs for place in _places(sign, folded)}
        likely -= found | {-1}
        found.update(i for i in likely if pattern.search(text[sentences[i].start : sentences[i].end]))
    return [
        SourceNote(
            kind="instruction_like_text",
            message=message,
            excerpt=text[sentences[i].start : sentences[i].end][:EXCERPT],
            page=sentences[i].page,
        )
        for i in sorted(found)[:MOST_NOTES]
    ]


def _places(sign: str, folded: str) -> Iterator[int]:
    place = folded.find(sign)
    while place >= 0:
        yield place
        place = folded.find(sign, place + 1)
