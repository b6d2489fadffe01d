"""Units: three levels, paths that follow a move, and no unit retired with anybody in it."""

from collections.abc import Callable

import pytest

from db.engine import Database
from db.models import CaseUnit
from db.rules.permissions import Actor
from db.rules.problems import Changed, Problems, Refused
from db.services import units
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, SYSTEM, Office, a_case
from tests.frames import row_of

ACTS: dict[str, Callable[[Actor, Office], object]] = {
    "tree": lambda a, _: units.tree(a),
    "add": lambda a, o: units.add_unit(a, parent_id=o.centre, name="西村", kind="village", key="k"),
    "edit": lambda a, o: units.edit_unit(
        a, unit_id=o.unit_a, version=2, name="规划所", name_en="", kind="department", key="k"
    ),
    "move": lambda a, o: units.move_unit(a, unit_id=o.group_a, version=2, parent_id=o.unit_b, key="k"),
    "retire": lambda a, o: units.retire_unit(a, unit_id=o.group_a, version=2, key="k"),
    "restore": lambda a, o: units.restore_unit(a, unit_id=o.group_a, version=2, key="k"),
}


def paths(actor: Actor) -> dict[int, str]:
    tree = units.tree(actor)
    return dict(zip(tree["id"], tree["path"], strict=True))


def version(actor: Actor, unit_id: int) -> int:
    return int(row_of(units.tree(actor), unit_id)["version"])


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("person", ["director", "head", "auditor"])
def test_only_the_administrator_may(act: str, person: str, database: Database, office: Office) -> None:
    with nothing_changes(database), pytest.raises(Refused):
        ACTS[act](office.people[person], office)


@pytest.mark.parametrize("act", [name for name in ACTS if name != "tree"])
def test_the_same_submission_writes_once(act: str, database: Database, office: Office) -> None:
    first = ACTS[act](office.admin, office)
    with nothing_changes(database):
        assert ACTS[act](office.admin, office) == first


def test_the_tree_reads_from_top_to_bottom(office: Office) -> None:
    tree = units.tree(office.admin)
    assert list(tree["id"]) == [office.centre, office.unit_a, office.group_a, office.unit_b]
    assert list(tree["people"]) == [8, 4, 0, 2]


def test_a_new_unit_has_its_path(office: Office) -> None:
    added = ACTS["add"](office.admin, office)
    assert paths(office.admin)[int(str(added))] == f"/{office.centre}/{added}/"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parent_id": None}, "parent_id"),
        ({"parent_id": "group_a"}, "parent_id"),
        ({"name": ""}, "name"),
        ({"name": "东村"}, "name"),
        ({"kind": "group"}, "kind"),
        ({"kind": None}, "kind"),
    ],
)
def test_a_bad_unit_is_refused(changes: dict[str, object], field: str, database: Database, office: Office) -> None:
    values = {"parent_id": office.centre, "name": "西村", "kind": "village"} | changes
    values = {k: getattr(office, str(v)) if v == "group_a" else v for k, v in values.items()}
    with nothing_changes(database), pytest.raises(Problems) as caught:
        units.add_unit(office.admin, key="k", **values)  # type: ignore[arg-type]
    assert field in {p.field for p in caught.value.problems}


def test_everything_below_moves_along(office: Office) -> None:
    ACTS["move"](office.admin, office)
    assert paths(office.admin)[office.group_a] == f"/{office.centre}/{office.unit_b}/{office.group_a}/"


def test_a_move_up_makes_a_group_a_department_again(office: Office) -> None:
    units.move_unit(office.admin, unit_id=office.group_a, version=2, parent_id=office.centre, key="k")
    row = row_of(units.tree(office.admin), office.group_a)
    assert (row["level"], row["kind"], row["path"]) == (2, "department", f"/{office.centre}/{office.group_a}/")


@pytest.mark.parametrize(("unit", "parent"), [("unit_a", "group_a"), ("unit_a", "unit_b"), ("centre", "unit_b")])
def test_no_unit_moves_below_itself_or_too_deep(unit: str, parent: str, database: Database, office: Office) -> None:
    unit_id = getattr(office, unit)
    seen = version(office.admin, unit_id)
    with nothing_changes(database), pytest.raises(Problems):
        units.move_unit(office.admin, unit_id=unit_id, version=seen, parent_id=getattr(office, parent), key="k")


def test_who_saves_second_is_told(database: Database, office: Office) -> None:
    ACTS["edit"](office.admin, office)
    with nothing_changes(database), pytest.raises(Changed):
        units.edit_unit(
            office.admin, unit_id=office.unit_a, version=2, name="x", name_en="", kind="department", key="2"
        )


@pytest.mark.parametrize("unit", ["centre", "unit_a", "unit_b"])
def test_no_unit_is_retired_with_people_in_it(unit: str, database: Database, office: Office) -> None:
    unit_id = getattr(office, unit)
    seen = version(office.admin, unit_id)
    with nothing_changes(database), pytest.raises(Problems):
        units.retire_unit(office.admin, unit_id=unit_id, version=seen, key="k")


@pytest.mark.parametrize("leads", [True, False])
def test_no_unit_is_retired_with_open_cases(leads: bool, database: Database, office: Office) -> None:
    with database.transaction(SYSTEM) as session:
        case = a_case(session, office, lead_unit_id=office.group_a if leads else office.unit_b)
        if not leads:
            session.add(CaseUnit(case_id=case.id, unit_id=office.group_a, role="co", sent_on=NOW.date()))
    with nothing_changes(database), pytest.raises(Problems, match="1 open cases"):
        ACTS["retire"](office.admin, office)
    assert row_of(units.tree(office.admin), office.group_a)["open_cases"] == 1
    with database.transaction(SYSTEM) as session:
        session.get_one(type(case), case.id).open = False
    ACTS["retire"](office.admin, office)


def test_a_retired_unit_is_no_choice_and_comes_back(office: Office) -> None:
    seen = int(str(ACTS["retire"](office.admin, office)))
    assert office.group_a not in set(units.units(office.clerk)["id"])
    assert office.group_a in set(units.units(office.clerk, retired=True)["id"])
    with pytest.raises(Problems):
        units.add_unit(office.admin, parent_id=office.group_a, name="x", kind="group", key="x")
    units.restore_unit(office.admin, unit_id=office.group_a, version=seen, key="back")
    assert office.group_a in set(units.units(office.clerk)["id"])
