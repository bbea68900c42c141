"""The same article as JATS and as its two-column PDF: two ways to the same study."""

from __future__ import annotations

import html
import re
import unicodedata
from pathlib import Path

import pytest

from pipeline.sources import read_study
from schemas.study import Study
from schemas.vocabulary import SectionKind

ROOT = Path(__file__).resolve().parents[2] / "fixtures" / "studies"
PRINTED = {path.stem: path for path in ROOT.glob("*/*.pdf") if (ROOT / "typst" / f"{path.stem}.typ").exists()}


def jats(source: str) -> str:
    """The article of a typst source in JATS."""
    header, _, body = source.partition("\n)\n")
    field = {k: html.escape(v) for k, v in re.findall(r'^  ([a-z-]+): "(.*)",$', header, re.MULTILINE)}
    authors = re.findall(r'"([^"]+)"', re.search(r"authors: \((.*)\)", header)[1])  # type: ignore[index]
    abstract = re.search(r"abstract: \[\n(.*?)\n  \]", header, re.DOTALL)
    assert abstract is not None
    people = "".join(
        f"<contrib contrib-type='author'><name><surname>{family}</surname><given-names>{given}</given-names></name>"
        "</contrib>"
        for family, _, given in (a.rpartition(" ") for a in authors)
    )
    sections = "".join(
        f"<sec><title>{head}</title>{''.join(paragraphs(text))}</sec>"
        for head, text in re.findall(r"^= (.+?)\n(.*?)(?=^= |\Z)", body, re.MULTILINE | re.DOTALL)
    )
    return (
        "<article article-type='research-article'><front><article-meta>"
        f"<article-id pub-id-type='doi'>{field['doi']}</article-id>"
        f"<title-group><article-title>{field['title']}</article-title></title-group>"
        f"<contrib-group>{people}</contrib-group><abstract>{''.join(paragraphs(abstract[1]))}</abstract>"
        f"</article-meta></front><body>{sections}</body></article>"
    )


def paragraphs(text: str) -> list[str]:
    text = re.sub(r"^#figure\(.*?^\) <\w+>$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"@(\w+)", "Table 1", text.replace("~", " ").replace("\\", ""))
    marked = re.sub(r"\[(\d+)\]", r"[<xref ref-type='bibr'>\1</xref>]", html.escape(text, quote=False))
    marked = re.sub(r"\*(.+?)\*", r"<bold>\1</bold>", marked)
    marked = re.sub(r"#(sub|super)(?:\[<xref[^>]*>(.*?)</xref>\]|\[(\w+)\])", raised_or_lowered, marked)
    return [f"<p>{p.strip()}</p>" for p in marked.split("\n\n") if p.strip()]


def raised_or_lowered(match: re.Match[str]) -> str:
    name = {"sub": "sub", "super": "sup"}[match[1]]
    return f"<{name}>{match[2] or match[3]}</{name}>"


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


def said(study: Study, *kinds: SectionKind) -> set[str]:
    return {letters(study.sentence_text(s.number)) for s in study.sentences if s.section in kinds}


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_an_article_and_its_own_pdf_are_the_same_study(name: str, tmp_path: Path) -> None:
    markup = tmp_path / f"{name}.xml"
    markup.write_text(jats((ROOT / "typst" / f"{name}.typ").read_text(encoding="utf-8")), encoding="utf-8")
    article, printed = read_study(markup), read_study(PRINTED[name])
    assert letters(article.citation.title or "") == letters(printed.citation.title or "")
    assert article.citation.DOI == printed.citation.DOI
    assert article.document is printed.document
    kinds = (SectionKind.ABSTRACT, SectionKind.RESULTS)
    wanted, found = said(article, *kinds), said(printed, *kinds)
    assert len(wanted) > 5
    assert len(wanted & found) >= 0.95 * len(wanted), wanted - found
