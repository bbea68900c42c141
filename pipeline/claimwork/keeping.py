"""Holds an analysis to the invariants and writes it; an analysis that breaks one is never written."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import InvariantError, OutputError
from pipeline.publish.writing import Written, write_analysis
from pipeline.rules.invariants import violations
from schemas.analysis import ClaimAnalysis
from schemas.study import Study


def prepare_folder(out: Path) -> None:
    """Makes `out` and proves that it can be written, before anything is asked and paid for. OutputError if not."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=out, prefix=".writable-"):
            pass
    except OSError as error:
        raise OutputError(f"{out}: results cannot be written there ({error.strerror}); choose another --out") from error


def keep(analysis: ClaimAnalysis, studies: Sequence[Study], out: Path) -> Written:
    """Writes the analysis under `out`. InvariantError names every broken rule, OutputError a folder that refuses."""
    broken = violations(analysis, {s.id: s for s in studies})
    if broken:
        raise InvariantError(broken)
    return write_analysis(analysis, studies, out)
