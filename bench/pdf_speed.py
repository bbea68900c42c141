"""Pages a second of the whole reading of PDFs beside plain `pypdf`, one parsing process beside two, and peak memory.

    python bench/pdf_speed.py [--data DIR] [--repeat 7] [--rounds 4]

Prints a table and exits 1 when a bound of the project is missed: the whole reading (guards, the process that parses,
sections, sentences, rectangles) at least 5 times as fast as plain `pypdf` extraction of the same files, two parsing
processes at least 1.7 times one, a file of 400 pages under 300 MB in both processes together. Every measurement is a
process of its own, and they take turns. A ratio is taken within each turn, and the median of the turns counts, because
a machine that is shared is faster in one minute than in the next; rates are the best of each. CPU time, both processes
together, stands beside. Imports and the start of the parsing process are not counted; the latter is said apart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pypdf

from pipeline.errors import SourceError
from pipeline.sources import read_study
from pipeline.sources.gathering import read_files
from pipeline.sources.pdf.workers import PdfFile, PdfWorkers, default_workers, processors

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared/data/pdf"
LEAST_RATIO, LEAST_GAIN, MOST_MEGABYTES = 5.0, 1.7, 300.0
LONG = 400
"""Pages of the file whose reading must stay small."""


def readable(folder: Path) -> list[Path]:
    """The PDFs of the folder that are read without a password and have text."""
    found: list[Path] = []
    for path in sorted(folder.glob("*.pdf")):
        try:
            read_study(path)
        except SourceError:
            continue
        found.append(path)
    return found


def plain(files: list[Path]) -> None:
    for path in files:
        for page in pypdf.PdfReader(path).pages:
            page.extract_text()


def whole(files: list[Path]) -> None:
    for path in files:
        read_study(path)


def folder(files: list[Path]) -> None:
    for _, readings in read_files(files):
        for reading in readings:
            if reading.fault is not None:
                raise reading.fault


def pooled(count: int) -> Callable[[list[Path]], None]:
    workers = PdfWorkers(count)

    def read(files: list[Path]) -> None:
        for outcome in workers.read_many(PdfFile(path.read_bytes(), path.name) for path in files):
            if isinstance(outcome, SourceError):
                raise outcome

    return read


def measured(what: str, files: list[Path], rounds: int) -> dict[str, float]:
    """Seconds of the work, after a first pass over the smallest file, what that first pass took, and CPU of it all."""
    work = {"plain": plain, "whole": whole, "folder": folder, "one": pooled(1), "two": pooled(2), "long": whole}[what]
    start = time.perf_counter()
    if what != "long":
        work([min(files, key=lambda path: path.stat().st_size)] * (2 if what in {"two", "folder"} else 1))
    begun = time.perf_counter()
    work(files * rounds)
    seconds = time.perf_counter() - begun
    default_workers().close()
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return {"seconds": seconds, "start": begun - start, "cpu": cpu, "own": own / unit, "children": children / unit}


def run(what: str, files: list[Path], rounds: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--what", what, "--rounds", str(rounds), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{what} failed: {done.stderr[-500:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def long_file(files: list[Path], folder: Path) -> Path:
    """A PDF of LONG pages, those of the files over and over."""
    writer = pypdf.PdfWriter()
    pages = itertools.cycle(page for path in files for page in pypdf.PdfReader(path).pages)
    for page in itertools.islice(pages, LONG):
        writer.add_page(page)
    path = folder / "long.pdf"
    writer.write(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with PDFs")
    parser.add_argument("--repeat", type=int, default=7, help="turns that every measurement takes")
    parser.add_argument("--rounds", type=int, default=4, help="times that the files are read in one turn")
    parser.add_argument("--what", help="measure only this, in this process, and print it as JSON")
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if arguments.what:
        print(json.dumps(measured(arguments.what, arguments.files, arguments.rounds)))
        return
    files = readable(arguments.data)
    if not files:
        sys.exit(f"no readable PDF in {arguments.data}; name a folder with --data")
    sys.exit(report(files, arguments.repeat, arguments.rounds))


def report(files: list[Path], repeat: int, rounds: int) -> int:
    pages = rounds * sum(len(pypdf.PdfReader(path).pages) for path in files)
    turns: dict[str, list[dict[str, float]]] = {"plain": [], "folder": [], "whole": [], "one": [], "two": []}
    for _ in range(repeat):
        for what, found in turns.items():
            found.append(run(what, files, rounds))
    cpu = {what: min(turn["cpu"] for turn in turns[what]) - run(what, files, 0)["cpu"] for what in ("plain", "whole")}
    with tempfile.TemporaryDirectory() as folder:
        long = run("long", [long_file(files, Path(folder))], 1)
    rate = {what: pages / min(turn["seconds"] for turn in found) for what, found in turns.items()}

    def times(one: str, other: str) -> float:
        return median(b["seconds"] / a["seconds"] for a, b in zip(turns[one], turns[other], strict=True))

    megabytes = long["own"] + long["children"]
    rows = [
        ("plain pypdf", f"{rate['plain']:.0f} pages/s", "", True),
        ("whole reading of a folder, as commands read it", f"{rate['folder']:.0f} pages/s", "", True),
        _bounded("folder by plain pypdf", times("folder", "plain"), LEAST_RATIO),
        ("whole reading, file after file in one parsing process", f"{rate['whole']:.0f} pages/s", "", True),
        ("file after file by plain pypdf", f"{times('whole', 'plain'):.2f} times", "", True),
        ("the same by CPU time", f"{cpu['plain'] / cpu['whole']:.2f} times", "", True),
        ("one parsing process", f"{rate['one']:.0f} pages/s", "", True),
        ("two parsing processes", f"{rate['two']:.0f} pages/s", "", True),
        _bounded("two parsing processes by one", times("two", "one"), LEAST_GAIN),
        (
            f"{LONG} pages, both processes",
            f"{megabytes:.0f} MB",
            f"{MOST_MEGABYTES:.0f} MB",
            megabytes < MOST_MEGABYTES,
        ),
    ]
    print(f"{len(files)} files, {pages} pages a turn, {repeat} turns, {processors()} processors\n")
    print("| what | seen | bound | held |\n|---|---|---|---|")
    for name, seen, bound, held in rows:
        print(f"| {name} | {seen} | {bound} | {'yes' if held else 'no'} |" if bound else f"| {name} | {seen} | | |")
    start = min(turn["start"] for turn in turns["whole"])
    print(f"\nstart of the parsing process with one small file: {start:.2f} s; {LONG} pages: {long['seconds']:.1f} s,")
    print(f"{long['own']:.0f} MB in the process that asks, {long['children']:.0f} MB in the one that parses")
    return 0 if all(held for *_, held in rows) else 1


def _bounded(name: str, ratio: float, bound: float) -> tuple[str, str, str, bool]:
    return name, f"{ratio:.2f} times", f"{bound} times", ratio >= bound


if __name__ == "__main__":
    main()
