from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import SourceError
from pipeline.sources.pdf import ocr
from pipeline.sources.pdf.document import read_pdf
from tests.sources.conftest import write

Make = Callable[..., Path]
SENTENCES = [
    "The trained group gained 12.5 percent of strength in the other leg.",
    "The control group did not change at all during the four weeks.",
]


@pytest.fixture
def scan(make_pdf: Make, tmp_path: Path) -> bytes:
    """A page as a scanner leaves it: one picture of 200 dots per inch."""
    import pypdfium2  # pyright: ignore[reportMissingTypeStubs]

    def text(canvas: Canvas) -> None:
        for index, sentence in enumerate(SENTENCES):
            write(canvas, sentence, y=700 - 16 * index, size=12)

    document: Any = pypdfium2.PdfDocument(make_pdf(text, name="text.pdf"))
    image = tmp_path / "page.png"
    document[0].render(scale=200 / 72, grayscale=True).to_pil().save(image)
    document.close()

    def picture(canvas: Any) -> None:
        canvas.drawImage(str(image), 0, 0, 595, 842)

    return make_pdf(picture, name="scan.pdf").read_bytes()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Takes a piece of Python for ocrmypdf; it has the paths of scan and result as its last arguments."""

    def install(body: str) -> None:
        def command() -> list[str]:
            return [sys.executable, "-c", f"import json, os, resource, subprocess, sys, time\n{body}"]

        monkeypatch.setattr(ocr, "_ocrmypdf", command)
        monkeypatch.setattr(ocr, "missing_programs", list[str])

    return install


@pytest.mark.skipif(bool(ocr.missing_programs()), reason=f"not installed: {' and '.join(ocr.missing_programs())}")
def test_a_scan_is_read_and_its_text_is_marked(scan: bytes) -> None:
    reading = read_pdf(scan, "scan.pdf", ocr=True)
    assert " ".join(p.text for p in reading.passages) == " ".join(SENTENCES)
    assert reading.ocr_pages == {1}
    assert [n.kind for n in reading.notes] == ["ocr_text"]


def test_without_the_wish_nothing_is_run(scan: bytes, installed: Callable[[str], None]) -> None:
    installed("raise SystemExit(9)")
    with pytest.raises(SourceError, match="is a scan without a text layer; run OCR: with --ocr"):
        read_pdf(scan, "scan.pdf")
    with pytest.raises(SourceError, match=r"OCR could not read \(ocrmypdf ended with 9\)"):
        read_pdf(scan, "scan.pdf", ocr=True)


def test_what_is_not_installed_is_said_in_one_line(
    scan: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(ocr, "_ocrmypdf", lambda: None)
    with pytest.raises(SourceError) as caught:
        read_pdf(scan, "scan.pdf", ocr=True)
    assert str(caught.value) == (
        "scan.pdf: is a scan, and OCR is not installed; install ocrmypdf (`pip install 'mechsyn[ocr]'`) and tesseract "
        "(a program of its own, for example `apt-get install tesseract-ocr`)"
    )


def one_sentence(canvas: Canvas) -> None:
    write(canvas, SENTENCES[0])


def test_the_result_is_read_as_any_pdf_is(scan: bytes, installed: Callable[[str], None], make_pdf: Make) -> None:
    read = make_pdf(one_sentence, name="read.pdf")
    installed(f"import shutil; shutil.copy({str(read)!r}, sys.argv[-1])")
    assert [p.text for p in read_pdf(scan, "scan.pdf", ocr=True).passages] == [SENTENCES[0]]
    installed("open(sys.argv[-1], 'wb').write(b'no PDF')")
    with pytest.raises(SourceError, match="is damaged or no real PDF"):
        read_pdf(scan, "scan.pdf", ocr=True)
    installed("import shutil; shutil.copy(sys.argv[-2], sys.argv[-1])")
    with pytest.raises(SourceError, match="is a scan without a text layer"):
        read_pdf(scan, "scan.pdf", ocr=True)


def test_a_pdf_with_text_is_not_given_to_ocr(installed: Callable[[str], None], make_pdf: Make) -> None:
    installed("raise SystemExit(9)")
    path = make_pdf(one_sentence)
    assert [p.text for p in read_pdf(path.read_bytes(), "made.pdf", ocr=True).passages] == [SENTENCES[0]]


def test_the_programs_have_limits_no_secrets_and_one_thread(
    scan: bytes, installed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    seen = tmp_path / "seen.json"
    installed(
        "names = ('RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_CORE')\n"
        "limits = {name: resource.getrlimit(getattr(resource, name))[0] for name in names}\n"
        f"json.dump([dict(os.environ), limits, sys.argv[1:], os.getcwd()], open({str(seen)!r}, 'w'))\n"
        "raise SystemExit(2)"
    )
    with pytest.raises(SourceError, match="ended with 2"):
        read_pdf(scan, "scan.pdf", ocr=True)
    environment, limits, arguments, folder = json.loads(seen.read_text())
    assert "secret" not in str(environment)
    assert environment["OMP_THREAD_LIMIT"] == "1"
    assert environment["TMPDIR"] == folder
    assert limits == {"RLIMIT_AS": 4_000_000_000, "RLIMIT_FSIZE": 500_000_000, "RLIMIT_CORE": 0}
    assert {"--jobs", "--skip-text", "--output-type"} <= set(arguments)
    assert not Path(folder).exists()


def test_what_takes_too_long_is_ended_with_all_that_it_started(
    scan: bytes, installed: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    installed(
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(started)!r}, 'w').write(str(other.pid))\ntime.sleep(60)"
    )
    monkeypatch.setattr(ocr, "START_SECONDS", 1.5)
    monkeypatch.setattr(ocr, "PAGE_SECONDS", 0.5)
    with pytest.raises(SourceError, match="takes OCR more than"):
        read_pdf(scan, "scan.pdf", ocr=True)
    status = Path(f"/proc/{started.read_text()}/stat") if started.exists() else None
    until = time.monotonic() + 5
    while status and status.exists() and status.read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.01)
    assert not (status and status.exists() and status.read_text().split()[2] != "Z")


@pytest.mark.parametrize(
    ("password", "pages", "cause"), [("1234", 1, "is a protected scan"), (None, 101, "is a scan of 101 pages")]
)
def test_what_ocr_cannot_do_is_said_before_it_is_tried(
    installed: Callable[[str], None], password: str | None, pages: int, cause: str
) -> None:
    installed("raise SystemExit(9)")
    with pytest.raises(SourceError, match=cause):
        ocr.recognised(b"%PDF-", "scan.pdf", password, pages)
