"""JATS articles beside their own PDFs: are they the same study, and how many sentences of abstract and results match?

    python bench/jats_pdf.py --pairs DIR [--show]

DIR holds pairs NAME.xml and NAME.pdf. Prints a table and exits 1 when title or DOI differ, or when under 95 % of the
sentences of abstract and results of all articles together stand as sentences of their own in the PDF's study.
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from pathlib import Path

from pipeline.sources import Reading, read_source
from schemas.study import Sentence, Study
from schemas.vocabulary import SectionKind

BOUND = 0.95


def letters(text: str | None) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text or "")).lower()


def first(path: Path) -> Reading:
    return next(read_source(path))


def wanted(article: Study) -> list[Sentence]:
    """The sentences of the abstract, whatever heads divide it, and of the results."""
    bound = next((s.start for s in article.sections if s.heading.lower().endswith("introduction")), 0)
    return [
        s
        for s in article.sentences
        if s.section is not SectionKind.TITLE
        and (s.start < bound or s.section in {SectionKind.ABSTRACT, SectionKind.RESULTS})
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--show", action="store_true", help="print the sentences that are missing")
    arguments = parser.parse_args()
    if arguments.pairs is None:
        print("not measured: name a folder of pairs with --pairs")
        return
    total = found = 0
    wrong = False
    print("| article | title | DOI | sentences | found whole | within others |\n|---|---|---|---|---|---|")
    for markup in sorted(arguments.pairs.glob("*.xml")):
        article, printed = first(markup), first(markup.with_suffix(".pdf"))
        if article.study is None or printed.study is None:
            fault = article.fault or printed.fault
            print(f"| {markup.stem} | not read: {fault} | | | | |")
            wrong |= printed.study is None
            continue
        sentences = wanted(article.study)
        whole = {letters(printed.study.sentence_text(s.number)) for s in printed.study.sentences}
        said = [letters(article.study.sentence_text(s.number)) for s in sentences]
        hits = sum(s in whole for s in said)
        within = sum(s in letters(printed.study.text) for s in said)
        total, found = total + len(said), found + hits
        ours, theirs = article.study.citation, printed.study.citation
        title = letters(ours.title) == letters(theirs.title)
        doi = letters(ours.DOI) == letters(theirs.DOI)
        wrong |= not (title and doi)
        print(f"| {markup.stem} | {'same' if title else theirs.title} | {doi} | {len(said)} | {hits} | {within} |")
        if arguments.show:
            for sentence, bare in zip(sentences, said, strict=True):
                if bare not in whole:
                    print(f"    {article.study.sentence_text(sentence.number)[:240]}")
    share = found / total if total else 0.0
    print(f"\n{found} of {total} sentences of abstract and results ({share:.1%}), bound {BOUND:.0%}")
    sys.exit(1 if wrong or share < BOUND else 0)


if __name__ == "__main__":
    main()
