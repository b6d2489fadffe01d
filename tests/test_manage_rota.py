"""`manage.py rota`: a scenario file in, a table out, what stays open said."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import manage
from db.rules.rostering.written import rows_from
from tests.db.rules.rostering.scenarios import a_scenario, every_day, with_people

DAYS = ["2026-03-02", "2026-03-03", "2026-03-04"]


def made(folder: Path, told: Any, *more: str) -> Path:
    """The table written for a scenario."""
    scenario, out = folder / "scenario.json", folder / "rota.csv"
    scenario.write_text(json.dumps(told), encoding="utf-8")
    args = manage.parse(["rota", str(scenario), "--out", str(out), "--seconds", "3", *more])
    args.act(args)
    return out


def test_a_rota_and_what_stays_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = with_people(
        a_scenario(DAYS[0], DAYS[2], every_day(DAYS, role="leader", count=2)), L2={"unavailable": DAYS[:1]}
    )
    out = made(tmp_path, told)
    said = capsys.readouterr().out
    assert "No better rota exists." in said
    assert "5 places filled, 1 open" in said
    assert "L2 乙: on leave or unavailable" in said
    assert out.read_text("utf-8-sig").splitlines()[:2] == ["date,post,shift,role,person", "2026-03-02,OFFICE,D,leader,"]
    assert len(rows_from(out.read_bytes())) == 5


def test_a_published_rota_lies_beside_its_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = a_scenario(DAYS[0], DAYS[2], every_day(DAYS))
    published = made(tmp_path, told).rename(tmp_path / "published.csv")
    ill = rows_from(published.read_bytes())[2].person
    replan = {
        "published": "published.csv",
        "first_free_day": DAYS[1],
        "sick": [{"person": ill, "from": DAYS[2], "to": DAYS[2]}],
    }
    out = made(tmp_path, {**told, "replan": replan})
    assert "1 changes of what was published" in capsys.readouterr().out
    assert rows_from(out.read_bytes())[:2] == rows_from(published.read_bytes())[:2]
    assert made(
        tmp_path, {**told, "replan": {**replan, "published": "gone.csv"}}, "--published", str(published)
    ).exists()


@pytest.mark.parametrize("told", [[], {"format": "other"}, a_scenario("2026-03-02", "2026-03-01", [])])
def test_what_is_no_scenario_is_one_line(told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(manage, "install", lambda lock: None)  # noqa: ARG005
    monkeypatch.setattr(manage, "VENV", Path(sys.prefix))
    monkeypatch.delenv("MANAGE_DEBUG", raising=False)
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps(told), encoding="utf-8")
    assert manage.main(["rota", str(scenario), "--out", str(tmp_path / "rota.csv")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("manage.py rota: ")
    assert said.count("\n") == 1
