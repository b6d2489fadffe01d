"""The rubrics an office begins with: every number of R-01 to R-49 that is in one, and nothing that must not be."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.rules.scoring.ladder import Reward, Rules
from db.rules.scoring.rubric import Item, Known, Rubric, Step, check_rubric
from db.rules.scoring.triggers import NEVER, TRIGGERS, Measure, Of
from db.rules.scoring.words import Award, ItemKind
from db.rules.scoring.written import ladder_of, rubric_of

FILE = Path(__file__).parents[3] / "db" / "presets" / "rubrics.toml"
TOLD: dict[str, dict[str, Any]] = {told["code"]: told for told in tomllib.loads(FILE.read_text("utf-8"))["rubric"]}
POINTS = [code for code, told in TOLD.items() if told["kind"] == "points"]
D = Decimal


def rubric(code: str, year: int = 2026) -> Rubric:
    """A preset in a year."""
    return rubric_of(TOLD[code], year)


def item(code: str, of: str = "township") -> Item:
    """One line of a preset."""
    (found,) = [each for each in rubric(of).items if each.code == code]
    return found


@pytest.mark.parametrize("year", [2026, 2028])
@pytest.mark.parametrize("code", POINTS)
def test_every_preset_is_right(code: str, year: int) -> None:
    check_rubric(rubric(code, year), Known(frozenset(TRIGGERS)))


@pytest.mark.parametrize("code", TOLD)
def test_every_line_has_names_and_a_source(code: str) -> None:
    told = TOLD[code]
    sections = {section["code"] for section in told.get("sections", ())}
    for line in (
        told,
        *told.get("items", ()),
        *told.get("parts", ()),
        *told.get("grades", ()),
        *told.get("rewards", ()),
    ):
        if "percent" not in line:
            assert line["name"]
            assert line["name_en"].isascii()
        if "least" not in line:
            assert line["source"]
    assert {line["section"] for line in told.get("items", ())} <= sections


def test_r_01_the_scale_is_100() -> None:
    assert rubric("township").base == 100


@pytest.mark.parametrize(
    ("rule", "part", "weight"), [("R-02", "routine", 20), ("R-03", "half", 30), ("R-04", "year", 50)]
)
def test_weights(rule: str, part: str, weight: int) -> None:
    (found,) = [each for each in rubric("township").parts if each.code == part]
    assert found.weight == weight
    assert rule in next(each["source"] for each in TOLD["township"]["parts"] if each["code"] == part)


def test_r_06_there_are_four_quarters() -> None:
    assert [period.code for period in rubric("township").parts[0].periods] == ["q1", "q2", "q3", "q4"]


@pytest.mark.parametrize(
    ("rule", "code", "points"),
    [
        ("R-12", "adopted_town", "0.5"),
        ("R-13", "adopted_county", "1"),
        ("R-14", "adopted_city", "2"),
        ("R-15", "adopted_central", "3"),
        ("R-16", "commended_city", "2"),
        ("R-17", "commended_county", "1"),
        ("R-19", "meetings_missed", "0.5"),
        ("R-20", "reports_missing", "0.5"),
        ("R-21", "late_acceptance", "2"),
        ("R-22", "criticism", "1"),
        ("R-23", "yellow_card", "2"),
    ],
)
def test_points(rule: str, code: str, points: str) -> None:
    assert item(code).points == D(points)
    assert rule in item(code).source


def test_r_18_bonuses_end_at_10() -> None:
    assert rubric("township").bonus_cap == 10


def test_r_15_one_item_counts_at_its_highest_level() -> None:
    assert {each.group for each in rubric("township").items if each.code.startswith("adopted")} == {"adopted"}


def test_r_21_is_off_and_looks_at_what_the_unit_failed_to_do() -> None:
    assert not item("late_acceptance").active
    assert TRIGGERS[item("late_acceptance").trigger].of is Of.HANDLING


def test_r_24_and_r_25_are_steps() -> None:
    assert item("preventable").steps == (Step(4, D(1)), Step(5, D(2)))


@pytest.mark.parametrize(
    ("rule", "code", "threshold"),
    [
        ("R-05", "inspections", "12"),
        ("R-07", "meetings_led", "6"),
        ("R-08", "disputes_found", "6"),
        ("R-09", "standard_files", "3"),
        ("R-124", "activities", "1"),
        ("R-38", "security_target", "0.95"),
        ("R-39", "satisfaction_target", "0.95"),
        ("R-40", "resolved_target", "0.9"),
        ("R-44", "courtyards", "1"),
        ("R-45", "alarm_phones", "50"),
        ("R-46", "publicity_households", "1"),
    ],
)
def test_minimums_and_targets(rule: str, code: str, threshold: str) -> None:
    assert item(code).threshold == D(threshold)
    assert rule in item(code).source


@pytest.mark.parametrize(
    ("rule", "code"),
    [("R-10", "books"), ("R-11", "duty_log"), ("R-27", "publicity"), ("R-37", "plans"), ("R-42", "veto")],
)
def test_lines_without_a_number_of_their_own(rule: str, code: str) -> None:
    assert rule in item(code).source


@pytest.mark.parametrize(
    ("rule", "code"), [("R-22", "criticism"), ("R-23", "yellow_card"), ("R-55", "missed_attendance")]
)
def test_the_assessment_of_duty(rule: str, code: str) -> None:
    assert rule in item(code, "duty").source
    assert item(code, "duty").kind is ItemKind.DEDUCTION


def test_r_28_to_r_36_the_ladder() -> None:
    rewards = (Reward(D(30), D(150)), Reward(D(50), D(270)), Reward(D(100), D(300)))
    assert ladder_of(TOLD["ladder"]) == Rules(3, 2, 3, rewards)


@pytest.mark.parametrize("code", POINTS)
def test_nothing_rewards_fewer_complaints_sign_ins_or_entries(code: str) -> None:
    fed = {each.trigger for each in rubric(code).items if each.trigger}
    assert not {trigger for trigger in fed if TRIGGERS[trigger].of in NEVER}


@pytest.mark.parametrize("code", POINTS)
def test_what_lies_before_a_score_is_measured_as_it_is_used(code: str) -> None:
    for each in rubric(code).items:
        if each.award is Award.RATE:
            assert TRIGGERS[each.trigger].measure is Measure.RATE
        if each.trigger and each.kind in (ItemKind.BONUS, ItemKind.DEDUCTION):
            assert TRIGGERS[each.trigger].measure is Measure.NUMBER


@pytest.mark.parametrize("left_out", ["R-47", "R-49"])
def test_what_is_left_out_is_in_no_preset(left_out: str) -> None:
    assert left_out not in FILE.read_text("utf-8").replace("to R-49", "")
