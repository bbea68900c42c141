"""The project against an OpenAI-compatible server that others wrote: llama.cpp's, with a model that talks noise.

Noise shows that the two understand each other: requests, schemas, errors, usage, limits. It shows nothing of what a
model finds in a study: docs/decisions/0005-real-server-in-tests.md.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple, cast

import jsonschema
import pytest
from pydantic import SecretStr

from pipeline.completion import content_of, usage_of
from pipeline.publish.writing import read_sources
from pipeline.questions import response_format
from pipeline.replies.kept import KeptReplies
from pipeline.replies.live import LiveEndpoint
from pipeline.rules.invariants import violations
from pipeline.settings import Settings
from pipeline.stages import STAGES, Stage
from schemas.analysis import ClaimAnalysis
from schemas.vocabulary import Basis
from schemas.wire import ReplyLine, RequestLine
from tests.cli.test_commands import Done
from tests.contract.conftest import PHRASES, ROOT, mechsyn
from tests.contract.llama import SLOT_TOKENS, SLOTS, VERSION, Llama, binary, serving
from tests.endtoend.promises import KEY, NOTHING_SHOWN, hold_secret, hold_told, judgements, written

pytestmark = pytest.mark.contract

SEED = ROOT / "fixtures/claims/cross-education-seed.yaml"
STUDY = "# Strength\n\n## Methods\n\n60 adults were randomised to training or none.\n\n## Results\n\n{result}\n"
ANALYSE = ("analyze", "alpha.md", "--claim", PHRASES[-1], "--replies", "live", "--out", "out")
LIVE = ("--replies", "live", "--model", "tiny", "--out", "out")


class Analysed(NamedTuple):
    """One run of the whole pipeline, and by how much the server's counters grew."""

    folder: Path
    done: Done
    analyses: list[ClaimAnalysis]
    counts: dict[str, float]


@pytest.fixture(scope="module")
def analysed(parrot: Llama, tmp_path_factory: pytest.TempPathFactory) -> Analysed:
    folder = tmp_path_factory.mktemp("analysed")
    (folder / "alpha.md").write_text(STUDY.format(result=PHRASES[-1]), encoding="utf-8")
    before = parrot.counts()
    done = mechsyn(parrot, folder, *ANALYSE)
    grown = {name: count - before[name] for name, count in parrot.counts().items()}
    return Analysed(folder, done, written(folder / "out"), grown)


def kept(folder: Path) -> list[tuple[RequestLine, ReplyLine]]:
    """Every question with its answer, as the run kept them."""
    with KeptReplies(folder / "mechsyn-home" / "replies") as store:
        pairs = [(store.request(custom_id), store.get(custom_id)) for custom_id in store]
    return [(request, reply) for request, reply in pairs if request is not None and reply is not None]


def stage_named(request: RequestLine) -> str:
    return request.custom_id.rpartition("-")[0]


def answers(llama: Llama, *bodies: dict[str, Any]) -> list[ReplyLine]:
    """Replies to all `bodies`, asked at once through the project's own client."""
    settings = Settings(openai_api_key=SecretStr(KEY), openai_base_url=llama.url, model="tiny", attempts=1)

    async def ask() -> list[ReplyLine]:
        async with LiveEndpoint(settings) as endpoint:
            return await asyncio.gather(*(endpoint.answer(RequestLine.ask("contract", body)) for body in bodies))

    return asyncio.run(ask())


def body(text: str, form: dict[str, Any], *, room: int = 4000) -> dict[str, Any]:
    messages = [{"role": "system", "content": "Answer."}, {"role": "user", "content": text}]
    return {"model": "tiny", "messages": messages, "response_format": form, "max_completion_tokens": room}


def hold_whole_or_cut_off(reply: ReplyLine, schema: dict[str, Any]) -> None:
    text, missing = content_of(reply)
    if missing is not None:
        assert missing.code == "cut_off", missing
        return
    jsonschema.validate(json.loads(text or ""), enforced(schema))


def enforced(schema: Any) -> Any:
    """`schema` without what llama.cpp's grammars cannot hold: bounds of fractions. Our own validation holds them."""
    if isinstance(schema, list):
        return [enforced(item) for item in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    node = cast("dict[str, Any]", schema)
    unheld = {"minimum", "maximum"} if node.get("type") == "number" else set[str]()
    return {key: enforced(value) for key, value in node.items() if key not in unheld}


def test_the_whole_pipeline_runs_and_writes_an_honest_analysis(analysed: Analysed) -> None:
    hold_told(analysed.done, analysed.analyses)
    (analysis,) = analysed.analyses
    assert violations(analysis, read_sources(next((analysed.folder / "out").glob("*/v1")))) == ()
    assert analysis.provenance.models_answered == ("tiny",)
    assert any(quote.accepted for quote in analysis.evidence.quotations)
    hold_secret(analysed.done, analysed.folder, analysed.folder / "mechsyn-home")


def test_every_answer_is_kept_and_is_whole(analysed: Analysed) -> None:
    pairs = kept(analysed.folder)
    (analysis,) = analysed.analyses
    assert sorted(request.custom_id for request, _ in pairs) == list(analysis.provenance.request_ids)
    assert {"claim", "appraisal", "stance", "mechanism", "ladder"} <= {stage_named(request) for request, _ in pairs}
    for request, reply in pairs:
        hold_whole_or_cut_off(reply, request.body["response_format"]["json_schema"]["schema"])


def test_the_usage_recorded_is_what_the_server_counted(analysed: Analysed) -> None:
    (analysis,) = analysed.analyses
    usage = analysis.provenance.usage
    assert usage.unreported == 0
    assert usage.replies == len(kept(analysed.folder))
    assert usage.completion_tokens == analysed.counts["tokens_predicted_total"]
    assert usage.cached_tokens == analysed.counts["prompt_tokens_cached_total"]
    assert usage.prompt_tokens - usage.cached_tokens == analysed.counts["prompt_tokens_total"]


def test_the_same_command_again_asks_the_server_nothing(analysed: Analysed, parrot: Llama) -> None:
    before = parrot.counts()
    again = mechsyn(parrot, analysed.folder, *ANALYSE)
    assert parrot.counts()["n_decode_total"] == before["n_decode_total"]
    assert again.code == analysed.done.code
    assert "unchanged:" in again.out
    assert written(analysed.folder / "out") == analysed.analyses


def test_noise_carries_no_label(llama: Llama, tmp_path: Path) -> None:
    done = mechsyn(llama, tmp_path, "analyze", "--claims", SEED, *LIVE)
    (analysis,) = written(tmp_path / "out")
    hold_told(done, [analysis])
    assert analysis.evidence.stances
    assert not any(q.accepted for q in analysis.evidence.quotations)
    assert all(j.basis is Basis.NOT_ADDRESSED for j in judgements(analysis))
    assert analysis.settlement.verdict.level in NOTHING_SHOWN


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: s.name)
def test_the_server_obeys_every_reply_schema(stage: Stage, llama: Llama) -> None:
    form = response_format(stage.reply)
    replies = answers(llama, *(body(f"Question {n}.", form) for n in range(4)))
    for reply in replies:
        hold_whole_or_cut_off(reply, form["json_schema"]["schema"])
        assert usage_of(reply).unreported == 0
    assert any(content_of(reply)[0] for reply in replies), "every answer was cut off"


def test_more_questions_at_once_than_the_server_has_slots_are_all_answered(llama: Llama) -> None:
    form = response_format(STAGES[0].reply)
    replies = answers(llama, *(body(f"Question {n}.", form, room=50) for n in range(3 * SLOTS)))
    assert len({reply.custom_id for reply in replies}) == 3 * SLOTS
    assert [missing.code for reply in replies if (missing := content_of(reply)[1])] == ["cut_off"] * 3 * SLOTS


def test_a_schema_that_the_server_cannot_read_is_a_named_error_and_not_asked_for_in_another_way(llama: Llama) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {"type": "nonsense"}}}
    (reply,) = answers(llama, body("Question.", form))
    assert reply.error is not None
    assert reply.error.code == "http_400"


def test_a_wrong_key_is_told_in_one_line(llama: Llama, tmp_path: Path) -> None:
    done = mechsyn(llama, tmp_path, "analyze", "--claims", SEED, *LIVE, OPENAI_API_KEY="sk-of-somebody-else")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "refuses the key" in done.err
    assert "set OPENAI_API_KEY" in done.err
    assert "sk-of-somebody-else" not in done.out + done.err


def test_a_study_too_long_for_the_model_costs_its_own_questions_and_is_named(llama: Llama, tmp_path: Path) -> None:
    sentences = (f"Group {n} trained its legs for {n} weeks." for n in range(SLOT_TOKENS // 30))
    (tmp_path / "long.md").write_text("# Results\n\n" + " ".join(sentences), encoding="utf-8")
    done = mechsyn(llama, tmp_path, "analyze", "long.md", "--claim", "Training raises strength.", *LIVE)
    (analysis,) = written(tmp_path / "out")
    hold_told(done, [analysis])
    refused = {(u.stage, u.study): u for u in analysis.unsettled if u.code == "http_400"}
    assert {("appraisal", "long"), ("stance", "long")} <= refused.keys()
    assert all("context" in u.reason for u in refused.values())
    assert "claim" in {stage_named(request) for request, _ in kept(tmp_path)}


def test_an_answer_that_is_cut_off_is_asked_for_again_with_more_room(llama: Llama, tmp_path: Path) -> None:
    done = mechsyn(llama, tmp_path, "analyze", "--claims", SEED, *LIVE, MECHSYN_MAX_COMPLETION_TOKENS="256")
    (analysis,) = written(tmp_path / "out")
    hold_told(done, [analysis])
    asked = [request.body for request, _ in kept(tmp_path) if stage_named(request) == "appraisal"]
    first, second = sorted(asked, key=lambda body: len(body["messages"]))
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert "cut off" in second["messages"][-1]["content"]
    assert (first["max_completion_tokens"], second["max_completion_tokens"]) == (256, 512)


def test_the_doctor_finds_structured_outputs_honoured(llama: Llama, tmp_path: Path) -> None:
    done = mechsyn(llama, tmp_path, "doctor")
    assert done.code == 0, done.out + done.err
    assert "honoured" in done.out


def test_the_doctor_tells_a_wrong_key(llama: Llama, tmp_path: Path) -> None:
    done = mechsyn(llama, tmp_path, "doctor", OPENAI_API_KEY="sk-of-somebody-else")
    assert done.code == 1
    assert "refuses the key" in done.out


def test_the_server_ends_with_the_test_process_even_when_that_is_killed(
    program: Path, noise: Path, tmp_path: Path
) -> None:
    script = (
        "import pathlib, sys, time; from tests.contract.llama import serving\n"
        "with serving(*map(pathlib.Path, sys.argv[1:3]), 'key', pathlib.Path(sys.argv[3])) as server:\n"
        "    print(server.url, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(program), str(noise), str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        server = Llama(int(url.rpartition(":")[2].removesuffix("/v1")), "key")
        started = server.listens()
        process.kill()
    assert started
    end = time.monotonic() + 20
    while server.listens() and time.monotonic() < end:
        time.sleep(0.02)
    assert not server.listens()


def test_the_server_ends_when_it_is_no_longer_needed(program: Path, noise: Path, tmp_path: Path) -> None:
    with serving(program, noise, "key", tmp_path) as server:
        assert server.counts()["tokens_predicted_total"] == 0
    assert not server.listens()


def test_the_script_that_builds_the_server_and_these_tests_agree_on_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("LLAMA_SERVER", raising=False)
    assert binary() is None
    place = tmp_path / "mechsyn" / f"llama-server-{VERSION}" / "llama-server"
    place.parent.mkdir(parents=True)
    place.write_text("#!/bin/sh\n")
    place.chmod(0o755)
    said = subprocess.run([ROOT / "bin/llama-server"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr) == (0, f"{place}\n", "")
    assert binary() == place


def test_a_named_server_that_is_not_there_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMA_SERVER", "/nowhere/llama-server")
    said = subprocess.run([ROOT / "bin/llama-server"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)
    assert "LLAMA_SERVER=/nowhere/llama-server" in said.stderr
