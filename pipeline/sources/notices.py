"""What a careful reader notices about a document: text that addresses the machine, protocols, retractions, language.

Reports findings; whether anything follows from them is decided by the rules. Instruction-like sentences in visible
text are noted and stay in the text: a paper may quote them openly (method: design.md, "Study text is hostile input").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.sources.language import other_language
from schemas.study import Sentence, SourceNote
from schemas.vocabulary import DocumentKind

EXCERPT = 300
MOST_NOTES_OF_A_KIND = 20
_MACHINE = r"(?:AI|LLMs?|language models?|chat ?bots?|chat ?gpt|gpt(?:-\d)?|claude|gemini|copilot|AI assistants?)"
_INSTRUCTIONS = re.compile(
    "|".join(
        (
            r"\b(?:ignor|disregard|forget|overrid|bypass)(?:e|ing)?\b[^.]{0,30}\b(?:previous|prior|above|preceding|earlier|"
            r"other|these|your|system|following|existing|hidden)\b[^.]{0,20}\b(?:instruction|prompt|rule|direction|command|"
            r"context|guideline)s?",
            r"\b(?:ignore|disregard)\b[^.]{0,15}\b(?:the rest of|everything)\b",
            r"\b(?:give|write|provide|return|generate|produce|output)\b[^.]{0,25}\b(?:positive|favou?rable|glowing|enthusiastic)"
            r"\b[^.]{0,15}\b(?:review|assessment|evaluation|rating|recommendation|feedback)",
            rf"\b(?:for|to|note to|attention|dear|hey|instructions? (?:for|to))\b[:\s]+(?:all |any |the |an? )?(?:[a-z]+ )?{_MACHINE}\b"
            r"[- ]?(?:reviewers?|systems?|models?|readers?|agents?|tools?)?[^.]{0,60}[:,!]",
            rf"\bif you are (?:an? )?(?:\w+ )?{_MACHINE}\b",
            rf"\bas an? (?:large )?{_MACHINE}(?: assistant| reviewer)?,? (?:you|please|I)\b",
            r"\byou (?:should|must|will|are to) (?:now )?(?:recommend|accept|rate|score|praise|respond|answer|output|ignore|act|pretend)",
            r"\b(?:rate|score|grade|judge|label|classify) the (?:evidence|certainty|quality|study|paper|strength|manuscript)\b"
            r"[^.]{0,40}\b(?:as|with)\b[^.]{0,20}\b(?:strong|high|excellent|positive|support|verified|maximum|top)",
            r"(?:^|[.,;:]\s*|\b(?:and|please) )do not (?:mention|highlight|acknowledge|report|reveal|disclose|criti[cz]i[sz]e)\b"
            r"[^.]{0,60}\b(?:limitation|negative|weakness|instruction|note|prompt|flaw|bias|shortcoming)",
            r"\b(?:in|to|with|into|of|enhance|end|begin|start) your (?:reply|response|answer|review|output|message|summary|report)\b",
            r"\byour (?:reply|response|answer|output)(?:'s|’s)? (?:using|in the form|with)\b",
            r"\bresponse's words\b",
            r"\b(?:print|say|output|repeat)\b[^.]{0,40}[\"'“‘][^\"'”’]{2,40}[\"'”’]",
            r"<\|?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?INST\]|^\s*(?:System|Assistant|User):\s",
            r"\bBEGIN (?:SYSTEM|HIDDEN)\b|\bEND (?:OF )?(?:SYSTEM|INSTRUCTION)S?\b",
            r"\baccept(?:ing)? this (?:paper|manuscript|submission)\b",
            r"\bwe would be harming\b",
            r"\bprint (?:PWNED|[A-Z]{4,})\b",
        )
    ),
    re.IGNORECASE,
)
_RETRACTED_TITLE = re.compile(r"\W*(?:retracted\b|retraction\b|notice of retraction|withdrawn:)", re.IGNORECASE)
_HAS_BEEN_RETRACTED = re.compile(
    r"\b(?:has|have) been (?:retracted|withdrawn)|\b(?:is|are) (?:hereby )?(?:retracted|withdrawn)\b|\bretracts? (?:the|this) "
    r"(?:article|paper|study)",
    re.IGNORECASE,
)
_NOTICE_LENGTH = 4_000
_PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|research|review) protocol\b|\bprotocol (?:for|of) (?:an?|the)\b|: (?:a )?protocol\b|"
    r"^(?:statistical analysis plan|rationale and design)\b",
    re.IGNORECASE,
)
_NO_RESULTS_YET = re.compile(
    r"\b(?:no )?results? (?:are|is|were) not (?:yet )?available|\bno results are (?:yet )?available|"
    r"\bresults are (?:expected|anticipated) (?:in|by)\b|\bthis (?:paper|article) (?:describes|presents|reports) the protocol\b",
    re.IGNORECASE,
)
_CORRECTION = re.compile(r"\W*(?:correction|corrigend(?:um|a)|errat(?:um|a)|publisher correction)\b\s*(?:[:.]|to\b|for\b|$)", re.I)
_EDITORIAL = re.compile(r"\W*(?:guest |invited )?editorial(?:s)?\b\s*(?:[:.|]|comment|$)", re.IGNORECASE)


def instruction_notes(text: str, sentences: Sequence[Sentence]) -> list[SourceNote]:
    """A note for each visible sentence that addresses the machine, at most 20 of them."""
    notes: list[SourceNote] = []
    for sentence in sentences:
        words = text[sentence.start : sentence.end]
        if is_instruction_like(words):
            notes.append(
                SourceNote(
                    kind="instruction_like_text",
                    message="a sentence reads like an instruction to whoever judges the study; it is text, never obeyed",
                    excerpt=words[:EXCERPT],
                    page=sentence.page,
                )
            )
    return notes[:MOST_NOTES_OF_A_KIND]


def is_instruction_like(text: str) -> bool:
    """Whether the text addresses a language model or tells whoever judges it how to."""
    return _INSTRUCTIONS.search(text) is not None


def document_kind(title: str, heads: Sequence[str], text: str) -> DocumentKind | None:
    """What the document is if its title, heads or first lines say so; null leaves it to the appraisal.

    `heads` are the heads and short lines of the first page; spaced-out ones ('S TUD Y P RO TOCO L') are understood.
    """
    start = text[:400]
    if is_retraction(title, text):
        return DocumentKind.RETRACTION_NOTICE
    squashed = [re.sub(r"[^a-z]", "", head.lower()) for head in heads]
    labels = {re.sub(r"openaccess$", "", head) for head in squashed}
    if _PROTOCOL_TITLE.search(title) or labels & {"studyprotocol", "protocol", "trialprotocol"}:
        return DocumentKind.PROTOCOL
    if len(text) < _NOTICE_LENGTH and _NO_RESULTS_YET.search(text):
        return DocumentKind.PROTOCOL
    if _CORRECTION.match(title) or (len(text) < _NOTICE_LENGTH and _CORRECTION.match(start)):
        return DocumentKind.CORRECTION
    if _EDITORIAL.match(title) or _EDITORIAL.match(start) or labels & {"editorial", "editorials"}:
        return DocumentKind.EDITORIAL
    return None


def is_retraction(title: str, text: str) -> bool:
    """Whether this is a notice of retraction: a short text that says so in its title or its sentences."""
    if len(text) > _NOTICE_LENGTH:
        return False
    says_so = _RETRACTED_TITLE.match(title) or _RETRACTED_TITLE.match(text)
    return bool(says_so) or bool(_HAS_BEEN_RETRACTED.search(text) and len(text) < _NOTICE_LENGTH / 2)


def is_retracted_article(title: str) -> bool:
    """Whether the title of a longer document is marked as retracted."""
    return re.match(r"\W*(?:retracted(?: article)?|withdrawn)\s*:", title, re.IGNORECASE) is not None


def document_notes(document: DocumentKind | None, text: str, *, retracted: bool) -> list[SourceNote]:
    """Notes on the document as a whole: no results, retraction, language."""
    notes: list[SourceNote] = []
    if retracted:
        notes.append(SourceNote(kind="retraction_notice", message="marked as retracted: it counts for nothing"))
    if document is DocumentKind.PROTOCOL:
        notes.append(SourceNote(kind="no_results", message="a protocol: it reports no results, so it yields no finding"))
    language = other_language(text)
    if language is not None:
        notes.append(
            SourceNote(
                kind="not_english",
                message=f"the text is in {language}; the rules for hedges and negations are for English, so nothing in it "
                "can count above background until it is translated",
            )
        )
    return notes
