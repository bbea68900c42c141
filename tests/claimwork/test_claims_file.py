"""Studies are named in a claims file as a person would, once each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from pipeline.claimwork.claims_file import chosen_entry, name_studies, studies_of
from pipeline.errors import ClaimError

BARE = "claim: Rowing builds grip.\n"


def claims(tmp_path: Path, text: str, name: str = "claims.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_study_is_named_once_by_its_path_from_the_file(tmp_path: Path) -> None:
    path = claims(tmp_path, "# mine\nclaim: Rowing builds grip.\nstudies:\n- a.yaml # good\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "studies" / "b.yaml")
    new = [tmp_path / "studies" / "b.yaml", tmp_path / "studies" / ".." / "a.yaml", tmp_path / "link.yaml"]
    assert name_studies(path, 0, new) == 1
    assert path.read_text(encoding="utf-8") == (
        "# mine\nclaim: Rowing builds grip.\nstudies:\n- a.yaml # good\n- studies/b.yaml\n"
    )
    assert name_studies(path, 0, new) == 0


@pytest.mark.parametrize("text", [BARE, f"{BARE}studies: []\n", "Rowing builds grip.\n"])
def test_a_claim_without_studies_gets_a_list(tmp_path: Path, text: str) -> None:
    path = claims(tmp_path, text)
    assert name_studies(path, 0, [tmp_path / "a.yaml"]) == 1
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == {"claim": "Rowing builds grip.", "studies": ["a.yaml"]}


def test_one_of_several_claims_is_chosen_by_its_id(tmp_path: Path) -> None:
    path = claims(tmp_path, "- {id: one, claim: Rowing builds grip.}\n- Humming calms nurses.\n")
    with pytest.raises(ClaimError, match="has 2 claims; choose one with --claim: one, humming-calms-nurses-") as caught:
        chosen_entry(path, None)
    with pytest.raises(ClaimError, match="has no claim 'three'"):
        chosen_entry(path, "three")
    assert chosen_entry(path, "one") == 0
    place = chosen_entry(path, str(caught.value).rpartition(" ")[2])
    assert place == 1
    name_studies(path, place, [tmp_path / "a.yaml"])
    assert yaml.safe_load(path.read_text(encoding="utf-8"))[1] == {
        "claim": "Humming calms nurses.",
        "studies": ["a.yaml"],
    }


def test_json_stays_json(tmp_path: Path) -> None:
    path = claims(tmp_path, '[{"claim": "Rowing builds grip."}]', "claims.json")
    name_studies(path, 0, [tmp_path / "a.yaml"])
    assert json.loads(path.read_text(encoding="utf-8")) == [{"claim": "Rowing builds grip.", "studies": ["a.yaml"]}]


def test_the_studies_of_all_claims_are_listed_once(tmp_path: Path) -> None:
    path = claims(tmp_path, "- {claim: Aaa bbb., studies: [a.yaml, b.yaml]}\n- {claim: Ccc., studies: [b.yaml]}\n")
    assert studies_of(path) == [tmp_path / "a.yaml", tmp_path / "b.yaml"]
