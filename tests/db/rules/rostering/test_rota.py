"""Scenarios as tasks: rest at the ends of months and of what was published, festivals, patrols, reserves, reasons."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.rules.problems import Problems
from db.rules.rostering import report
from db.rules.rostering.check import broken
from db.rules.rostering.evenness import measures_of
from db.rules.rostering.reasons import reasons_for
from db.rules.rostering.rota import Rota, open_places, rota_of, rows_of
from db.rules.rostering.scenario import Row, Slot, as_date, match, read_scenario
from db.rules.rostering.search import Limits, search
from db.rules.rostering.task import Roster
from db.rules.rostering.worth import worth
from db.rules.rostering.written import as_table, rows_from
from tests.db.rules.rostering.scenarios import a_scenario, every_day, with_people


def planned(told: dict[str, Any], published: list[Row] | None = None, rounds: int = 4) -> tuple[Rota, Roster]:
    """The rota found for a scenario, which must break nothing."""
    rota = rota_of(read_scenario(told, published or ()))
    found = search(rota.task, Limits(rounds=rounds), start=rota.start, first_free_day=rota.scenario.first_free_day)
    assert not broken(rota.task, found.roster)
    assert found.cost == worth(rota.task, found.roster)
    return rota, found.roster


def served(rota: Rota, roster: Roster) -> dict[str, list[tuple[date, str]]]:
    """Who serves when."""
    found: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for row in rows_of(rota, roster):
        found[row.person].append((row.date, row.shift))
    return found


def days_from(first: str, count: int) -> list[str]:
    """So many days on end, as text."""
    start = date.fromisoformat(first)
    return [(start + timedelta(n)).isoformat() for n in range(count)]


def test_rest_reaches_over_the_end_of_the_month() -> None:
    night = {"date": "2026-01-31", "post": "OFFICE", "shift": "N", "role": "staff", "person": "S1"}
    told = a_scenario("2026-02-01", "2026-02-01", every_day(["2026-02-01"]), carry_in=[night])
    rota, roster = planned({**told, "people": told["people"][2:3]})
    assert not roster
    (slot, missing) = open_places(rota, roster)[0]
    assert (slot, missing) == (Slot(0, "OFFICE", "D", "staff"), 1)
    assert [(r.member.id, r.code) for r in reasons_for(rota, roster, slot)] == [("S1", "rest")]


def test_a_leap_day_is_a_day() -> None:
    days = days_from("2028-02-27", 4)
    assert days[2] == "2028-02-29"
    rota, roster = planned(a_scenario(days[0], days[-1], every_day(days, shift="N", count=2)))
    assert not open_places(rota, roster)
    assert Counter(row.date for row in rows_of(rota, roster)) == dict.fromkeys(map(as_date, days), 2)


def test_a_spring_festival_is_shared_evenly() -> None:
    days = days_from("2026-02-13", 12)
    holidays = days_from("2026-02-15", 9)
    calendar = {"start": days[0], "end": days[-1], "holidays": holidays, "extra_workdays": ["2026-02-14"]}
    fair = [{"id": "holidays", "people": {"main_role": "staff"}, "days": "holiday", "ideal_spread": 1.0}]
    told = a_scenario(days[0], days[-1], every_day(days), calendar=calendar, fairness=fair)
    rota, roster = planned(with_people(told, L2={"roles": ["leader"]}))
    assert not open_places(rota, roster)
    low, high = report.spreads(rota, roster)["holidays"]
    assert (low, high) == (2, 3)
    assert rota.scenario.rest_days == frozenset({*range(2, 11)})
    assert 1 not in rota.scenario.rest_days, "a Saturday that is made up for"


def test_history_counts_for_evenness() -> None:
    days = days_from("2026-03-02", 4)
    fair = [{"id": "all", "people": ["S1", "S2"], "history": {"S1": 4}, "ideal_spread": 0.0}]
    told = a_scenario(days[0], days[-1], every_day(days), fairness=fair)
    rota, roster = planned({**told, "people": [p for p in told["people"] if p["id"] in ("S1", "S2")]})
    assert {who: len(mine) for who, mine in served(rota, roster).items()} == {"S2": 4}


def test_who_is_away_is_owed_less() -> None:
    days = days_from("2026-03-02", 4)
    fair = [{"id": "share", "people": ["S1", "S2", "S3"], "mode": "prorata", "ideal_spread": 1.0}]
    told = with_people(a_scenario(days[0], days[-1], every_day(days), fairness=fair), S1={"unavailable": days[:2]})
    scenario = read_scenario(told)
    (share,) = measures_of(scenario, rota_of(scenario).slots)
    owed = {scenario.members[who].id: round(-total / share.scale, 3) for who, total in share.begin.items()}
    assert owed == {"S1": 0.667, "S2": 1.667, "S3": 1.667}


def test_replanning_changes_as_little_as_possible() -> None:
    days = days_from("2026-03-02", 8)
    rota, roster = planned(a_scenario(days[0], days[-1], every_day(days, count=2)))
    rows = rows_of(rota, roster)
    victim = next(row.person for row in rows if row.date == as_date(days[4]))
    hit = [row for row in rows if row.person == victim and as_date(days[3]) <= row.date <= as_date(days[5])]
    replan = {
        "published": "published.csv",
        "first_free_day": days[3],
        "sick": [{"person": victim, "from": days[3], "to": days[5]}],
    }
    told = a_scenario(days[0], days[-1], every_day(days, count=2), replan=replan)
    again, changed = planned(told, rows_from(as_table(rows).encode()))
    assert report.changes(again, changed) == len(hit)
    early = as_date(days[3])
    assert [r for r in rows if r.date < early] == [r for r in rows_of(again, changed) if r.date < early]
    assert not [r for r in rows_of(again, changed) if r.person == victim and early <= r.date <= as_date(days[5])]
    assert f"{len(hit)} changes" in "\n".join(report.lines(again, changed))


def test_rest_holds_at_the_boundary_of_what_was_published() -> None:
    days = days_from("2026-03-02", 2)
    rows = [Row(as_date(days[0]), "OFFICE", "N", "staff", "员1")]
    told = a_scenario(days[0], days[1], [*every_day(days[:1], shift="N"), *every_day(days[1:])],
                      replan={"published": "p.csv", "first_free_day": days[1], "sick": []})  # fmt: skip
    rota, roster = planned({**told, "people": told["people"][2:3]}, rows)
    assert served(rota, roster) == {"S1": [(as_date(days[0]), "N")], "": [(as_date(days[1]), "D")]}


@given(st.booleans(), st.integers(0, 13), st.sampled_from([8, 12, 24]))
@settings(deadline=None, max_examples=10)
def test_no_two_duties_overlap_or_lie_too_near(one_a_day: bool, rest: int, hours: int) -> None:
    days = days_from("2026-12-30", 4)
    shifts = {
        "D": {"start": "08:00", "hours": hours},
        "N": {"start": "20:00", "hours": 12, "rest_after_hours": 12},
        "J": {"start": "19:00", "hours": 3},
    }
    rules = {"one_assignment_per_day": one_a_day, "min_rest_hours": rest, "max_consecutive_days": 3}
    slots = [slot for shift in shifts for slot in every_day(days, shift=shift, count=2)]
    rota, roster = planned(a_scenario(days[0], days[-1], slots, shifts=shifts, rules=rules))
    for who, mine in served(rota, roster).items():
        spans = []
        for day, shift in mine:
            begins = datetime.fromisoformat(f"{day} {shifts[shift]['start']}")
            spans.append((begins, begins + timedelta(hours=float(str(shifts[shift]["hours"]))), shift))
        for (_, end, shift), (begins, _, _) in zip(sorted(spans), sorted(spans)[1:], strict=False):
            assert not who or begins - end >= timedelta(hours=max(rest, 12 if shift == "N" else 0))
        if who and one_a_day:
            assert len({day for day, _ in mine}) == len(mine)


def test_every_reason_is_told() -> None:
    days = days_from("2026-03-02", 4)
    told = a_scenario(
        days[0], days[-1], [*every_day(days[:2], count=2), *every_day(days[:1], shift="N", role="leader")],
        rules={"one_assignment_per_day": True, "min_rest_hours": 11, "reserve_periods": [[days[3], days[3]]],
               "skill_cover": [{"post": "*", "shift": "D", "skill": "driver", "min": 1}]},
        replan={"published": "p.csv", "first_free_day": days[0],
                "sick": [{"person": "S1", "from": days[0], "to": days[1]}]},
    )  # fmt: skip
    told = with_people(
        told,
        L2={"active": [days[2], None]},
        S2={"unavailable": days[:2]},
        S3={"unavailable_shifts": [[days[0], "D"], [days[1], "D"]]},
        S4={"reserve": True},
    )
    told["people"].append({"id": "S5", "name": "员5", "roles": ["staff"], "skills": []})
    rota, roster = planned(told)
    reasons = {r.member.id: r.code for r in reasons_for(rota, roster, Slot(0, "OFFICE", "D", "staff"))}
    assert reasons == {
        "L2": "not_in_service", "S1": "sick", "S2": "away", "S3": "not_then", "S4": "reserve", "S5": "crew",
    }  # fmt: skip
    assert [row.person for row in rows_of(rota, roster)].count("") == 4
    said = "\n".join(report.lines(rota, roster))
    assert "S1 员1: reported sick" in said
    assert "2026-03-02 OFFICE D staff, 2 missing" in said


def test_nobody_is_qualified() -> None:
    told = a_scenario("2026-03-02", "2026-03-02", every_day(["2026-03-02"], role="doctor"))
    rota, roster = planned(told)
    assert "nobody is qualified" in "\n".join(report.lines(rota, roster))


def test_limits_of_people_and_pairs() -> None:
    days = days_from("2026-03-02", 14)
    rules = {
        "one_assignment_per_day": True,
        "max_weekends": 1,
        "max_consecutive_shift": {"D": 2},
        "max_in_window": [{"days": 7, "max": 2, "who": "reserve"}, {"days": 7, "max": 4, "shifts": ["D"]}],
        "forbidden_pairs": [["S1", "S2"]],
    }
    told = with_people(a_scenario(days[0], days[-1], every_day(days, count=2), rules=rules),
                       S1={"max_assignments": 3}, S4={"reserve": True})  # fmt: skip
    rota, roster = planned(told, rounds=8)
    mine = served(rota, roster)
    assert len(mine["S1"]) <= 3
    assert not {day for day, _ in mine["S1"]} & {day for day, _ in mine["S2"]}
    assert max(Counter((day - as_date(days[0])).days // 7 for day, _ in mine["S4"]).values(), default=0) <= 2


def test_patrols_set_out_in_teams_and_see_every_checkpoint() -> None:
    days = days_from("2026-03-02", 7)
    patrols = {
        "role": "staff", "shifts": ["D", "N"], "night_shifts": ["N"], "patrols_per_shift": 1, "team_size": 2,
        "routes": [{"id": "R1", "checkpoints": ["A", "B"]}, {"id": "R2", "checkpoints": ["C"]}],
        "requirements": [{"checkpoint": "C", "min_per_week": 3, "min_night_per_week": 1, "max_gap_days": 3},
                         {"checkpoint": "A", "min_per_week": 2}],
    }  # fmt: skip
    rota, roster = planned(a_scenario(days[0], days[-1], [], patrols=patrols), rounds=30)
    crews = Counter((row.date, row.shift, row.post) for row in rows_of(rota, roster) if row.person)
    assert set(crews.values()) == {2}
    assert len(crews) == 14
    seen = sorted({day for day, _, post in crews if post == "R2"})
    assert (
        max(
            (b - a).days
            for a, b in zip(
                [as_date(days[0]) - timedelta(1), *seen], [*seen, as_date(days[-1]) + timedelta(1)], strict=True
            )
        )
        <= 3
    )
    assert any(shift == "N" and post == "R2" for _, shift, post in crews)
    alone, nobody = planned({**a_scenario(days[0], days[0], [], patrols=patrols), "people": []})
    assert [missing for _, missing in open_places(alone, nobody)] == [2, 2]


def test_wishes_are_followed_where_nothing_else_suffers() -> None:
    days = days_from("2026-03-02", 2)
    wishes = [
        {"person": "S1", "date": days[0], "kind": "want", "weight": 2},
        {"person": "S1", "date": days[1], "shift": "D", "kind": "avoid", "weight": 3},
    ]
    rota, roster = planned(a_scenario(days[0], days[1], every_day(days), preferences=wishes))
    assert worth(rota.task, roster) == 0
    assert [day.isoformat() for day, _ in served(rota, roster)["S1"]] == [days[0]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "other"}, "format"),
        ({"calendar": {"start": "soon", "end": "2026-03-01"}}, "calendar"),
        ({"calendar": {"start": "2026-03-02", "end": "2026-03-01"}}, "calendar"),
        ({"shifts": {"D": {"start": "8"}}}, "shifts"),
        ({"people": [{"name": "nobody"}]}, "people"),
        ({"slots": [{"date": "2026-03-01", "shift": "X", "role": "staff", "post": "P"}]}, "slots"),
        ({"replan": {"published": "p.csv"}}, "replan"),
    ],
)
def test_what_cannot_be_read_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Problems) as told:
        read_scenario({**a_scenario("2026-03-01", "2026-03-01", []), **change})
    assert [problem.field for problem in told.value.problems] == [field]


def test_a_written_rota_is_read_in_both_encodings() -> None:
    rows = [Row(date(2026, 3, 2), "岗", "D", "staff", "员1"), Row(date(2026, 3, 2), "岗", "D", "staff", "")]
    table = as_table(rows)
    assert rows_from(table.encode("utf-8-sig")) == rows_from(table.encode("gb18030")) == rows[:1]
    with pytest.raises(Problems, match="person"):
        rows_from(b"date,post,shift,role\n")
    with pytest.raises(Problems, match="Line 2"):
        rows_from(b"date,post,shift,role,person\nsoon,P,D,staff,S1\n")


def test_specs_match() -> None:
    assert match("D", None)
    assert match("D", "*")
    assert match("D", ["N", "D"])
    assert not match("D", "N")
