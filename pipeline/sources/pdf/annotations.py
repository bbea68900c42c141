"""Tells, while PDFium has a page open, whether its annotations hold nothing that `inspection` would look for.

Nearly all annotations of an article are links, and resolving them one by one in pypdf takes longer than anything else
that is asked of it. Promises that annotations counted here have neither words nor a script; whatever cannot be judged
(a broken entry, an action of an unknown kind, a script, a word) is left to pypdf. Does not read what they say.
"""

from __future__ import annotations

from typing import Any

from pipeline.sources.pdf.pdfium import Handle, at, found, handle, whole

MOST_LINKS = 5_000
"""Annotations of a page that are asked about."""

SPOKEN = ("/Contents", "/RC", "/T", "/Subj", "/V", "/DV", "/TU")
"""Keys of an annotation or form field that hold words: contents, rich text, who wrote it, subject, values, tool tip."""

_TELLING = tuple(key[1:].encode() for key in (*SPOKEN, "/AA"))
_HARMLESS = range(1, 6)
"""Kinds of action in PDFium's fpdf_doc.h: to a place here or in another file, to an address, to a program. 0: other."""

_count = whole("FPDFPage_GetAnnotCount")
_annotation = found("FPDFPage_GetAnnot")
_close = whole("FPDFPage_CloseAnnot")
_has_key = whole("FPDFAnnot_HasKey")
_link = found("FPDFAnnot_GetLink")
_action = found("FPDFLink_GetAction")
_action_kind = whole("FPDFAction_GetType")


def unspoken_annotations(page: Any) -> int | None:
    """How many annotations an open page of pypdfium2 has if none of them has words or a script; null if one may."""
    held = handle(page)
    count = _count(held)
    if count > MOST_LINKS:
        return None
    return count if all(_is_unspoken(held, index) for index in range(count)) else None


def _is_unspoken(page: Handle, index: int) -> bool:
    address = _annotation(page, index)
    if address is None:
        return False
    annotation = at(address)
    try:
        if any(_has_key(annotation, key) for key in _TELLING):
            return False
        if not _has_key(annotation, b"A"):
            return True
        link = _link(annotation)
        action = _action(at(link)) if link is not None else None
        return action is not None and _action_kind(at(action)) in _HARMLESS
    finally:
        _close(annotation)
