"""The analysis as plain text for a terminal: compact, wrapped, without colours or anything that a terminal obeys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from textwrap import TextWrapper

from pipeline.publish.view import ChainView, FaultyQuotation, Page, RungView, StudyCard

_LEADING = re.compile(r"^ +(?:[-!] |\d+\. |[\d+\N{MINUS SIGN}]+  )?")
"""Indentation and list marker: what the further lines of a wrapped line are indented by."""


def render_text(page: Page, width: int = 96) -> str:
    """The analysis in lines of at most `width` characters (longer only where a single word is)."""
    return "\n".join(_wrapped(_lines(page), max(width, 40))) + "\n"


def _wrapped(lines: Iterable[str], width: int) -> Iterator[str]:
    for line in lines:
        hanging = " " * len("".join(_LEADING.findall(line)))
        wrapper = TextWrapper(width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
        yield from wrapper.wrap(line) or [""]


def _lines(page: Page) -> Iterator[str]:
    yield page.claim
    yield f"Type: {page.claim_type}. Version {page.version}, studies searched on {page.searched_words}."
    yield ""
    yield f"{page.badge.text.upper()}. {page.badge_meaning} {page.basis_sentence}"
    yield from _bulleted(page.reasons)
    if page.suggested_wording:
        yield f"Wording that the evidence permits: {page.suggested_wording}"
    if page.missing:
        yield ""
        yield "INCOMPLETE; can be reviewed, not published. Missing:"
        yield from _bulleted(f"{m.what}{f' ({m.study})' if m.study else ''}: {m.reason}" for m in page.missing)
    yield ""
    yield from _scores(page)
    if page.tally:
        yield page.tally
    yield from _section("In simple terms", (page.summary.missing or " ".join(s.text for s in page.summary.simple),))
    yield from _section(page.mechanism_heading, _chain(page.main_chain) if page.main_chain else (page.no_chain,))
    if page.agreement:
        yield page.agreement
    if page.rivals:
        yield from _section("Rivals", (f"- {r.name}: {r.label.text}" for r in page.rivals))
    yield from _section("Studies", _studies(page))
    yield from _section("Certainty of the evidence (GRADE)", _grade(page))
    yield from _section("Evidence that would settle it, strongest first", _ladder(page))
    yield from _section("What could not be verified", _doubts(page))


def _scores(page: Page) -> Iterator[str]:
    if not page.scores:
        yield page.no_scores
    for score in page.scores:
        behind = ", ".join(f"{b.study} {b.score}{f' ({b.role})' if b.role else ''}" for b in score.behind)
        left_out = f" {score.left_out}" if score.left_out else ""
        yield f"{score.name:<7} {score.value:>3} of 100. {score.sentence}{f' ({behind})' if behind else ''}{left_out}"


def _section(heading: str, lines: Iterable[str]) -> Iterator[str]:
    yield ""
    yield heading
    yield "-" * len(heading)
    yield from lines


def _bulleted(items: Iterable[str]) -> Iterator[str]:
    return (f"  - {item}" for item in items)


def _chain(chain: ChainView) -> Iterator[str]:
    yield f"{chain.name}: {chain.label.text}{f' ({chain.status.lower()})' if chain.status else ''}"
    for link in chain.links:
        yield f"  {link.number}. {link.statement}"
        yield f"     [{link.label.text}]"
        if link is not chain.links[-1]:
            yield "     which leads to"
    yield from _bulleted(chain.remarks)


def _studies(page: Page) -> Iterator[str]:
    for group in page.study_lists:
        yield f"{group.heading} ({len(group.studies)}){'' if group.studies else f': {group.none}'}"
        for study in group.studies:
            yield from _study(study)
    yield from _bulleted((*page.pooled, *page.overlaps))


def _study(study: StudyCard) -> Iterator[str]:
    weight = f" weight {study.score}." if study.factors else ""
    basis = f"; {study.basis}" if study.basis else ""
    yield f"  - {study.label}:{weight} {study.stance.text}{basis}"
    for flag in study.flags:
        yield f"      ! {flag}"


def _grade(page: Page) -> Iterator[str]:
    if page.grade is None:
        yield page.no_grade
        return
    yield f"{page.grade.certainty} ({page.grade.level} of 4). {page.grade.meaning}"
    yield page.grade.rated
    yield f"  {page.grade.start:>2}  Start: {page.grade.start_reason}"
    for row in page.grade.rows:
        yield f"  {row.change:>2}  {row.domain}: {row.reason}"


def _ladder(page: Page) -> Iterator[str]:
    if not page.rungs:
        yield page.no_ladder
    yield from (_rung(r) for r in page.rungs)


def _rung(rung: RungView) -> str:
    return f"  {rung.rank}. {rung.title}: {rung.status.text.lower()}. {rung.size_term}: {rung.size}."


def _doubts(page: Page) -> Iterator[str]:
    yield f"{page.quotes_sentence}."
    for fault in page.faults:
        yield from _fault(fault)
    if page.beside:
        yield f"{page.beside[0].fault}:"
        yield from _bulleted(f'{b.study}, for {b.used_for}: "{b.said}"' for b in page.beside)
    for it in page.two_readings:
        yield f"Read differently by two verifiers: {it.study} on {it.step}"
        yield from _bulleted(f"{r.term}: {r.text}" for r in it.readings)
    yield from _bulleted(page.warnings)
    yield from _bulleted(f"{f.where}: {f.problem} ({f.sentence})" for f in page.language)
    yield from _bulleted(f"{n.kind} ({n.study}): {n.message}" for n in page.notes)


def _fault(fault: FaultyQuotation) -> Iterator[str]:
    found = f" (found in {fault.found_in})" if fault.found_in else ""
    yield f'  - {fault.fault}, said to stand in {fault.study}{found}: "{fault.said}"'
    for difference in fault.differences:
        yield f"      {difference}"
