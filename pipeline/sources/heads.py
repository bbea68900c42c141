"""Knows the heads of papers and structured abstracts by their words, standing alone or run into a paragraph.

Sources: the heads of structured abstracts as MEDLINE lists them, and those of the journals in use. Does not look at
fonts; how a head looks is for `paragraphs`, what follows from it for `sections`.
"""

from __future__ import annotations

import re

from schemas.vocabulary import SectionKind

_WORDS: dict[SectionKind, str] = {
    SectionKind.ABSTRACT: "abstract|summary|structured abstract|synopsis",
    SectionKind.INTRODUCTION: (
        "introduction|background|objective|objectives|aim|aims|purpose|context|rationale|importance|question|"
        "hypothesis|background and aim|background and aims|background and objective|background and objectives|"
        "background and purpose|background/aim|background/aims|background/objective|background/objectives|"
        "aim of the study|aims of the study|purpose of the study|purpose of review|"
        "aims and objectives|objective of the study|research question|what is already known on this topic|"
        "what is already known|what is known"
    ),
    SectionKind.METHODS: (
        "method|methods|materials and methods|material and methods|methods and materials|patients and methods|"
        "participants and methods|subjects and methods|methods and findings|research design and methods|design|"
        "study design|design and methods|"
        "methods and design|methods/design|setting|settings|participants|subjects|patients|study population|"
        "population|interventions|intervention|exposure|exposures|measurements|data sources|data source|"
        "study selection|data extraction|data synthesis|data extraction and synthesis|eligibility criteria|"
        "search strategy|selection criteria|outcome measures|main outcome measures|main outcome measure|"
        "main outcomes and measures|main outcomes|primary outcome measure|design, setting, and participants|"
        "design, setting and participants|design setting and participants|setting and participants|"
        "statistical analysis|statistics|procedures|experimental|experimental procedures|methodology|"
        "data collection|randomisation|randomization|sample|study protocol and interventions|outcome|outcomes"
    ),
    SectionKind.RESULTS: (
        "result|results|finding|findings|main results|main findings|key findings|principal findings|"
        "results and discussion|results of the study"
    ),
    SectionKind.DISCUSSION: (
        "discussion|comment|comments|general discussion|limitations|strengths and limitations|"
        "strengths and limitations of this study|study limitations|interpretation of findings"
    ),
    SectionKind.CONCLUSION: (
        "conclusion|conclusions|interpretation|what this study adds|conclusions and relevance|"
        "conclusion and relevance|conclusions and implications|conclusion and perspectives|significance|"
        "practical applications|implications|clinical significance|discussion and conclusion|"
        "discussion and conclusions|concluding remarks|practice implications|clinical implications|"
        "added value of this study|what this adds|what this paper adds|"
        "how this study might affect research, practice or policy"
    ),
    SectionKind.OTHER: (
        "acknowledgement|acknowledgements|acknowledgment|acknowledgments|funding|competing interests|"
        "conflict of interest|conflict of interests|conflicts of interest|author contributions|authors contributions|"
        "authors’ contributions|authors' contributions|contributors|trial registration|clinical trial registration|"
        "registration|keywords|key words|abbreviations|ethical approval|data availability|"
        "data availability statement|supplementary material|additional files|disclosure|disclosures|"
        "declaration of interest|declarations|ethics|ethics approval|provenance and peer review|data sharing|"
        "appendix|appendices|study protocol|protocol|editorial|research article|research|original article|"
        "original research|open access|retraction|corrigendum|erratum|article info|article history|case report|"
        "disclaimer|about the authors|figure legends|consent|trial status|research in context|"
        "evidence before this study|implications of all the available evidence"
    ),
}
_SIDE_BOXES = (
    "what is already known on this topic|what is already known|what is already known about this topic|what is known|"
    "what this study adds|what this paper adds|what this adds|what is new|key points|key point|key messages|highlights|"
    "article summary|research in context|evidence before this study|added value of this study|"
    "implications of all the available evidence|how this study might affect research, practice or policy|"
    "what this study adds to the literature|summary box|strengths of this study|learning points"
)
_REFERENCES = "references|reference list|bibliography|literature cited|literature|works cited|références"
_OPENING_ANYWHERE = (
    "introduction|background|method|methods|materials and methods|material and methods|methods and materials|"
    "patients and methods|participants and methods|subjects and methods|methods/design|design and methods|"
    "methods and design|methodology|experimental|experimental procedures|methods and findings"
)
_LABELS = (
    "research article|research|original article|original research|open access|case report|editorial|article info|"
    "article history|review|review article|report|brief report|commentary|perspective|viewpoint|original investigation|"
    "correspondence|letter to the editor|short communication"
)
_IN_SMALL_LETTERS = (
    "abstract|summary|introduction|background|methods|results|discussion|conclusion|conclusions|references|"
    "acknowledgements|acknowledgments"
)
_MAIN = (
    "background|background (?:and|&) (?:aims?|objectives?|purpose)|background/(?:aims?|objectives?)|introduction|"
    "(?:research design|patients|subjects|participants|design|materials?) and methods|objectives?|aims?|purpose|"
    "methods?|design|setting|participants|"
    "interventions?|results|findings|conclusions?|interpretation|discussion|context|measurements|main outcome measures?"
)
LONGEST_KNOWN_HEAD = 80


_LABEL = re.compile(r"(?<=\w)\s*o ?p ?e ?n +a ?c ?c ?e ?s ?s\s*$", re.IGNORECASE)
"""What publishers print in the bar beside the kind of article."""

_LABEL_ENDS = ("s", "S", "\u017f")
_NUMBERING = re.compile(r"\s*(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,5}[.)]|[A-Z][.)])\s+(?=\S)")
_LETTERS = re.compile(r"[a-zà-ÿ]+")


def _key(text: str) -> str:
    """A head without numbering, punctuation, case and spaces, so that 'S TUD Y P RO TOCO L' is 'studyprotocol'."""
    if text.rstrip()[-1:] in _LABEL_ENDS:
        text = _LABEL.sub("", text)
    if numbering := _NUMBERING.match(text):
        text = text[numbering.end() :]
    return "".join(_LETTERS.findall(text.replace("&", "and").lower()))


def _alternatives(*kinds: SectionKind, without: str = "") -> str:
    """The heads of these kinds as a pattern, longer ones first, so that 'design and methods' is not 'design'."""
    heads = [head for kind in kinds for head in _WORDS[kind].split("|") if head not in without.split("|")]
    return "|".join(re.escape(head) for head in sorted(heads, key=len, reverse=True))


_KINDS = {_key(head): kind for kind, heads in _WORDS.items() for head in heads.split("|")}
_SIDE_BOX_KEYS = frozenset(_key(head) for head in _SIDE_BOXES.split("|"))
_REFERENCE_KEYS = frozenset(_key(head) for head in _REFERENCES.split("|"))
_LABEL_KEYS = frozenset(_key(head) for head in _LABELS.split("|"))
_SMALL_KEYS = frozenset(_key(head) for head in _IN_SMALL_LETTERS.split("|"))
_OPENING_KEYS = frozenset(_key(head) for head in _OPENING_ANYWHERE.split("|"))

_COLON = r"\s?(?:(?::|\.\s?[—–-]|\s[–-]\s|—)\s*(?=\S)|:$)"
_ANY = _alternatives(*(kind for kind in _WORDS if kind is not SectionKind.ABSTRACT))
_BEFORE_COLON = re.compile(rf"(?i:({_ANY})){_COLON}")
_MAIN_BEFORE_COLON = re.compile(rf"(?i:({_MAIN}|{_alternatives(SectionKind.OTHER)}))\s?:\s*(?=\S)")
_BEFORE_STOP = re.compile(rf"(?i:({_MAIN}))\.\s+(?=[A-Z0-9])")
_ABSTRACT = re.compile(rf"(?i:(abstract|summary))(?:{_COLON}|\.\s+(?=[A-Z]))")
_CAPITALS = _alternatives(*(kind for kind in _WORDS if kind is not SectionKind.ABSTRACT), without=_LABELS).upper()
_IN_CAPITALS = re.compile(rf"({_CAPITALS}|{_MAIN.upper()})\s*[:.]?\s+(?=[A-Z0-9])")
_BARE = re.compile(rf"(?i:({_MAIN}|abstract|key ?words))\s+(?=[A-Z]|\d)")


def is_known_head(text: str) -> bool:
    """Whether a line standing alone is a head by its words: 'METHODS', '2. Results', 'Conclusions:', 'References'.

    In small letters only a few are, because a line of text may consist of any other word ('literature').
    """
    if len(text) > LONGEST_KNOWN_HEAD or text.endswith((".", ",", ";")):
        return False
    key = _key(text)
    return (key in _KINDS or key in _REFERENCE_KEYS) and (not text[:1].islower() or key in _SMALL_KEYS)


def head_kind(text: str) -> SectionKind | None:
    """The kind of section that a head opens, null for an unknown one."""
    return _KINDS.get(_key(text))


def is_reference_head(text: str) -> bool:
    """Whether the head opens a list of references."""
    return _key(text) in _REFERENCE_KEYS


def opens_side_box(text: str) -> bool:
    """Whether the head stands over a box beside the text, such as 'What this study adds'."""
    return _key(text) in _SIDE_BOX_KEYS


def is_label(text: str) -> bool:
    """Whether the head says what kind of article this is, as journals print it above or beside the text."""
    return _key(text) in _LABEL_KEYS


def opens_introduction(text: str) -> bool:
    """Whether the abstract is over with this head: 'Introduction', or one that is numbered as the first."""
    return _key(text) == "introduction" or re.match(r"\s*(?:1|I)\.?\s+[A-Z]", text) is not None


def opens_anywhere(text: str) -> bool:
    """Whether the head opens its section wherever it stands.

    Others of methods and introduction ('Participants', 'Outcomes') stand below Results as well, so in the body of a
    paper they count only before one of the later sections has begun.
    """
    return _key(text) in _OPENING_KEYS


def run_in_head(text: str, position: int, *, in_abstract: bool, bare: bool) -> tuple[int, int] | None:
    """(end of the head, start of what follows) if a head is run into the paragraph `text` at `position`.

    In an abstract a head needs a colon, a full stop or capitals, and nothing at all where it may be `bare` ('Methods We
    searched'); in the body of a paper it needs a colon.
    """
    patterns = [_BEFORE_COLON, _BEFORE_STOP, _IN_CAPITALS] if in_abstract else [_MAIN_BEFORE_COLON]
    if in_abstract and bare:
        patterns.append(_BARE)
    if in_abstract and position == 0:
        patterns.append(_ABSTRACT)
    for pattern in patterns:
        match = pattern.match(text, position)
        if match and match.group(1)[0].isupper():
            return match.end(1), match.end()
    return None
