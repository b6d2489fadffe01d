"""Scoring: the formula of R-01 to R-26 with its test case, caps, steps, what does not apply, and the sum check."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.problems import Problems
from db.rules.scoring.entries import Draft, Entry, check_entry, counted, earned, entry_points
from db.rules.scoring.points import points_of, shown
from db.rules.scoring.rubric import Grade, Item, Known, Part, Period, Rubric, Step, check_rubric
from db.rules.scoring.totals import Total, period_score, year_total
from db.rules.scoring.words import Award, ItemKind, Standing

D, F = Decimal, Fraction
QUARTERS = tuple(
    Period(f"q{n}", date(2026, 3 * n - 2, 1), date(2026, 3 * n, 30 if n in (2, 3) else 31)) for n in range(1, 5)
)
HALF = Period("half", date(2026, 1, 1), date(2026, 6, 30))
YEAR = Period("year", date(2026, 1, 1), date(2026, 12, 31))
BOOK = Period("", date(2026, 1, 1), date(2026, 12, 31))
PARTS = (Part("routine", D(20), QUARTERS), Part("half", D(30), (HALF,)), Part("year", D(50), (YEAR,)))
ITEMS = (
    Item("files", ItemKind.BASE, D(60)),
    Item("order", ItemKind.BASE, D(40), award=Award.TAKEN),
    Item("town", ItemKind.BONUS, D("0.5"), group="adopted"),
    Item("county", ItemKind.BONUS, D(1), group="adopted"),
    Item("city", ItemKind.BONUS, D(2), group="adopted"),
    Item("central", ItemKind.BONUS, D(3), group="adopted"),
    Item("commended_city", ItemKind.BONUS, D(2)),
    Item("commended_county", ItemKind.BONUS, D(1)),
    Item("absent", ItemKind.DEDUCTION, D("0.5")),
    Item("report", ItemKind.DEDUCTION, D("0.5")),
    Item("criticism", ItemKind.DEDUCTION, D(1)),
    Item("card", ItemKind.DEDUCTION, D(2)),
    Item("cases", ItemKind.DEDUCTION, steps=(Step(4, D(1)), Step(5, D(2)))),
    Item("disputes", ItemKind.MINIMUM, threshold=D(6), unit="disputes"),
    Item("veto", ItemKind.VETO),
)
RUBRIC = Rubric(2026, parts=PARTS, items=ITEMS, bonus_cap=D(10))
GIVEN = {"q1": F(90), "q2": F(92), "q3": F(88), "q4": F(94), "half": F(90), "year": F(95)}
DAY = date(2026, 5, 6)
KNOWN = Known({"on_time"})


def times(**counts: int) -> list[Entry]:
    """Each item so often, in one entry each."""
    return [Entry(code, DAY, count=count) for code, count in counts.items()]


def total(entries: Sequence[Entry]) -> Total:
    """The year of the test case with these entries."""
    return year_total(RUBRIC, entries, given=GIVEN)


def test_the_test_case_of_the_formula() -> None:
    happened = times(town=3, county=2, city=1, commended_county=1, absent=3, report=2, criticism=1, cases=4)
    year = total(happened)
    assert shown(sum((part.points for part in year.parts), F())) == D("92.7")
    assert (year.bonus, year.deduction) == (F("6.5"), F("4.5"))
    assert shown(year.total or F()) == D("94.7")
    assert year.sum_check() == year.total == F("94.7")
    assert year.whole
    assert not year.vetoed


def test_bonuses_end_at_their_cap() -> None:
    year = total(times(central=4))
    assert (year.bonus, year.bonus_counted) == (F(12), F(10))
    assert year.total == F("102.7")


@pytest.mark.parametrize(("count", "points"), [(0, 0), (3, 0), (4, 1), (5, 2), (40, 2)])
def test_steps_replace_one_another(count: int, points: int) -> None:
    cases = next(item for item in ITEMS if item.code == "cases")
    assert earned(cases, count) == points


@pytest.mark.parametrize(
    ("code", "points"),
    [("town", "0.5"), ("county", "1"), ("city", "2"), ("central", "3"), ("commended_city", "2"), ("card", "2")],
)
def test_one_of_each_brings_its_points(code: str, points: str) -> None:
    (line,) = [line for line in counted(RUBRIC, times(**{code: 1})) if line.count]
    assert line.points == F(points)


def test_one_event_counts_once_and_at_its_highest_level() -> None:
    adopted = [Entry(code, DAY, event="report 7") for code in ("town", "central", "county")]
    assert total(adopted).bonus == 3
    assert total([*adopted, Entry("town", DAY, event="report 8")]).bonus == F("3.5")


def test_a_total_is_never_below_nothing() -> None:
    assert total(times(card=70)).total == 0


def test_a_veto_leaves_the_total_and_is_told() -> None:
    year = total(times(veto=1))
    assert year.vetoed
    assert year.total == F("92.7")


@pytest.mark.parametrize(("count", "met"), [(5, False), (6, True), (7, True)])
def test_a_minimum_is_reached_or_not(count: int, met: bool) -> None:
    (disputes,) = total(times(disputes=count)).measured
    assert disputes.met is met
    assert total([]).measured[0].met is None


def base(files: str, taken: str, period: str = "q1") -> list[Entry]:
    """A sheet on which the files got points and the order lost some."""
    return [
        Entry("files", DAY, points=D(files), period=period),
        Entry("order", DAY, points=D(taken), period=period),
    ]


def test_what_does_not_apply_leaves_the_denominator() -> None:
    plain = period_score(RUBRIC, "q1", base("45", "10"))
    assert plain.score == 75
    without = [Entry("files", DAY, not_applicable=True, period="q1"), *base("45", "10")[1:]]
    assert period_score(RUBRIC, "q1", without).score == 75
    assert period_score(RUBRIC, "q1", [Entry("files", DAY, not_applicable=True, period="q1")]).score == 100
    both = [Entry(code, DAY, not_applicable=True, period="q1") for code in ("files", "order")]
    left_out = period_score(RUBRIC, "q1", both)
    assert (left_out.score, left_out.standing) == (None, Standing.LEFT_OUT)


def test_a_sheet_is_missing_until_it_is_finished() -> None:
    entries = [entry for period in QUARTERS for entry in base("60", "0", period.code)]
    year = year_total(RUBRIC, entries)
    assert year.missing == ("half", "year")
    # As it stands: what is there is rescaled, and is no result yet.
    assert year.total == 100
    assert year_total(RUBRIC, entries, finished={"q1"}).missing == ("q2", "q3", "q4", "half", "year")


def test_a_part_left_out_rescales_the_rest() -> None:
    year = year_total(RUBRIC, base("60", "0", "half"), given={c: v for c, v in GIVEN.items() if c != "half"})
    assert year.total == F(20 * 91 + 30 * 100 + 50 * 95, 100)
    out = [Entry(code, DAY, not_applicable=True, period="half") for code in ("files", "order")]
    year = year_total(RUBRIC, out, given={c: v for c, v in GIVEN.items() if c != "half"})
    assert year.whole
    assert year.total == F(20 * 91 + 50 * 95, 70)
    assert sum((part.share for part in year.parts), F()) == 100


def test_a_rate_brings_its_share_and_nothing_to_measure_leaves_it_out() -> None:
    rated = Rubric(
        2026,
        parts=(Part("year", D(100), (YEAR,)),),
        items=(
            Item("on_time", ItemKind.BASE, D(50), award=Award.RATE, trigger="on_time"),
            Item("files", ItemKind.BASE, D(50)),
        ),
    )
    check_rubric(rated, KNOWN)
    files = Entry("files", DAY, points=D(40), period="year")
    two_thirds = Entry("on_time", DAY, value=F(2, 3), period="year")
    assert period_score(rated, "year", [files, two_thirds]).score == 40 + F(100, 3)
    nothing = Entry("on_time", DAY, value=None, period="year")
    assert period_score(rated, "year", [files, nothing]).score == 80


@pytest.mark.parametrize(
    ("item", "entry", "alone", "points"),
    [
        (Item("files", ItemKind.BASE, D(60)), {"points": D("1.5")}, False, Fraction(3, 2)),
        (Item("order", ItemKind.BASE, D(40), award=Award.TAKEN), {"points": D(2)}, False, Fraction(-2)),
        (Item("on_time", ItemKind.BASE, D(10), award=Award.RATE), {"value": Fraction(1, 3)}, True, Fraction(10, 3)),
        (Item("on_time", ItemKind.BASE, D(10), award=Award.RATE), {}, True, None),
        (Item("town", ItemKind.BONUS, D("0.5")), {"count": 3}, False, Fraction(3, 2)),
        (Item("absent", ItemKind.DEDUCTION, D("0.5"), cap=D(1)), {"count": 3}, True, Fraction(-1)),
        (Item("absent", ItemKind.DEDUCTION, D("0.5"), cap=D(1)), {"count": 3}, False, None),
        (Item("files", ItemKind.BASE, D(60)), {"points": D(1), "not_applicable": True}, False, None),
        (Item("disputes", ItemKind.MINIMUM, threshold=D(6)), {"count": 3}, True, None),
    ],
)
def test_what_one_entry_gives_or_takes(item: Item, entry: dict[str, Any], alone: bool, points: Fraction | None) -> None:
    assert entry_points(item, Entry(item.code, date(2026, 1, 1), **entry), alone=alone) == points


@pytest.mark.parametrize(
    ("points", "text"),
    [
        (F(1, 20), "0.1"),
        (F(1, 60) + F(1, 30), "0.1"),
        (F(-1, 20), "-0.1"),
        (F(-1, 100), "0.0"),
        (F(2, 3), "0.7"),
        (F(100), "100.0"),
        (F(189_399, 2000), "94.7"),
    ],
)
def test_points_are_rounded_once_from_the_exact_value(points: Fraction, text: str) -> None:
    assert str(shown(points)) == text


@pytest.mark.parametrize(
    ("typed", "points"), [("2", "2"), ("０．５", "0.5"), ("1.25", "1.25"), (" 3 ", "3"), ("999.99", "999.99")]
)
def test_points_are_read_as_typed(typed: str, points: str) -> None:
    assert points_of(typed) == D(points)


@pytest.mark.parametrize("typed", ["", "-1", "1.234", "abc", "1,5", "1000", "1e2", "nan", "٣..", "."])
def test_what_is_no_points_is_none(typed: str) -> None:
    assert points_of(typed) is None


def said(error: pytest.ExceptionInfo[Problems]) -> set[str]:
    """The fields the problems stand beside."""
    return {problem.field for problem in error.value.problems}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": "61"}, "points"),
        ({"points": "-1"}, "points"),
        ({"on": date(2026, 7, 1)}, "on_day"),
        ({"on": date(2025, 12, 31)}, "on_day"),
        ({"on": None}, "on_day"),
        ({"item": "nothing"}, "item"),
        ({"count": 0}, "count"),
        ({"item": "absent"}, "item"),
        ({"item": "order", "points": "5", "reason": " "}, "reason"),
        ({"not_applicable": True, "reason": ""}, "reason"),
    ],
)
def test_a_wrong_entry_says_where(change: dict[str, object], field: str) -> None:
    typed = {"item": "files", "on": DAY, "points": "50", "reason": "seen"} | change
    with pytest.raises(Problems) as error:
        check_entry(Draft(**typed), RUBRIC, HALF, [], date(2026, 12, 1), evidence=True)  # type: ignore[arg-type]
    assert said(error) == {field}


def test_an_entry_of_tomorrow_is_not_yet() -> None:
    with pytest.raises(Problems) as error:
        check_entry(Draft("files", DAY, points="50"), RUBRIC, HALF, [], date(2026, 5, 5), evidence=False)
    assert said(error) == {"on_day"}


def test_a_bonus_or_deduction_says_why() -> None:
    with pytest.raises(Problems) as error:
        check_entry(Draft("absent", DAY, reason=" "), RUBRIC, BOOK, [], DAY, evidence=True)
    assert said(error) == {"reason"}


def test_the_same_event_is_not_scored_twice() -> None:
    draft = Draft("absent", DAY, event="meeting 3", reason="absent")
    first = check_entry(draft, RUBRIC, BOOK, [], DAY, evidence=True)
    with pytest.raises(Problems) as error:
        check_entry(draft, RUBRIC, BOOK, [first], DAY, evidence=True)
    assert said(error) == {"event"}
    with pytest.raises(Problems) as error:
        check_entry(Draft("absent", DAY, event="meeting 4", reason="absent"), RUBRIC, BOOK, [], DAY, evidence=False)
    assert said(error) == {"evidence"}


def test_an_item_is_not_given_more_than_it_has() -> None:
    first = check_entry(Draft("files", DAY, points="50"), RUBRIC, HALF, [], DAY, evidence=False)
    with pytest.raises(Problems) as error:
        check_entry(Draft("files", DAY, points="11"), RUBRIC, HALF, [first], DAY, evidence=False)
    assert said(error) == {"points"}


def changed(**fields: object) -> Rubric:
    """The rubric with something else in it."""
    return Rubric(**{"year": 2026, "parts": PARTS, "items": ITEMS, "bonus_cap": D(10)} | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rubric", "field"),
    [
        (changed(parts=(*PARTS[:2], Part("year", D("49.9"), (YEAR,)))), "weights"),
        (changed(parts=(*PARTS[:2], Part("year", D(50), ()))), "part:year"),
        (changed(year=2027), "part:routine"),
        (changed(items=(*ITEMS, ITEMS[0])), "item:files"),
        (changed(items=(Item("files", ItemKind.BASE, D(99)),)), "period:q1"),
        (changed(items=(*ITEMS, Item("minus", ItemKind.DEDUCTION, D(-1)))), "item:minus"),
        (changed(items=(*ITEMS, Item("fall", ItemKind.BONUS, steps=(Step(1, D(2)), Step(2, D(1)))))), "item:fall"),
        (changed(items=(*ITEMS, Item("odd", ItemKind.BONUS, D(1), trigger="visitors"))), "item:odd"),
        (changed(items=(*ITEMS, Item("both", ItemKind.BONUS, steps=(Step(1, D(2)),), group="adopted"))), "item:both"),
        (changed(items=(*ITEMS, Item("typed", ItemKind.BASE, D(100), award=Award.RATE))), "item:typed"),
        (changed(items=(*ITEMS, Item("target", ItemKind.TARGET))), "item:target"),
        (changed(bonus_cap=D(-1)), "bonus_cap"),
        (changed(grades=(Grade("good", D(80)), Grade("excellent", D(90)))), "grades"),
    ],
)
def test_a_wrong_rubric_says_where(rubric: Rubric, field: str) -> None:
    with pytest.raises(Problems) as error:
        check_rubric(rubric, KNOWN)
    assert field in said(error)


def test_the_rubric_of_the_test_case_is_right() -> None:
    check_rubric(RUBRIC, KNOWN)


COUNTED = [item.code for item in ITEMS if item.kind in (ItemKind.BONUS, ItemKind.DEDUCTION)]
an_entry = st.builds(
    Entry,
    item=st.sampled_from(COUNTED),
    on=st.just(DAY),
    count=st.integers(1, 6),
    event=st.sampled_from(["", "a", "b"]),
)
some_entries = st.lists(an_entry, max_size=12)


@given(some_entries, st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(entries: list[Entry], dice: object) -> None:
    turned = list(entries)
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert total(turned) == total(entries)


@given(some_entries, an_entry)
def test_one_more_deduction_never_raises_a_total(entries: list[Entry], more: Entry) -> None:
    kind = {item.code: item.kind for item in ITEMS}[more.item]
    before, after = total(entries).total or F(), total([*entries, more]).total or F()
    assert after <= before if kind is ItemKind.DEDUCTION else after >= before


@given(some_entries)
def test_the_cap_holds_and_the_sum_check_agrees(entries: list[Entry]) -> None:
    year = total(entries)
    assert year.bonus_counted <= 10
    assert year.sum_check() == year.total
    assert year.total is not None
    assert year.total >= 0
