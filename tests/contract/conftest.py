"""A tiny model behind llama.cpp's `llama-server`, and the command as a user runs it against that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import Done
from tests.contract.llama import Llama, binary, serving
from tests.contract.tiny_model import write_tiny_model
from tests.endtoend.promises import KEY

ROOT = Path(__file__).resolve().parents[2]
MISSING = "no llama-server, so nothing is tried against a server that others wrote; build it once with bin/llama-server"
PHRASES = (
    "Training one leg",
    "strength in the other leg",
    "Training one leg raised strength in the other leg by 6% more than in the control group (p = 0.01).",
)


@pytest.fixture(scope="session")
def program() -> Path:
    """The server program. Where there is none the tests skip and say what to do; under CI that is a failure."""
    found = binary()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    return found or pytest.skip(MISSING)


@pytest.fixture(scope="session")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says anything at all."""
    return model(tmp_path_factory)


@pytest.fixture(scope="session")
def llama(program: Path, noise: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """One server of noise for all tests of this worker."""
    with serving(program, noise, KEY, tmp_path_factory.mktemp("server")) as server:
        yield server
    assert not server.listens()


@pytest.fixture(scope="session")
def parrot(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llama]:
    """A server whose every text is one of PHRASES, so that the claim is framed and quotations stand."""
    with serving(program, model(tmp_path_factory, *PHRASES), KEY, tmp_path_factory.mktemp("server")) as server:
        yield server
    assert not server.listens()


def model(folders: pytest.TempPathFactory, *phrases: str) -> Path:
    path = folders.mktemp("model") / "tiny.gguf"
    write_tiny_model(path, phrases)
    return path


def mechsyn(server: Llama, folder: Path, *arguments: str | Path, **environment: str) -> Done:
    """The command in a process of its own, with `folder` as its world and `server` as its endpoint."""
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "MECHSYN_HOME": str(folder / "mechsyn-home"),
        "MECHSYN_MODEL": "tiny",
        "MECHSYN_MAX_COMPLETION_TOKENS": "2000",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": server.url,
    }
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli.main import main; main()", *map(str, arguments)],
        cwd=folder,
        env=own | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)
