"""What vendors make of one and the same record: each change is one that exports of real databases show.

`KNOWN` are the changes that the thresholds were tried with, `HELD_OUT` and `FRESH` those that were written afterwards
and measured before anything was mended for them (`docs/decisions/0009-identity-of-studies.md` has those first figures).
All are deterministic for a given random generator, and have one form whether they need it or not.
"""

from __future__ import annotations

import html
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

from citations.real import Reference

Change = Callable[[Reference, random.Random], Reference]

_WORDS = {
    "Journal": "J", "European": "Eur", "American": "Am", "British": "Br", "International": "Int", "Medicine": "Med",
    "Medical": "Med", "Neurology": "Neurol", "Psychology": "Psychol", "Physiology": "Physiol", "Applied": "Appl",
    "Clinical": "Clin", "Research": "Res", "Gastroenterology": "Gastroenterol", "Hepatology": "Hepatol",
    "Science": "Sci",
    "Psychiatry": "Psychiatry", "Nutrition": "Nutr", "Behavior": "Behav", "Behavioral": "Behav", "Motility": "Motil",
    "Diseases": "Dis", "Disease": "Dis", "Bowel": "Bowel", "Inflammatory": "Inflamm", "Alimentary": "Aliment",
    "Pharmacology": "Pharmacol", "Therapeutics": "Ther", "Proceedings": "Proc", "National": "Natl", "Academy": "Acad",
    "Sciences": "Sci", "Epidemiology": "Epidemiol", "Psychosomatic": "Psychosom", "Biology": "Biol", "Annals": "Ann",
    "Archives": "Arch", "Internal": "Intern", "Reviews": "Rev", "Review": "Rev", "Surgery": "Surg", "Health": "Health",
    "Bacteriology": "Bacteriol", "Microbiology": "Microbiol", "Molecular": "Mol", "Infection": "Infect",
    "World": "World",
    "Exercise": "Exerc", "Sports": "Sports", "Scandinavian": "Scand", "Biological": "Biol", "Chemistry": "Chem",
}  # fmt: skip
_FULL = {short: full for full, short in reversed(_WORDS.items()) if short != full}
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "μ": "mu", "ω": "omega"}


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def short_journal(r: Reference, rng: random.Random) -> Reference:
    dot = rng.choice(["", "."])
    words = [w for w in r.journal.split() if w.lower() not in {"of", "the", "and", "&", "in", "for"}]
    words = [_WORDS[w] + dot if w in _WORDS else w for w in (w.strip(".") for w in words)]
    return replace(r, journal=" ".join(words))


def full_journal(r: Reference, rng: random.Random) -> Reference:
    words = [_FULL.get(w.strip(".,"), w) for w in r.journal.split()]
    joined = " ".join(words).replace("Journal ", f"Journal {rng.choice(['of ', ''])}", 1)
    return replace(r, journal=f"The {joined}" if rng.random() < 0.2 else joined)


def capital_journal(r: Reference, _: random.Random) -> Reference:
    return replace(r, journal=r.journal.upper())


def initials(r: Reference, _: random.Random) -> Reference:
    plain = tuple((f, "".join(p[0] for p in re.findall(r"\w+", g))) for f, g in r.authors)
    return replace(r, authors=plain)


def full_names(r: Reference, _: random.Random) -> Reference:
    names = {"A": "Anna", "J": "Juan", "M": "María", "C": "Charles", "S": "Søren", "R": "Ruth", "L": "Li", "K": "Kim"}
    return replace(
        r,
        authors=tuple(
            (f, " ".join([names.get(g[:1], f"{g[:1]}ora"), g[1:].strip(". ")]).strip()) for f, g in r.authors
        ),
    )


def et_al(r: Reference, rng: random.Random) -> Reference:
    kept = rng.choice([1, 3])
    return replace(r, authors=(*r.authors[:kept], ("et al.", ""))) if len(r.authors) > kept else r


def no_identifier(r: Reference, _: random.Random) -> Reference:
    return replace(r, doi="", pmid="")


def html_title(r: Reference, rng: random.Random) -> Reference:
    words = html.escape(r.title, quote=False).split()
    at = rng.randrange(len(words))
    tag = rng.choice(["i", "b", "em", "sup"])
    words[at] = f"<{tag}>{words[at]}</{tag}>"
    return replace(r, title=" ".join(words))


def html_digits(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=re.sub(r"(?<=[A-Za-z])(\d+)\b", r"<sub>\1</sub>", html.escape(r.title, quote=False)))


def capital_title(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=r.title.upper())


def every_word_capital(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=r.title.title())


def no_subtitle(r: Reference, _: random.Random) -> Reference:
    main, colon = r.title.partition(": ")[:2]
    return replace(r, title=main) if colon and len(main.split()) >= 4 else r


def no_diacritics(r: Reference, _: random.Random) -> Reference:
    for letter, name in _GREEK.items():
        r = replace(r, title=r.title.replace(letter, name))
    return replace(r, title=_ascii(r.title), authors=tuple((_ascii(f) or f, _ascii(g)) for f, g in r.authors))


def umlauts(r: Reference, _: random.Random) -> Reference:
    table = str.maketrans({"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss", "ø": "oe"})
    return replace(r, authors=tuple((_ascii(f.translate(table)) or f, g) for f, g in r.authors))


def other_year(r: Reference, rng: random.Random) -> Reference:
    return replace(r, year=r.year + rng.choice([-1, 1]))


def short_pages(r: Reference, _: random.Random) -> Reference:
    first, dash, last = r.page.partition("-")
    if dash and len(first) == len(last) > 1:
        same = next((i for i, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), 0)
        return replace(r, page=f"{first}-{last[same:]}")
    return r


def first_page_only(r: Reference, rng: random.Random) -> Reference:
    first = r.page.partition("-")[0]
    return replace(r, page=rng.choice([first, f"{first}+", f"p. {first}", r.page.replace("-", "–")]) if first else "")


def ampersand(r: Reference, _: random.Random) -> Reference:
    swapped = r.title.replace(" and ", " & ") if " and " in r.title else r.title.replace(" & ", " and ")
    return replace(r, title=swapped)


def greek(r: Reference, rng: random.Random) -> Reference:
    title = r.title
    for letter, name in _GREEK.items():
        title = re.sub(rf"\b{name}\b", letter, title) if rng.random() < 0.7 else title.replace(letter, name)
    return replace(r, title=title)


def cut_title(r: Reference, rng: random.Random) -> Reference:
    length = rng.choice([70, 80, 100])
    return replace(r, title=r.title[:length] + rng.choice(["", "...", "…"])) if len(r.title) > length else r


def no_place(r: Reference, _: random.Random) -> Reference:
    return replace(r, volume="", page="")


def no_page(r: Reference, _: random.Random) -> Reference:
    return replace(r, page="")


def latex(r: Reference, rng: random.Random) -> Reference:
    words = r.title.replace("&", r"\&").replace("%", r"\%").split()
    at = rng.randrange(len(words))
    words[at] = rng.choice(["{%s}", r"\textit{%s}", r"{\em %s}"]) % words[at]
    return replace(r, title=" ".join(words))


def brackets(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=f"[{r.title.rstrip('.')}].")


def dashes(r: Reference, rng: random.Random) -> Reference:
    title = r.title.replace("-", rng.choice(["–", "‐", " ", ""])).replace("'", "’")
    return replace(r, title=title)


KNOWN: Mapping[str, Change] = {
    c.__name__: c
    for c in (
        short_journal, full_journal, capital_journal, initials, full_names, et_al, no_identifier, html_title,
        html_digits, capital_title, every_word_capital, no_subtitle, no_diacritics, umlauts, other_year, short_pages,
        first_page_only, ampersand, greek, cut_title, no_place, no_page, latex, brackets, dashes,
    )
}  # fmt: skip


def misprint(r: Reference, rng: random.Random) -> Reference:
    """Two neighbouring letters swapped in a long word."""
    words = r.title.split()
    long = [i for i, w in enumerate(words) if len(w) >= 8 and w.isalpha()]
    if not long:
        return r
    at = rng.choice(long)
    k = rng.randrange(2, len(words[at]) - 2)
    words[at] = words[at][:k] + words[at][k + 1] + words[at][k] + words[at][k + 2 :]
    return replace(r, title=" ".join(words))


def scanned(r: Reference, _: random.Random) -> Reference:
    """What text recognition reads: 'rn' for 'm', once."""
    return replace(r, title=r.title.replace("m", "rn", 1))


def broken_line(r: Reference, rng: random.Random) -> Reference:
    """A word divided at a line end."""
    words = r.title.split()
    long = [i for i, w in enumerate(words) if len(w) >= 8]
    if long:
        at = rng.choice(long)
        words[at] = f"{words[at][:4]}-\n{words[at][4:]}"
    return replace(r, title="  ".join(words))


def other_spelling(r: Reference, _: random.Random) -> Reference:
    """British for American and the other way round."""
    pairs = (
        "behavior behaviour",
        "tumor tumour",
        "ized ised",
        "ization isation",
        "izing ising",
        "hemo haemo",
        "pedi paedi",
    )
    title = r.title
    for american, british in (p.split() for p in pairs):
        title = title.replace(american, british) if american in title else title.replace(british, american)
    return replace(r, title=title)


def swapped_name(r: Reference, _: random.Random) -> Reference:
    """All in one field: 'Family GV' as family name."""
    return replace(r, authors=tuple((f"{f} {''.join(re.findall(r'[A-Z]', g))}".strip(), "") for f, g in r.authors))


def lost_particle(r: Reference, _: random.Random) -> Reference:
    return replace(r, authors=tuple((re.sub(r"^(?:[Vv]an|[Dd]e|[Vv]on|[Dd]en)\s+", "", f), g) for f, g in r.authors))


def cut_journal(r: Reference, _: random.Random) -> Reference:
    return replace(r, journal=r.journal[:20].strip())


def issue_in_volume(r: Reference, rng: random.Random) -> Reference:
    return replace(r, volume=f"{r.volume}({rng.randint(1, 12)})" if r.volume else "")


def status_mark(r: Reference, rng: random.Random) -> Reference:
    return replace(
        r, title=rng.choice(["RETRACTED: {}", "{} [see comments]", "{} (Retracted article)"]).format(r.title)
    )


def no_article(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=re.sub(r"^(?:The|A|An) ", "", r.title))


def mistyped_doi(r: Reference, _: random.Random) -> Reference:
    return replace(r, doi=r.doi[:-1] + ("1" if r.doi[-1:] != "1" else "2"), pmid="") if r.doi else r


def fewer_authors(r: Reference, _: random.Random) -> Reference:
    """Six authors at most, without a word about it."""
    return replace(r, authors=r.authors[:6])


HELD_OUT: Mapping[str, Change] = {
    c.__name__: c
    for c in (
        misprint, scanned, broken_line, other_spelling, swapped_name, lost_particle, cut_journal, issue_in_volume,
        status_mark, no_article, mistyped_doi, fewer_authors,
    )
}  # fmt: skip


def wrong_encoding(r: Reference, _: random.Random) -> Reference:
    """UTF-8 read as Latin-1: 'Ã©' for 'é'."""

    def read(text: str) -> str:
        return text.encode().decode("latin-1") if not text.isascii() else text

    return replace(r, title=read(r.title), authors=tuple((read(f), read(g)) for f, g in r.authors))


def given_first(r: Reference, _: random.Random) -> Reference:
    """The names in the wrong fields."""
    return replace(r, authors=tuple((g, f) if len(g.strip(".")) > 3 else (f, g) for f, g in r.authors))


def no_given_names(r: Reference, _: random.Random) -> Reference:
    return replace(r, authors=tuple((f, "") for f, _ in r.authors))


def no_journal(r: Reference, _: random.Random) -> Reference:
    return replace(r, journal="")


def article_number(r: Reference, rng: random.Random) -> Reference:
    return replace(r, page=f"Art. No. {rng.randint(100_000, 999_999)}") if r.page else r


def language_note(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=f"{r.title.rstrip('.')} [English]")


def no_punctuation(r: Reference, _: random.Random) -> Reference:
    return replace(r, title=re.sub(r"[^\w\s]", " ", r.title))


def last_author_lost(r: Reference, _: random.Random) -> Reference:
    return replace(r, authors=r.authors[:-1]) if len(r.authors) > 1 else r


def padded(r: Reference, _: random.Random) -> Reference:
    """Zeros and words around volume and page."""
    return replace(
        r, volume=f"Vol. {r.volume}" if r.volume else "", page=f"pp. 0{r.page}" if r.page[:1].isdigit() else r.page
    )


FRESH: Mapping[str, Change] = {
    c.__name__: c
    for c in (
        wrong_encoding, given_first, no_given_names, no_journal, article_number, language_note, no_punctuation,
        last_author_lost, padded,
    )
}  # fmt: skip


_LAST = ("html_title", "html_digits", "latex", "language_note")
_FIRST = ("no_given_names", "no_punctuation")


def varied(r: Reference, changes: Mapping[str, Change], rng: random.Random) -> Reference:
    """The record as another vendor has it: two to five changes; four in five come without the identifier.

    Markup is one kind at most and comes last, as in a database that stores it; what drops characters comes first, since
    no database drops what a later fault has made.
    """
    chosen = rng.sample(sorted(changes), rng.randint(2, 5))
    last = [name for name in chosen if name in _LAST][:1]
    first = [name for name in chosen if name in _FIRST]
    for name in [*first, *(n for n in chosen if n not in {*_FIRST, *_LAST}), *last]:
        r = changes[name](r, rng)
    return no_identifier(r, rng) if rng.random() < 0.8 else r
