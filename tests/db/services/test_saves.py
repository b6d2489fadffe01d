"""Who saved a record last and when: its own row or what belongs to it, for whoever may read it."""

import pytest

from components.screens import PAGES
from db.base import Base
from db.engine import Database
from db.rules.permissions import GRANTS, Role, Scope
from db.rules.problems import NotThere
from db.services import saves, units
from tests.factories import NOW, Office
from tests.trust import world

pytestmark = [
    pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True),
    pytest.mark.usefixtures("database"),
]


def test_the_last_save_has_a_moment_and_a_name(office: Office) -> None:
    named = {"name": "甲村", "name_en": "", "kind": "village"}
    units.edit_unit(office.admin, unit_id=office.unit_a, version=2, **named, key="edited")
    last = saves.last(office.admin, table="unit", record_id=office.unit_a)
    assert last == saves.Save(NOW, office.admin.name)
    assert saves.last(office.admin, table="unit", record_id=9999) is None
    for actor, table in ((office.clerk, "unit"), (office.admin, "case_file"), (office.admin, "")):
        with pytest.raises(NotThere):
            saves.last(actor, table=table, record_id=office.unit_a)


def test_what_lies_beyond_ones_reach_tells_nothing(database: Database) -> None:
    world.fill(database)
    asked = 0
    for table, permission in saves.READ_WITH.items():
        assert saves.last(world.one_of_them(), table=table, record_id=world.ROW) is not None
        for role in Role:
            if GRANTS[role].get(permission, Scope.ALL) is not Scope.ALL:
                asked += 1
                for unit_id in (world.BESIDE, world.BELOW):
                    assert saves.last(world.stranger(role, unit_id), table=table, record_id=world.ROW) is None
    assert asked == 2, "the head of a unit, of lines of work and of scored units"


def test_every_record_that_tells_it_is_there_and_shown() -> None:
    tables = Base.metadata.tables
    assert set(saves.READ_WITH) <= set(tables)
    for table, parts in saves.PARTS.items():
        for of in parts:
            (to,) = of.property.columns[0].foreign_keys
            assert to.column.table.name == table, of
    screens = [*PAGES.rglob("*.py"), *(PAGES.parent / "components").glob("*.py")]
    drawn = "".join(path.read_text(encoding="utf-8") for path in screens)
    assert [table for table in saves.READ_WITH if f'saved_by.show(actor, "{table}"' not in drawn] == []
