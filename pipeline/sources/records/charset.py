"""Bytes of an export -> text, whatever character set the vendor wrote.

Asked in this order: a byte-order mark, UTF-16 without one, UTF-8, the declaration of an XML file, charset-normalizer.
A file that is UTF-8 but for a few bytes stays UTF-8, and those bytes are read as Windows-1252, so that one garbled
record costs the others nothing. Never raises and never returns a byte-order mark; a byte that no character set
explains becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.:-]{1,40})["']""")
_CHARACTER_SET = re.compile(
    r"(?:iso-?8859|iso-?2022|windows|cp|latin|us-ascii|ascii|mac|x-mac|koi8|gb|big5|shift|euc|utf)[\w-]*", re.IGNORECASE
)
"""Python also knows codecs such as 'zip' and 'rot13', which no file may ask for."""

_CANDIDATES = ["cp1252", "mac_roman", "cp1250", "cp1251", "gb18030", "big5", "cp932", "cp949"]
_WESTERN = frozenset({"cp1252", "cp1250", "mac_roman"})
_GUESSED_FROM = 200_000
"""Bytes on which the guess rests; the time it takes grows with them."""

_FEW = 0.1


def decode(data: bytes) -> str:
    """`data` as text, without a byte-order mark."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decoded(data, name).lstrip("\ufeff")
    wide = _wide(data)
    if wide is not None:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    declared = _declared(data)
    if declared is not None:
        return data.decode(declared, "replace")
    mended = _decoded(data, "utf-8")
    if _mostly_utf8(data, mended):
        return mended
    return data.decode(_guess(data), "replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of a text in Latin letters is zero."""
    sample = data[:400]
    if len(sample) < 8:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > 0.7 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * half and odd < 0.1 * half else None


def _declared(data: bytes) -> str | None:
    match = _DECLARED.match(data[:600])
    name = match.group(1).decode("ascii") if match else ""
    if not _CHARACTER_SET.fullmatch(name):
        return None
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return None
    if known.startswith("utf"):
        # it says UTF-8 and is not, so its word is worth nothing
        return None
    # browsers read Latin-1 as Windows-1252, so vendors call one the other
    return "cp1252" if known in {"iso8859-1", "ascii"} else known


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("mechsyn-windows", _as_windows)


def _decoded(data: bytes, name: str) -> str:
    return data.decode(name, "mechsyn-windows" if name == "utf-8" else "replace")


def _mostly_utf8(data: bytes, mended: str) -> bool:
    """Whether nearly all that is not ASCII is valid UTF-8."""
    sound = sum(len(run) for run in re.findall(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2})", data))
    high = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    return bool(mended) and high - sound <= _FEW * high


def _is_mac(data: bytes) -> bool:
    """Whether letters inside words are those of a Mac: the bytes of its 'é' and 'ü' are signs in Windows-1252."""
    mac = len(re.findall(rb"[A-Za-z][\x80-\x91\x93-\x95\x98-\x9f][a-z]", data))
    windows = len(re.findall(rb"[A-Za-z][\xc0-\xff][a-z]", data))
    return mac > windows


def _guess(data: bytes) -> str:
    """Windows-1252 unless another set fits better: nearly all exports that are not UTF-8 are that."""
    from charset_normalizer import from_bytes

    foreign = b"\n".join(line for line in data[: 20 * _GUESSED_FROM].splitlines() if not line.isascii())
    matches = from_bytes(foreign[:_GUESSED_FROM], cp_isolation=_CANDIDATES)
    best = matches.best()
    if best is None:
        return "cp1252"
    if best.encoding in _WESTERN and _is_mac(foreign):
        return "mac_roman"
    as_good = [match for match in matches if match.chaos <= best.chaos]
    western = any("cp1252" in match.could_be_from_charset for match in as_good)
    return "cp1252" if western else best.encoding
