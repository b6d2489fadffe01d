"""Presets, code lists, limit sets, facts and notices: each act works, is refused, changes nothing when refused."""

from collections.abc import Callable
from datetime import date

import pytest

from db.engine import Database
from db.rules.limits import LABELS
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import office as services
from db.services.limits_in_force import limits_in_force, limits_of
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office, a_case
from tests.frames import row_of


def first_set(actor: Actor) -> int:
    return int(services.limit_sets(actor)["id"].iloc[-1])


def the_copy(office: Office, name: str = "Local rules", day: date = date(2026, 12, 1)) -> int:
    return services.copy_limits(
        office.admin, limit_set_id=first_set(office.admin), name=name, source="Notice 7", effective_from=day, key=name
    )


ACTS: dict[str, Callable[[Actor], object]] = {
    "add_code": lambda a: services.add_code(
        a, list_name="category", code="new", label_zh="新", label_en="New", key="k"
    ),
    "edit_codes": lambda a: services.edit_codes(a, rows={1: (1, {"label_zh": "改"})}, key="k"),
    "retire_code": lambda a: services.retire_code(a, code_id=1, version=1, key="k"),
    "restore_code": lambda a: services.restore_code(a, code_id=1, version=1, key="k"),
    "copy_limits": lambda a: services.copy_limits(
        a, limit_set_id=1, name="x", source="y", effective_from=date(2027, 1, 1), key="k"
    ),
    "edit_limits": lambda a: services.edit_limits(a, rows={1: (1, {"amount": 1})}, key="k"),
    "activate_limits": lambda a: services.activate_limits(a, limit_set_id=1, version=1, active=False, key="k"),
    "edit_fact": lambda a: services.edit_fact(a, fact_id=1, version=1, value="x", key="k"),
    "add_notice": lambda a: services.add_notice(
        a, text_zh="甲" * 60, text_en="a" * 60, effective_from=date(2026, 12, 1), key="k"
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["director", "handler", "auditor"])
def test_only_the_administrator_may(act: str, person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person])


@pytest.mark.parametrize("act", [name for name in ACTS if name not in ("restore_code", "activate_limits")])
def test_the_same_submission_writes_once(act: str, database: Database, office: Office) -> None:
    first = ACTS[act](office.admin)
    with nothing_changes(database):
        assert str(ACTS[act](office.admin)) == str(first)


def test_presets_fill_a_new_office_once(database: Database) -> None:
    with nothing_changes(database):
        assert set(services.load_presets(SYSTEM).values()) == {0}


def test_presets_are_not_for_everybody(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        services.load_presets(office.clerk)


def test_presets_never_undo_what_the_office_changed(database: Database, office: Office) -> None:
    codes = services.codes(office.admin, list_name="category")
    services.edit_codes(office.admin, rows={int(codes["id"][0]): (1, {"label_zh": "城建"})}, key="k")
    with nothing_changes(database):
        services.load_presets(SYSTEM)


def test_an_entry_is_added_retired_and_restored(database: Database, office: Office) -> None:
    added = services.add_code(
        office.admin, list_name="category", code="water", label_zh="供水", label_en="Water", key="1"
    )
    assert services.codes(office.clerk, list_name="category")["code"].iloc[-1] == "water"
    version = services.retire_code(office.admin, code_id=added, version=1, key="2")
    with database.reading() as session:
        assert "water" not in services.active_codes(session, "category")
    assert "water" not in set(services.codes(office.clerk, list_name="category", retired=False)["code"])
    services.restore_code(office.admin, code_id=added, version=version, key="3")
    with database.reading() as session:
        assert "water" in services.active_codes(session, "category")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Water Supply"}, "code"),
        ({"code": "environment"}, "code"),
        ({"label_zh": " "}, "label_zh"),
        ({"label_zh": "环境保护"}, "label_zh"),
        ({"list_name": "persons"}, "list_name"),
    ],
)
def test_a_bad_entry_is_refused(changes: dict[str, str], field: str, database: Database, office: Office) -> None:
    values = {"list_name": "category", "code": "water", "label_zh": "供水", "label_en": "Water"} | changes
    with nothing_changes(database), pytest.raises(Problems) as caught:
        services.add_code(office.admin, **values, key="k")
    assert field in {p.field for p in caught.value.problems}


def test_a_grid_saves_what_it_can_and_tells_the_rest(office: Office) -> None:
    ids = [int(i) for i in services.codes(office.admin, list_name="category")["id"][:4]]
    services.edit_codes(office.admin, rows={ids[1]: (1, {"label_en": "Theirs"})}, key="theirs")
    rows: dict[int, tuple[int, dict[str, object]]] = {
        ids[0]: (1, {"label_en": "Mine", "code": "stolen", "active": False}),
        ids[1]: (1, {"label_en": "Mine"}),
        ids[2]: (1, {"label_zh": ""}),
        ids[3]: (1, {"position": "first"}),
        99999: (1, {"label_en": "nowhere"}),
    }
    saved = services.edit_codes(office.admin, rows=rows, key="mine")
    assert saved.saved == (ids[0],)
    assert set(saved.conflicts) == {ids[1]}
    assert saved.conflicts[ids[1]].theirs == {"label_en": "Theirs"}
    assert saved.conflicts[ids[1]].by == office.admin.name
    assert set(saved.rejected) == {ids[2], ids[3], 99999}
    codes = services.codes(office.admin, list_name="category").set_index("id")
    assert (codes.loc[ids[0], "label_en"], codes.loc[ids[0], "code"], bool(codes.loc[ids[0], "active"])) == (
        "Mine",
        "construction",
        True,
    )


def test_the_set_in_force_is_the_latest_begun(database: Database, office: Office) -> None:
    copy = the_copy(office)
    with database.reading() as session:
        assert limits_in_force(session, date(2026, 12, 2)).id == first_set(office.admin)
    services.activate_limits(office.admin, limit_set_id=copy, version=1, active=True, key="on")
    with database.reading() as session:
        assert limits_in_force(session, date(2026, 11, 30)).id == first_set(office.admin)
        assert limits_in_force(session, date(2026, 12, 1)).id == copy
        assert limits_in_force(session, date(2011, 5, 1)).id == first_set(office.admin)
        limits = limits_of(session, copy)
        assert set(limits.rules) == set(LABELS)
        assert (limits["notice"].amount, limits["objection"].unit) == (15, "working_days")
        with pytest.raises(NotThere):
            limits_of(session, 12345)


def test_numbers_of_an_unused_set_may_change(database: Database, office: Office) -> None:
    copy = the_copy(office)
    rule = row_of(services.limit_rules(office.admin, limit_set_id=copy), "handling", by="code")
    saved = services.edit_limits(office.admin, rows={int(rule["id"]): (1, {"amount": 45})}, key="e")
    assert saved.saved == (int(rule["id"]),)
    with database.reading() as session:
        assert limits_of(session, copy)["handling"].amount == 45
        assert limits_of(session, first_set(office.admin))["handling"].amount == 60


def test_numbers_of_a_set_in_use_stay(database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        a_case(session, office)
    rule = int(services.limit_rules(office.admin, limit_set_id=first_set(office.admin))["id"][0])
    saved = services.edit_limits(office.admin, rows={rule: (1, {"amount": 3})}, key="e")
    assert set(saved.rejected) == {rule}
    assert list(services.limit_sets(office.admin)["kept"])[-1] == 1


def test_one_set_always_stays_in_force(database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        ACTS["activate_limits"](office.admin)


@pytest.mark.parametrize("changes", [{"name": ""}, {"source": " "}, {"effective_from": None}, {"name": "Local rules"}])
def test_a_copy_needs_a_name_a_source_and_a_day(changes: dict[str, object], database: Database, office: Office) -> None:
    the_copy(office)
    values = {"name": "Other", "source": "x", "effective_from": date(2027, 1, 1)} | changes
    with nothing_changes(database), pytest.raises(Problems):
        services.copy_limits(office.admin, limit_set_id=1, key="k", **values)  # type: ignore[arg-type]


def test_facts_fill_the_notice(office: Office) -> None:
    for _, fact in services.fact_rows(office.admin).iterrows():
        if fact["name"] == "name":
            services.edit_fact(office.admin, fact_id=int(fact["id"]), version=1, value="青山镇综治中心", key="n")
    assert services.facts(office.clerk).name == "青山镇综治中心"
    notice = services.notice(office.clerk)
    assert notice is not None
    assert "青山镇综治中心" in notice.text_zh
    assert "{" not in notice.text_zh + notice.text_en


def test_a_closing_time_is_a_time(database: Database, office: Office) -> None:
    row = row_of(services.fact_rows(office.admin), "closing_time", by="name")
    with nothing_changes(database), pytest.raises(Problems):
        services.edit_fact(office.admin, fact_id=int(row["id"]), version=1, value="half past", key="k")


def test_a_new_notice_waits_for_its_day_and_the_old_one_stays(office: Office) -> None:
    old = services.notice(office.clerk)
    new = ACTS["add_notice"](office.admin)
    assert old is not None
    assert services.notice(office.clerk) == old
    later = services.notice(office.clerk, notice_id=int(str(new)))
    assert later is not None
    assert later.text_en == "a" * 60


@pytest.mark.parametrize("day", [None, date(2026, 11, 18)])
def test_a_notice_can_not_be_in_force_in_the_past(day: date | None, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        services.add_notice(office.admin, text_zh="甲" * 60, text_en="a" * 60, effective_from=day, key="k")
