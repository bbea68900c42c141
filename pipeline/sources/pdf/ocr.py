"""Has the text of scanned pages recognised by ocrmypdf and tesseract, which are other people's programs.

Promises a PDF with a text layer behind its pictures, or a SourceError: the programs run in a session of their own in a
temporary folder, one page at a time, with bounded time, memory and files, and without this process's environment. Only
files that the PDF reader has already opened are given to them. Does not read the result, judge it or keep it; what it
says is a machine's guess and marked as such (`PdfReading.ocr_pages`).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from pipeline.errors import SourceError

MOST_PAGES = 100
"""Pages that are recognised in one file; at 4 s each that is seven minutes."""

PAGE_SECONDS = 60
"""Seconds for a page; one at 200 dots per inch takes about 4."""

START_SECONDS = 30

_MEMORY_BYTES = 4_000_000_000
_FILE_BYTES = 500_000_000

_NEEDED = ("PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START = (
    "import os, resource, sys\n"
    "memory, seconds, size = map(int, sys.argv[1:4])\n"
    "for kind, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, size),\n"
    "                    (resource.RLIMIT_CORE, 0)):\n"
    "    resource.setrlimit(kind, (value, value))\n"
    "os.execvp(sys.argv[4], sys.argv[4:])\n"
)
"""Sets the limits and becomes the program: what runs between fork and exec in this process would not be thread-safe."""


def missing_programs() -> list[str]:
    """What has to be installed before OCR can run, in words; empty when everything is there."""
    missing: list[str] = []
    if _ocrmypdf() is None:
        missing.append("ocrmypdf (`pip install 'mechsyn[ocr]'`)")
    if shutil.which("tesseract") is None:
        missing.append("tesseract (a program of its own, for example `apt-get install tesseract-ocr`)")
    return missing


def recognised(data: bytes, file: str, password: str | None, pages: int) -> bytes:
    """The PDF with a text layer on the pages that had none; pages with text stay as they are. SourceError."""
    missing = missing_programs()
    if missing:
        raise SourceError(file, "is a scan, and OCR is not installed", f"install {' and '.join(missing)}")
    if password:
        raise SourceError(file, "is a protected scan", "save it without its password and give that")
    if pages > MOST_PAGES:
        raise SourceError(
            file, f"is a scan of {pages} pages; OCR reads up to {MOST_PAGES}", "give the pages that matter"
        )
    with tempfile.TemporaryDirectory(prefix="mechsyn-ocr-") as name:
        folder = Path(name)
        scan, result = folder / "scan.pdf", folder / "text.pdf"
        scan.write_bytes(data)
        status = _run(folder, scan, result, START_SECONDS + PAGE_SECONDS * max(pages, 1))
        if status is None:
            raise SourceError(file, f"takes OCR more than {PAGE_SECONDS} s a page", "run ocrmypdf on it yourself")
        if status or not result.is_file():
            cause = f"is a scan that OCR could not read (ocrmypdf ended with {status})"
            raise SourceError(file, cause, "run ocrmypdf on it yourself to see why")
        return result.read_bytes()


def _ocrmypdf() -> list[str] | None:
    if importlib.util.find_spec("ocrmypdf") is not None:
        return [sys.executable, "-I", "-m", "ocrmypdf"]
    program = shutil.which("ocrmypdf")
    return None if program is None else [program]


def _run(folder: Path, scan: Path, result: Path, seconds: float) -> int | None:
    """The exit status of ocrmypdf; null when its time was up. Nothing that it started is left running."""
    options = ["--jobs", "1", "--quiet", "--skip-text", "--deskew", "--output-type", "pdf", "--optimize", "0"]
    options += ["--tesseract-timeout", str(PAGE_SECONDS)]
    limits = [str(_MEMORY_BYTES), str(int(seconds) + 1), str(_FILE_BYTES)]
    environment = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    environment |= {"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8", "TMPDIR": str(folder), "HOME": str(folder)}
    process = subprocess.Popen(  # noqa: S603 - programs by name, files by our own names
        [sys.executable, "-I", "-c", _START, *limits, *(_ocrmypdf() or []), *options, str(scan), str(result)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end_all(process)


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and what it started: they are one session, whose number is that of the program."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
