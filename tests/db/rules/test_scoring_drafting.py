"""A rubric being drafted: what is typed becomes a line again, what is wrong is told beside its field."""

import tomllib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.problems import Problems
from db.rules.scoring.drafting import (
    check_draft,
    coded,
    digest,
    faults,
    lines_of,
    typed_of,
    with_frame,
    with_item_moved,
    with_ladder,
    with_line,
    without_line,
)
from db.rules.scoring.drafting_items import item_line, typed_item
from db.rules.scoring.editions import Differs, between
from db.rules.scoring.rubric import Step
from db.rules.scoring.triggers import TRIGGERS, Measure
from db.rules.scoring.typed import number_of, plain
from db.rules.scoring.words import Award, ItemKind
from db.rules.scoring.written import day_in, day_text, rubric_of

FILE = Path(__file__).parents[3] / "db" / "presets" / "rubrics.toml"
TOLD: dict[str, dict[str, Any]] = {told["code"]: told for told in tomllib.loads(FILE.read_text("utf-8"))["rubric"]}
TOWN, LADDER = TOLD["township"], TOLD["ladder"]
YEAR = 2026
KINDS = ("items", "parts", "periods", "sections", "grades", "rewards")
PLACES = [(code, what, n) for code, told in TOLD.items() for what in KINDS for n in range(len(lines_of(told, what)))]
RATES = [code for code, trigger in TRIGGERS.items() if trigger.measure is Measure.RATE]
NUMBERS = [code for code, trigger in TRIGGERS.items() if trigger.measure is Measure.NUMBER]


def place_of(code: str, what: str = "items", of: dict[str, Any] = TOWN) -> int:
    """Where a line of a preset stands."""
    return [line["code"] for line in lines_of(of, what)].index(code)


def problems_of(act: Callable[[], object]) -> dict[str, str]:
    """What an act finds wrong, by field."""
    with pytest.raises(Problems) as found:
        act()
    return {problem.field: problem.message for problem in found.value.problems}


# --- there and back ---


@pytest.mark.parametrize(("code", "what", "place"), PLACES)
def test_a_line_saved_as_it_is_shown_stays_as_it_was(code: str, what: str, place: int) -> None:
    told = TOLD[code]
    after = with_line(told, what, place, typed_of(told, what, place, YEAR), YEAR)
    assert between(told, after) == ()
    assert rubric_of(after, YEAR) == rubric_of(told, YEAR)


points = st.decimals(min_value=Decimal("0.01"), max_value=100, places=2)
texts = st.text(st.characters(categories=["L"]), min_size=1, max_size=20)


@st.composite
def items(draw: Any) -> tuple[ItemKind, dict[str, Any]]:
    """An item as somebody may type it."""
    kind = draw(st.sampled_from(ItemKind))
    typed: dict[str, Any] = {"name": draw(texts), "name_en": draw(texts), "section": "bonus", "source": draw(texts)}
    typed["active"] = draw(st.booleans())
    if kind is ItemKind.BASE:
        typed |= {"award": draw(st.sampled_from([one.value for one in Award])), "points": plain(draw(points))}
        typed["trigger"] = draw(st.sampled_from(RATES)) if typed["award"] == "rate" else ""
        typed["periods"] = draw(st.lists(st.sampled_from(["q1", "q4", "half", "year"]), unique=True))
    elif kind in (ItemKind.BONUS, ItemKind.DEDUCTION):
        typed["trigger"] = draw(st.sampled_from(["", *NUMBERS]))
        counts = draw(st.lists(st.integers(1, 99), max_size=3, unique=True).map(sorted))
        if counts:
            worths = sorted(draw(points) for _ in counts)
            for number, (count, worth) in enumerate(zip(counts, worths, strict=True), start=1):
                typed |= {f"count_{number}": count, f"step_{number}": plain(worth)}
        else:
            typed |= {
                "points": plain(draw(points)),
                "together": draw(st.sampled_from(["", "adopted_city", "criticism"])),
            }
        typed["cap"] = draw(st.sampled_from(["", "200"]))
    elif kind in (ItemKind.MINIMUM, ItemKind.TARGET):
        typed["trigger"] = draw(st.sampled_from(["", *TRIGGERS]))
        share = typed["trigger"] in RATES
        typed |= {"unit": "share" if share else "times", "threshold": plain(draw(points))}
    return kind, typed


@given(items())
def test_what_is_typed_is_shown_again_and_counts(told: tuple[ItemKind, dict[str, Any]]) -> None:
    kind, typed = told
    document = with_line(TOWN, "items", None, typed | {"kind": kind.value}, YEAR)
    document = coded(document, ())
    place = len(lines_of(document, "items")) - 1
    shown = typed_of(document, "items", place, YEAR)
    if typed.get("together"):
        partner = next(item for item in document["items"] if item["code"] == typed["together"])
        assert partner["group"] == document["items"][place]["group"]
        shown["together"] = typed["together"]
    assert {name: shown[name] for name in typed} == typed
    item = rubric_of(document, YEAR).items[-1]
    assert (item.kind, item.active, item.trigger) == (kind, typed["active"], typed.get("trigger", ""))
    again = with_line(document, "items", place, typed_of(document, "items", place, YEAR), YEAR)
    assert again["items"][place] == document["items"][place]


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.booleans())
def test_a_day_comes_back_in_its_year(day: date, last: bool) -> None:
    assert day_in(day_text(day, last=last), day.year) == day


def test_a_grid_tells_days_as_text() -> None:
    after = with_line(TOWN, "periods", place_of("q1", "periods"), {"ends": "2026-03-15"}, YEAR)
    assert rubric_of(after, YEAR).periods()[0].ends == date(2026, 3, 15)


def test_a_period_that_ends_with_february_does_so_in_a_leap_year() -> None:
    assert day_in(day_text(date(2026, 2, 28), last=True), 2028) == date(2028, 2, 29)
    assert day_in(day_text(date(2026, 2, 28)), 2028) == date(2028, 2, 28)


# --- wrong input ---


STEPS = {"count_1": 4, "step_1": "1", "count_2": 5, "step_2": "2"}
WRONG: list[tuple[str, str | None, dict[str, Any], list[str]]] = [
    ("items", "books", {"points": "-1"}, ["points"]),
    ("items", "books", {"points": "1.005"}, ["points"]),
    ("items", "books", {"points": "很多"}, ["points"]),
    ("items", "books", {"points": ""}, ["points"]),
    ("items", "books", {"points": "0"}, ["points"]),
    ("items", "books", {"points": "100.01"}, ["points"]),
    ("items", "books", {"name": " ", "section": "nowhere"}, ["name", "section"]),
    ("items", "books", {"name_en": "x" * 101}, ["name_en"]),
    ("items", "books", {"award": "rate"}, ["trigger"]),
    ("items", "books", {"award": "rate", "trigger": "overdue"}, ["trigger"]),
    ("items", "books", {"trigger": "satisfaction"}, ["trigger"]),
    ("items", "criticism", {"points": ""}, ["points"]),
    ("items", "criticism", {"points": "2", "cap": "1"}, ["cap"]),
    ("items", "criticism", {"trigger": "satisfaction"}, ["trigger"]),
    ("items", "criticism", STEPS, ["points"]),
    ("items", "adopted_town", {**STEPS, "points": ""}, ["together"]),
    ("items", "preventable", {"count_1": 6}, ["count_2"]),
    ("items", "preventable", {"step_2": "0.5"}, ["count_2"]),
    ("items", "preventable", {"count_1": 0}, ["count_1"]),
    ("items", "preventable", {"count_1": None}, ["count_1"]),
    ("items", "preventable", {"step_1": "-1"}, ["step_1"]),
    ("items", "disputes_found", {"threshold": ""}, ["threshold"]),
    ("items", "disputes_found", {"trigger": "magic"}, ["trigger"]),
    ("items", "disputes_found", {"trigger": "satisfaction"}, ["unit"]),
    ("items", "satisfaction_target", {"threshold": "101"}, ["threshold"]),
    ("items", "satisfaction_target", {"unit": "times"}, ["unit"]),
    ("parts", "half", {"weight": "0"}, ["weight"]),
    ("parts", "half", {"weight": "-3"}, ["weight"]),
    ("parts", "half", {"weight": "101"}, ["weight"]),
    ("parts", None, {"name": "抽查", "weight": ""}, ["weight"]),
    ("periods", "q1", {"begins": date(2025, 12, 31)}, ["begins"]),
    ("periods", "q1", {"ends": date(2027, 1, 1)}, ["ends"]),
    ("periods", "q2", {"ends": date(2026, 3, 31)}, ["ends"]),
    ("periods", "q2", {"begins": None}, ["begins"]),
    ("periods", "q2", {"begins": "soon"}, ["begins"]),
    ("periods", "q2", {"ends": "2027-01-01"}, ["ends"]),
    ("periods", None, {"name": "抽查", "begins": date(2026, 1, 1), "ends": date(2026, 2, 1)}, ["part"]),
    ("sections", None, {"name": "字" * 61}, ["name"]),
    ("grades", "pass", {"least": "-60"}, ["least"]),
]


@pytest.mark.parametrize(("what", "code", "typed", "fields"), WRONG)
def test_what_is_wrong_is_told_beside_its_field(
    what: str, code: str | None, typed: dict[str, Any], fields: list[str]
) -> None:
    place = None if code is None else place_of(code, what)
    assert list(problems_of(lambda: with_line(TOWN, what, place, typed, YEAR))) == fields


@pytest.mark.parametrize(
    ("typed", "field"), [({"percent": "0"}, "percent"), ({"percent": "101"}, "percent"), ({"yuan": "-1"}, "yuan")]
)
def test_a_reward_is_for_a_decrease(typed: dict[str, str], field: str) -> None:
    assert list(problems_of(lambda: with_line(LADDER, "rewards", 0, typed, YEAR))) == [field]


@pytest.mark.parametrize(
    ("code", "by", "order"),
    [
        ("books", 1, "duty_log books publicity"),
        ("books", -1, "books duty_log publicity"),
        ("publicity", -1, "books publicity duty_log"),
        ("publicity", 1, "books duty_log publicity"),
    ],
)
def test_an_item_moves_within_its_section(code: str, by: int, order: str) -> None:
    after = with_item_moved(TOWN, place_of(code), by)
    assert [item["code"] for item in after["items"] if item["section"] == "groundwork"] == order.split()
    assert between(TOWN, after) == ()


def test_what_is_used_stays() -> None:
    assert problems_of(lambda: without_line(TOWN, "sections", place_of("bonus", "sections"))).keys() == {""}
    assert problems_of(lambda: without_line(TOWN, "items", 0)).keys() == {""}
    bound = with_line(TOWN, "items", place_of("books"), {"periods": ["q1"]}, YEAR)
    assert problems_of(lambda: without_line(bound, "periods", place_of("q1", "periods"))).keys() == {""}
    assert problems_of(lambda: without_line(bound, "parts", place_of("routine", "parts"))).keys() == {""}
    after = without_line(bound, "parts", place_of("half", "parts"))
    assert [one.what for one in between(bound, after)] == ["parts", "periods"]


# --- the whole of it ---


@pytest.mark.parametrize("code", TOLD)
def test_a_preset_has_no_fault(code: str) -> None:
    assert faults(TOLD[code], YEAR) == ()


def test_weights_and_bases_that_do_not_come_to_100_are_faults_a_draft_may_have() -> None:
    draft = with_line(TOWN, "parts", place_of("year", "parts"), {"weight": "40"}, YEAR)
    draft = with_line(draft, "items", place_of("books"), {"points": "14"}, YEAR)
    told = {fault.field: dict(fault.values) for fault in faults(draft, YEAR)}
    assert told["weights"] == {"total": "90"}
    assert told["period:q1"] == {"total": "99", "base": "100"}
    check_draft(draft, YEAR)


@pytest.mark.parametrize(
    "changes",
    [{"trigger": "magic"}, {"kind": "praise"}, {"points": "x"}, {"award": "given", "points": "-1"}, {"steps": 3}],
)
def test_what_no_form_writes_is_refused_whole(changes: dict[str, Any]) -> None:
    items_ = [dict(TOWN["items"][0]) | changes, *TOWN["items"][1:]]
    with pytest.raises(Problems):
        check_draft({**TOWN, "items": items_}, YEAR)


@pytest.mark.parametrize("numbers", [(0, 2, 3), (3, None, 3), (3, 3, 2), (3, 2, 100)])
def test_a_ladder_counts_upwards(numbers: tuple[int | None, int | None, int | None]) -> None:
    assert len(problems_of(lambda: with_ladder(LADDER, *numbers))) == 1
    wrong = {**LADDER} | dict(zip(("told", "rectify_after", "yellow_after"), numbers, strict=True))
    assert faults(wrong, YEAR)


def test_a_ladder_is_changed_and_its_rewards_keep_their_order() -> None:
    after = with_line(with_ladder(LADDER, 5, 2, 4), "rewards", None, {"percent": "40", "yuan": "200"}, YEAR)
    assert [line["percent"] for line in after["rewards"]] == ["30", "40", "50", "100"]
    assert faults(after, YEAR) == ()
    twice = with_line(after, "rewards", None, {"percent": "40", "yuan": "1"}, YEAR)
    assert [fault.field for fault in faults(twice, YEAR)] == ["rewards"]


def test_base_and_cap_are_numbers() -> None:
    after = with_frame(TOWN, "120", "")
    assert (after["base"], "bonus_cap" in after) == ("120", False)
    assert problems_of(lambda: with_frame(TOWN, "0", "-1")).keys() == {"base", "bonus_cap"}


def test_grades_go_down_by_themselves() -> None:
    after = with_line(TOWN, "grades", None, {"name": "中等", "least": "70"}, YEAR)
    assert [line["least"] for line in after["grades"]] == ["90", "80", "70", "60", "0"]


# --- codes are made ---


def test_codes_are_made_and_never_one_that_was_used() -> None:
    draft = with_line(TOWN, "items", None, {"kind": "bonus", "name": "新", "section": "bonus", "points": "1"}, YEAR)
    draft = with_line(draft, "parts", None, {"name": "抽查", "weight": "5"}, YEAR)
    after = coded(draft, ["item_1", "part_1"])
    assert (after["items"][-1]["code"], after["parts"][-1]["code"]) == ("item_2", "part_2")
    assert coded(after, ()) == after
    codes = [line["code"] for what in KINDS[:5] for line in lines_of(after, what)]
    assert all(codes)


def test_a_veto_has_the_name_the_cards_ask_for() -> None:
    told = TOLD["duty"]
    after = coded(with_line(told, "items", None, {"kind": "veto", "name": "一票否决", "section": "duty"}, YEAR), ())
    assert after["items"][-1]["code"] == "veto"


def test_a_digest_tells_lines_apart() -> None:
    assert len({digest(line) for what in KINDS for line in lines_of(TOWN, what)}) == sum(
        len(lines_of(TOWN, what)) for what in KINDS
    )


# --- two editions ---


def test_two_editions_are_told_apart_field_by_field() -> None:
    after = with_line(TOWN, "items", place_of("books"), {"points": "14", "name": "台账"}, YEAR)
    after = with_line(after, "items", place_of("late_acceptance"), {"active": True}, YEAR)
    after = with_line(after, "parts", place_of("half", "parts"), {"weight": "25"}, YEAR)
    after = with_line(after, "periods", place_of("q1", "periods"), {"ends": date(2026, 3, 15)}, YEAR)
    after = without_line(after, "grades", 3)
    after = coded(with_line(after, "sections", None, {"name": "新"}, YEAR), ())
    found = {(one.differs, one.what, one.code, one.field): (one.before, one.after) for one in between(TOWN, after)}
    changed = Differs.CHANGED
    assert found == {
        (changed, "items", "books", "points"): ("15", "14"),
        (changed, "items", "books", "name"): ("台账八本，真实规范", "台账"),
        (changed, "items", "late_acceptance", "active"): (False, True),
        (changed, "parts", "half", "weight"): ("30", "25"),
        (changed, "periods", "q1", "ends"): ("03-31", "03-15"),
        (Differs.GONE, "grades", "fail", ""): (None, None),
        (Differs.ADDED, "sections", "section_1", ""): (None, None),
    }
    back = {(one.what, one.code, one.field): (one.after, one.before) for one in between(after, TOWN)}
    assert back == {key[1:]: value for key, value in found.items()}


@given(st.permutations(TOWN["items"]))
def test_order_is_no_difference(order: list[dict[str, Any]]) -> None:
    assert between(TOWN, {**TOWN, "items": order}) == ()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("０．５", "0.5"), (0.5, "0.5"), (14.0, "14"), ("1e2", "100"), ("nan", ""), ("1.234", ""), ("10000000", "")],
)
def test_numbers_as_typed(typed: object, number: str) -> None:
    assert plain(number_of(typed)) == number


def test_steps_are_read_as_steps() -> None:
    line = item_line(TOWN, ItemKind.DEDUCTION, {**STEPS, "name": "案件", "section": "deduction"}, {})
    assert rubric_of({"kind": "points", "items": [{"code": "x", **line}]}, YEAR).items[0].steps == (
        Step(4, Decimal(1)),
        Step(5, Decimal(2)),
    )
    assert typed_item(line, TOWN)["count_2"] == 5


def test_an_item_of_no_kind_is_refused_beside_its_field() -> None:
    typed = typed_of(TOWN, "items", 0, YEAR) | {"kind": "'; DROP TABLE"}
    assert list(problems_of(lambda: with_line(TOWN, "items", None, typed, YEAR))) == ["kind"]
