"""Bytes to text: marks, character sets, files that are nearly UTF-8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.records.charset import decode

GERMAN = (
    "TY  - JOUR\nAU  - Müller, Jürgen\nTI  - Effekte von Übungen – eine Größe\nAB  - Es wurden 5 ± 2 kg gemessen.\n"
)
POLISH = "AU  - Łukasz Świątek\nTI  - Wpływ ćwiczeń na siłę mięśni u osób starszych\n"
RUSSIAN = "AU  - Иванов, Пётр\nTI  - Влияние тренировки на силу мышц\n"


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
def test_text_comes_back_from_every_character_set(name: str) -> None:
    assert decode(GERMAN.encode(name)) == GERMAN


def test_sets_of_other_languages_are_found() -> None:
    assert decode(POLISH.encode("cp1250")) == POLISH
    assert decode(RUSSIAN.encode("cp1251")) == RUSSIAN


def test_a_declaration_counts_unless_it_names_no_character_set() -> None:
    assert decode("<?xml version='1.0' encoding='ISO-8859-2'?><a>Łódź</a>".encode("iso-8859-2")).endswith("Łódź</a>")
    assert decode(b"<?xml version='1.0' encoding='zip'?><a>\xe9</a>").endswith("é</a>")
    assert decode(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\x93a\x94</a>").endswith("“a”</a>")


def test_one_garbled_byte_does_not_turn_the_file_into_another_character_set() -> None:
    assert decode((GERMAN * 3).encode() + b"caf\xe9\n" + GERMAN.encode()) == GERMAN * 3 + "café\n" + GERMAN


@given(st.binary(max_size=300))
def test_any_bytes_are_text_without_a_mark(data: bytes) -> None:
    assert not decode(b"\xef\xbb\xbf" + data).startswith("\ufeff") or data.startswith(b"\xef\xbb\xbf")
    assert isinstance(decode(data), str)


def test_slavic_letters_inside_words_do_not_make_a_mac_of_windows() -> None:
    read = decode("AU  - Novák, Tomáš\nAU  - Horák, Ježek\n".encode("cp1250"))
    assert read == "AU  - Novák, Tomáš\nAU  - Horák, Ježek\n"
