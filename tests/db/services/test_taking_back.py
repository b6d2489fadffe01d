"""The last save of a table edited in place is taken back: once, by who saved, and never over somebody else's."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from db import clock
from db.engine import Database
from db.rules.permissions import Actor
from db.rules.problems import NotThere, Problems, Refused
from db.services import office as services
from db.services import retention, taking_back
from db.services.ledgers import books
from db.services.records import Saved
from tests.db.services.untouched import nothing_changes
from tests.factories import NOW, Office
from tests.frames import row_of

pytestmark = pytest.mark.usefixtures("database")
Rows = Mapping[int, tuple[int, Mapping[str, object]]]


def codes(actor: Actor) -> pd.DataFrame:
    return services.codes(actor, list_name="category")


def own_limits(actor: Actor) -> pd.DataFrame:
    """The numbers of a set nobody uses yet."""
    sets = services.limit_sets(actor)
    copies = sets[sets["name"] == "Local"]
    if copies.empty:
        told: dict[str, Any] = {"name": "Local", "source": "s", "effective_from": NOW.date() + timedelta(days=40)}
        services.copy_limits(actor, limit_set_id=1, **told, key="copy")
        return own_limits(actor)
    return services.limit_rules(actor, limit_set_id=int(copies["id"].iloc[0]))


# By table: who edits it, what its rows are, how they are saved, a column, and two other values of it.
TABLES: dict[str, tuple[str, Callable[[Actor], pd.DataFrame], Callable[..., Saved], str, tuple[Any, Any]]] = {
    "codes": ("admin", codes, services.edit_codes, "label_en", ("One", "Two")),
    "limits": ("admin", own_limits, services.edit_limits, "amount", (45, 46)),
    "ledgers": ("admin", books.every, books.edit, "name_en", ("One", "Two")),
    "retention": ("director", retention.schedule, retention.edit_rules, "amount", (21, 22)),
}
PARTS: Mapping[str, object] = {"codes": "category", "limits": 2, "ledgers": "", "retention": ""}


def change(office: Office, name: str, places: list[int], value: object, key: str) -> Saved:
    """Save another value into the rows at these places."""
    who, rows_of, save, column, _ = TABLES[name]
    actor = office.people[who]
    rows = rows_of(actor).iloc[places]
    typed: Rows = {int(one): (int(n), {column: value}) for one, n in zip(rows["id"], rows["version"], strict=True)}
    saved = save(actor, rows=typed, key=key)
    assert len(saved.saved) == len(places)
    return saved


def column_of(office: Office, name: str) -> list[Any]:
    who, rows_of, _, column, _ = TABLES[name]
    return list(rows_of(office.people[who])[column])


def last(office: Office, name: str) -> taking_back.LastSave:
    found = taking_back.last_save(office.people[TABLES[name][0]], name=name, part=PARTS[name])
    assert found is not None
    return found


@pytest.mark.parametrize("name", TABLES)
def test_the_last_save_is_taken_back_once(name: str, database: Database, office: Office) -> None:
    actor, (value, other) = office.people[TABLES[name][0]], TABLES[name][4]
    before = column_of(office, name)
    assert taking_back.last_save(actor, name=name, part=PARTS[name]) is None
    change(office, name, [0], value, "first")
    between = column_of(office, name)
    change(office, name, [1], other, "second")
    act = last(office, name)
    with nothing_changes(database):
        outsider = office.people["clerk"]
        with pytest.raises((NotThere, Refused)):
            taking_back.take_back(outsider, act_id=act.id, key="not theirs")
        with pytest.raises(Refused):
            taking_back.last_save(outsider, name=name, part=PARTS[name])
    saved = taking_back.take_back(actor, act_id=act.id, key="back")
    assert len(saved.saved) == act.count
    assert column_of(office, name) == between != before
    with nothing_changes(database):
        assert taking_back.take_back(actor, act_id=act.id, key="back").saved == saved.saved
        with pytest.raises(Problems, match="taken back already"):
            taking_back.take_back(actor, act_id=act.id, key="again")
    assert taking_back.last_save(actor, name=name, part=PARTS[name]) is None


def test_a_row_saved_since_stays_as_it_is(office: Office) -> None:
    before = column_of(office, "codes")
    change(office, "codes", [0, 1], "Both", "mine")
    act = last(office, "codes")
    row = codes(office.admin).iloc[0]
    services.edit_codes(office.admin, rows={int(row["id"]): (int(row["version"]), {"label_en": "Later"})}, key="later")
    saved = taking_back.take_back(office.admin, act_id=act.id, key="back")
    assert (len(saved.saved), len(saved.conflicts)) == (1, 1)
    assert column_of(office, "codes")[:2] == ["Later", before[1]]


def test_a_save_that_changed_nothing_leaves_the_one_before(office: Office) -> None:
    change(office, "codes", [0], "One", "first")
    first = last(office, "codes")
    change(office, "codes", [0], "One", "same")
    assert last(office, "codes").id == first.id
    row = row_of(codes(office.admin), "One", by="label_en")
    assert row["label_en"] == "One"


def test_what_lies_too_far_back_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    change(office, "codes", [0], "One", "first")
    act = last(office, "codes")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=400))
    assert taking_back.last_save(office.admin, name="codes", part="category") is None
    with pytest.raises(Problems, match="too long ago"):
        taking_back.take_back(office.admin, act_id=act.id, key="late")
