"""Holds the house together: import floors, which module may import which library, prompts with versions, sizes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.prompting import PROMPTS, prompt_version
from pipeline.stages import STAGES, Stage

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted([*ROOT.glob("pipeline/**/*.py"), *ROOT.glob("schemas/**/*.py")])
ASKING = "pipeline/sources/services/asking.py"
ONLY_IN = {
    "openai": {f"pipeline/replies/{n}.py" for n in ("batch", "client", "live")},
    "httpx2": {f"pipeline/replies/{n}.py" for n in ("batch", "client", "live", "probe")} | {ASKING},
    "aiohttp": {"pipeline/replies/client.py"},
    "aiolimiter": {"pipeline/replies/limits.py", ASKING},
    "tenacity": {f"pipeline/replies/{n}.py" for n in ("batch", "live")} | {ASKING},
    "diskcache": {"pipeline/row_store.py"},
    "jinja2": {"pipeline/prompting.py", "pipeline/publish/rendering.py"},
    "pypdf": {"pipeline/sources/pdf/inspection.py"},
    "typer": {
        f"pipeline/cli/{n}.py"
        for n in (
            "main",
            "options",
            "adding",
            "analysing",
            "batching",
            "bookkeeping",
            "deduplicating",
            "exchanging",
            "reporting",
            "sourcing",
        )
    },
    "rich": {"pipeline/cli/progress.py"},
    "rapidfuzz": {f"pipeline/sources/{n}.py" for n in ("identity/names", "identity/titles", "services/service_record")},
    "lxml": {"pipeline/sources/records/xml.py"},
    "bibtexparser": {"pipeline/sources/records/bibtex.py"},
    "pylatexenc": {"pipeline/sources/records/latex.py"},
    "charset_normalizer": {"pipeline/sources/records/charset.py"},
    "pypdfium2": {f"pipeline/sources/pdf/{n}.py" for n in ("drawing", "ink", "opening", "pages", "pdfium", "pictures")},
    "ruamel": {"pipeline/sources/rewriting.py"},
}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_imported_only_where_the_house_says(library: str) -> None:
    users = {str(p.relative_to(ROOT)) for p in MODULES if library in imported(p)}
    assert users
    assert users <= ONLY_IN[library]


def test_imports_run_strictly_downward() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("noun", sorted(ROOT.glob("schemas/*.py")), ids=lambda p: p.name)
def test_schemas_do_no_io(noun: Path) -> None:
    assert not imported(noun) & {"pathlib", "os", "io", "socket", "subprocess", "pipeline"}


@pytest.mark.parametrize("rule", sorted(ROOT.glob("pipeline/rules/*.py")), ids=lambda p: p.name)
def test_rules_do_no_io_and_know_no_clock(rule: Path) -> None:
    assert not imported(rule) & {"pathlib", "os", "io", "socket", "random", "time", "datetime", "asyncio"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, node.name


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.name)
def test_every_stage_has_a_prompt_whose_first_line_is_its_version(stage: Stage) -> None:
    assert prompt_version(stage.prompt).version.isdigit()


def test_there_is_no_prompt_without_a_stage() -> None:
    assert {p.stem for p in PROMPTS.glob("*.j2")} == {s.prompt for s in STAGES} | {"_macros"}


def test_stages_never_import_each_other() -> None:
    names = {s.name for s in STAGES}
    for path in ROOT.glob("pipeline/stages/*.py"):
        if path.stem in names:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
            assert not modules & {f"pipeline.stages.{n}" for n in names}


def test_the_command_line_loads_no_client_and_no_pdf_reader_to_show_its_help() -> None:
    probe = "import sys; import pipeline.cli.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split()
    assert not {"openai", "pypdf", "pypdfium2", "pydantic", "jinja2", "diskcache", "scipy", "yaml"} & set(loaded)
