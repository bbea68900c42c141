"""Measures the quote gate: how many true quotations it accepts, whether it accepts any altered one, and how fast it is.

True quotations are whole sentences of the fixture studies, of real PDFs (as pypdfium2 extracts them) and of public
data sets, given the noise that copying adds: other spaces, straight quotation marks, joined line-break hyphens, other
dashes, dropped soft hyphens, plain letters for ligatures. Altered quotations are the same sentences with one change
each, made by the rule that the class names (`ALTERATIONS`). Prints tables; exits 1 when a bound is missed.

    python bench/quote_gate.py [--data DIR] [--seed N]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

from pipeline.rules.folding import fold
from pipeline.rules.quotation import locate
from pipeline.sources.reading import read_study
from schemas.quotation import LocatedQuote, Quote
from schemas.study import Citation, Sentence, Study
from schemas.vocabulary import SectionKind

ROOT = Path(__file__).resolve().parent.parent
LEAST_ACCEPTED = 0.98
LEAST_QUOTES = 300
MOST_MS = 50.0
_SENTENCE = re.compile(r"\S.*?(?:[a-z\)\]%][.?!](?=\s+[A-Z])|(?=\n\n)|\Z)", re.DOTALL)
_PER_SOURCE = 12


class Sample(NamedTuple):
    study: Study
    sentence: Sentence
    origin: str

    @property
    def text(self) -> str:
        return self.study.text[self.sentence.start : self.sentence.end]


class Probe(NamedTuple):
    """A quotation to be located, with the class of noise or alteration that made it."""

    study: Study
    quote: Quote
    kind: str


def plain_study(name: str, text: str) -> Study:
    """A study from bare text: sentences end where a full stop and a capital letter say so."""
    sentences = tuple(
        Sentence(number=n, start=m.start(), end=m.end(), section=SectionKind.OTHER)
        for n, m in enumerate(_SENTENCE.finditer(text), 1)
    )
    return Study(
        citation=Citation(id=name),
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
        file_name=name,
        file_sha256="",
        extent="full_text",
        sections=(),
        sentences=sentences,
    )


def fixture_studies() -> Iterator[tuple[str, Study]]:
    for path in sorted((ROOT / "fixtures" / "studies").glob("*/*.yaml")):
        yield "fixtures", read_study(path)


def pdf_studies(data: Path) -> Iterator[tuple[str, Study]]:
    for path in sorted((data / "pdf").glob("*.pdf")):
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            print(f"  skipped {path.name}: {error}")
            continue
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
        if text.strip():
            yield "pdf", plain_study(path.stem.replace("_", "-"), text)


def dataset_studies(data: Path) -> Iterator[tuple[str, Study]]:
    """Articles as they are; single sentences bound together by fifty, as paragraphs of one text."""
    for name in ("evidence_inference_abstract", "evidence_inference_fulltext", "pubmedqa"):
        rows = _rows(data / "datasets" / f"{name}.jsonl")
        texts = list(dict.fromkeys(row["text"] for row in rows))
        for n, text in enumerate(texts[:20]):
            yield name, plain_study(f"{name.replace('_', '-')}-{n}", text)
    for name in ("rct_result_sentences", "scifact_rationale"):
        texts = [row["text"].strip() for row in _rows(data / "datasets" / f"{name}.jsonl")]
        for n in range(0, len(texts), 50):
            yield name, plain_study(f"{name.replace('_', '-')}-{n}", "\n\n".join(texts[n : n + 50]))


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def samples(studies: list[tuple[str, Study]], chance: random.Random) -> list[Sample]:
    found: list[Sample] = []
    for origin, study in studies:
        usable = [s for s in study.sentences if 40 <= s.end - s.start <= 600]
        take = 60 if origin in {"pdf", "rct_result_sentences"} else _PER_SOURCE
        found += [Sample(study, s, origin) for s in chance.sample(usable, min(take, len(usable)))]
    return found


def copied(text: str, chance: random.Random) -> str:
    """A sentence as a model copies it: each kind of noise with its own chance, none that changes a word or number."""
    text = re.sub("[\ufffe\x02]\\s*", "", text)
    text = re.sub(r"(?<=[a-z])[-‐]\s*\r?\n\s*(?=[a-z])", chance.choice(["", "-"]), text)
    text = text.replace("\xad", "")
    text = "".join(unicodedata.normalize("NFKC", c) if c.isalpha() else c for c in text)
    text = re.sub(r"\s+", " ", text)
    if chance.random() < 0.5:
        text = text.translate(str.maketrans("“”‘’", "\"\"''"))
    if chance.random() < 0.4:
        text = re.sub("[–−‐]", "-", text)
    elif chance.random() < 0.3:
        text = re.sub(r"(?<=\d)-(?=\d)", "–", text)
    if chance.random() < 0.4:
        text = re.sub(r"\s?([<>=≤≥±])\s?", "\u202f\\1\u202f" if chance.random() < 0.5 else r" \1 ", text)
    if chance.random() < 0.3:
        text = re.sub(r"(?<=\d)\s?%", chance.choice([" %", "%", "\u2009%", "\xa0%"]), text)
    if chance.random() < 0.1:
        text = f'"{text}"'
    return text


def _swap(text: str, pairs: str, chance: random.Random) -> str:
    """One word of `pairs` ("a/b c/d") exchanged for its opposite; the text itself when it holds none."""
    opposite: dict[str, str] = {}
    for pair in pairs.split():
        a, b = pair.split("/")
        opposite |= {a: b, b: a}
    hits = list(re.finditer(r"\b(?:" + "|".join(opposite) + r")\b", text, re.IGNORECASE))
    if not hits:
        return text
    hit = chance.choice(hits)
    return text[: hit.start()] + opposite[hit.group().lower()] + text[hit.end() :]


def number_changed(text: str, chance: random.Random) -> str:
    """One digit becomes another one."""
    at = chance.choice([m.start() for m in re.finditer(r"[0-9]", text)] or [-1])
    return text if at < 0 else text[:at] + str((int(text[at]) + chance.randint(1, 9)) % 10) + text[at + 1 :]


def point_shifted(text: str, chance: random.Random) -> str:
    """The decimal point moves by one digit or goes."""
    if chance.random() < 0.5:
        return re.sub(r"(\d)\.(\d)", r"\1\2", text, count=1)
    return re.sub(r"(\d)\.(\d)(\d)", r"\1\2.\3", text, count=1)


def numbers_exchanged(text: str, _: random.Random) -> str:
    """The first two numbers that differ change places."""
    found = list(re.finditer(r"\d+(?:\.\d+)?", text))
    for a, b in pairwise(found):
        if a.group() != b.group():
            return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]
    return text


def sign_changed(text: str, _: random.Random) -> str:
    """A minus sign goes, or comes before a number that had none."""
    dropped = re.sub(r"(?<=[\s(=])[-−–](?=\d)", "", text, count=1)
    return dropped if dropped != text else re.sub(r"(?<=[\s(=])(?=\d)", "-", text, count=1)


def comparison_changed(text: str, chance: random.Random) -> str:
    """One comparison sign becomes its opposite, an equals sign becomes < or >."""
    signs = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": chance.choice("<>")}
    hits = [m.start() for m in re.finditer("[<>≤≥=]", text)]
    at = chance.choice(hits or [-1])
    return text if at < 0 else text[:at] + signs[text[at]] + text[at + 1 :]


def negation_changed(text: str, chance: random.Random) -> str:
    """A negation goes, or "not" comes behind an auxiliary verb."""
    dropped = re.sub(r"\b(?:not|no|neither|without)\s+", "", text, count=1)
    if dropped != text and chance.random() < 0.7:
        return dropped
    return re.sub(r"\b(was|were|is|are|had|has|did|may|can)\s", r"\1 not ", text, count=1)


def direction_changed(text: str, chance: random.Random) -> str:
    """One direction word becomes its opposite."""
    pairs = (
        "increase/decrease increased/decreased increases/decreases higher/lower greater/smaller more/less rose/fell "
        "improved/worsened reduced/raised reduction/rise positive/negative longer/shorter better/worse above/below "
        "before/after improvement/deterioration high/low faster/slower older/younger larger/lesser"
    )
    return _swap(text, pairs, chance)


def unit_changed(text: str, chance: random.Random) -> str:
    """One unit becomes another one, or a per cent sign goes."""
    swapped = _swap(
        text, "mg/g weeks/days months/years hours/minutes kg/lb ml/l cm/mm minute/second week/month", chance
    )
    return swapped if swapped != text else re.sub(r"\s?%", "", text, count=1)


def group_swapped(text: str, chance: random.Random) -> str:
    """One group or condition becomes the other one."""
    pairs = (
        "control/intervention placebo/active treatment/control men/women male/female trained/untrained left/right "
        "exercise/control children/adults mothers/fathers patients/controls boys/girls smokers/nonsmokers first/second"
    )
    return _swap(text, pairs, chance)


ALTERATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "number": number_changed,
    "decimal point": point_shifted,
    "two numbers exchanged": numbers_exchanged,
    "sign": sign_changed,
    "comparison": comparison_changed,
    "negation": negation_changed,
    "direction": direction_changed,
    "unit": unit_changed,
    "swapped group": group_swapped,
}


def true_probes(taken: list[Sample], chance: random.Random) -> list[Probe]:
    return [Probe(s.study, Quote(sentence=s.sentence.number, text=copied(s.text, chance)), s.origin) for s in taken]


def altered_probes(taken: list[Sample], chance: random.Random) -> list[Probe]:
    """One probe for each sentence and class whose rule applies; what also stands in the text is no alteration."""
    found: list[Probe] = []
    for s in taken:
        for kind, alter in ALTERATIONS.items():
            text = alter(s.text, chance)
            if text == s.text or fold(text).folded in fold(s.study.text).folded:
                continue
            found.append(Probe(s.study, Quote(sentence=s.sentence.number, text=copied(text, chance)), kind))
    return found


def measured(probes: list[Probe]) -> list[tuple[Probe, LocatedQuote, float]]:
    """Every probe located, with milliseconds; each text is folded once beforehand, as a run does."""
    for study in {id(p.study): p.study for p in probes}.values():
        fold(study.text)
    found: list[tuple[Probe, LocatedQuote, float]] = []
    for probe in probes:
        began = time.perf_counter()
        located = locate(probe.quote, probe.study, {probe.study.id: probe.study})
        found.append((probe, located, (time.perf_counter() - began) * 1000))
    return found


def slices_hold(results: list[tuple[Probe, LocatedQuote, float]]) -> bool:
    return all(
        located.start is None or probe.study.text[located.start : located.end] == located.located
        for probe, located, _ in results
    )


def table(title: str, results: list[tuple[Probe, LocatedQuote, float]]) -> None:
    print(f"\n{title}\n{'kind':<30}{'quotes':>8}{'accepted':>10}{'ms median':>11}{'ms worst':>10}  grades")
    for kind in [*dict.fromkeys(p.kind for p, _, _ in results), "all"]:
        rows = [r for r in results if kind in {r[0].kind, "all"}]
        accepted = sum(located.accepted for _, located, _ in rows)
        times = [ms for _, _, ms in rows]
        grades = " ".join(f"{g}:{n}" for g, n in Counter(located.match.value for _, located, _ in rows).most_common())
        share = f"{accepted / len(rows):>9.1%}"
        print(f"{kind:<30}{len(rows):>8}{share:>10}{statistics.median(times):>11.2f}{max(times):>10.1f}  {grades}")


def long_miss(chance: random.Random) -> float:
    """Median milliseconds of 4,000-character quotations with changed numbers against a 60 KB text."""
    words = [
        f"{a}{b}" for a in ("tra", "mus", "neu", "cor", "ven", "sol") for b in ("ining", "cle", "ral", "tex", "ous")
    ]
    parts: list[str] = []
    while sum(map(len, parts)) < 60_000:
        chosen = " ".join(chance.choices([*words, "of", "the", "in", "was", "with", "and"], k=14))
        parts.append(f"The {chosen} rose by {chance.randint(2, 99)} %. ")
    text = "".join(parts)
    study = plain_study("long", text)
    times: list[float] = []
    for _ in range(15):
        start = chance.choice(study.sentences[: len(study.sentences) * 9 // 10]).start
        quoted = re.sub(r"(\d) %", r"\g<1>1 %", text[start : start + 3900])
        began = time.perf_counter()
        locate(Quote(sentence=1, text=quoted), study, {study.id: study})
        times.append((time.perf_counter() - began) * 1000)
    median = statistics.median(times)
    print(f"\n4,000-character misquotations against 60 KB: {median:.1f} ms median, {max(times):.1f} ms worst")
    return median


def faults(
    true: list[tuple[Probe, LocatedQuote, float]], altered: list[tuple[Probe, LocatedQuote, float]], long_ms: float
) -> list[str]:
    """The bounds that were missed, in words."""
    share = sum(located.accepted for _, located, _ in true) / max(1, len(true))
    wrong = [p for p, located, _ in altered if located.accepted]
    checks = {
        f"only {len(true)} true and {len(altered)} altered quotations": min(len(true), len(altered)) >= LEAST_QUOTES,
        f"{share:.2%} of the true quotations accepted, bound {LEAST_ACCEPTED:.0%}": share >= LEAST_ACCEPTED,
        f"{len(wrong)} altered quotations accepted: {[(p.kind, p.quote.text[:150]) for p in wrong[:5]]}": not wrong,
        "located text differs from its slice": slices_hold(true) and slices_hold(altered),
        f"{long_ms:.1f} ms for a long misquotation, bound {MOST_MS:.0f}": long_ms < MOST_MS,
    }
    return [fault for fault, held in checks.items() if not held]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the quote gate.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="folder of measuring data")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--show", type=int, default=0, help="print so many true quotations that were not accepted")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    studies = list(fixture_studies())
    if (options.data / "pdf").is_dir():
        studies += [*pdf_studies(options.data), *dataset_studies(options.data)]
    else:
        print(f"!! SKIPPED: no measuring data in {options.data}; only the fixture studies are measured !!")
    taken = samples(studies, chance)
    true, altered = measured(true_probes(taken, chance)), measured(altered_probes(taken, chance))
    table("True quotations (must be accepted)", true)
    table("Altered quotations (must not be accepted)", altered)
    for probe, located, _ in [r for r in true if not r[1].accepted][: options.show]:
        print(f"- {probe.kind} {located.match}: {probe.quote.text!r}\n  {located.located!r}\n  {located.differences}")
    missed = faults(true, altered, long_miss(chance))
    print("\n" + ("\n".join(f"MISSED: {m}" for m in missed) or "All bounds held."))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
