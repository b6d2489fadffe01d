"""Saved lists: mine and shared ones, once, nobody overwritten, removed and put back, on my desk."""

import pytest

from db.engine import Database
from db.rules.permissions import Actor, Role
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import saved_lists
from db.services.shelf import LONGEST_NAME
from tests.db.services.untouched import nothing_changes
from tests.factories import Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def a_list(actor: Actor, name: str = "噪音", query: str = "text=噪音&tab=all", key: str = "made") -> int:
    """A saved list of that person."""
    return saved_lists.save(actor, name=name, screen="cases", query=query, key=key)


def names(actor: Actor) -> list[str]:
    return [one.name for one in saved_lists.of_screen(actor, screen="cases")]


def test_a_list_is_kept_once_in_one_order_without_its_page(office: Office) -> None:
    pk = a_list(office.clerk, "  =1+1 <b>本月</b> ", "text=a%26b&tab=all&page=7&id=3")
    assert a_list(office.clerk, "again") == pk
    (kept,) = saved_lists.of_screen(office.clerk, screen="cases")
    assert (kept.name, kept.address, kept.mine) == ("=1+1 <b>本月</b>", {"tab": "all", "text": "a&b"}, True)
    assert kept.query == saved_lists.fixed("text=a%26b&tab=all")
    assert saved_lists.of_screen(office.clerk, screen="works") == []
    assert names(office.director) == []


@pytest.mark.parametrize(
    ("name", "query"), [(" ", "tab=all"), ("x" * (LONGEST_NAME + 1), "tab=all"), ("x", f"text={'长' * 300}")]
)
def test_what_has_no_name_or_asks_for_too_much_is_not_kept(
    database: Database, office: Office, name: str, query: str
) -> None:
    with nothing_changes(database), pytest.raises(Problems):
        a_list(office.clerk, name, query)


def test_who_a_list_is_shared_with_opens_it_and_may_not_change_it(database: Database, office: Office) -> None:
    pk = a_list(office.clerk)
    saved_lists.share(office.clerk, list_id=pk, roles=[Role.HANDLER, Role.DIRECTOR], key="share")
    own = a_list(office.viewer, key="own")
    assert names(office.handler) == names(office.director) == ["噪音"]
    assert names(office.leader) == []
    (theirs,) = saved_lists.of_screen(office.handler, screen="cases")
    assert (theirs.mine, theirs.roles) == (False, ())
    with nothing_changes(database):
        for who, refusal in ((office.director, Refused), (office.leader, NotThere)):
            with pytest.raises(refusal):
                saved_lists.rename(who, list_id=pk, version=1, name="x", key="k")
            with pytest.raises(refusal):
                saved_lists.remove(who, list_id=pk, version=1, key="k")
            with pytest.raises(refusal):
                saved_lists.share(who, list_id=pk, roles=[], key="k")
        with pytest.raises(NotThere):
            saved_lists.pin(office.leader, list_id=pk, key="k")
        with pytest.raises(Refused):
            saved_lists.share(office.viewer, list_id=own, roles=[], key="k")
        with pytest.raises(Problems):
            saved_lists.share(office.clerk, list_id=pk, roles=["nobody"], key="k")
    saved_lists.share(office.clerk, list_id=pk, roles=[Role.HANDLER], key="less")
    assert names(office.director) == []


def test_who_saves_second_sees_both_names(office: Office) -> None:
    pk = a_list(office.clerk)
    saved_lists.rename(office.clerk, list_id=pk, version=1, name="首", key="1")
    with pytest.raises(Changed) as both:
        saved_lists.rename(office.clerk, list_id=pk, version=1, name="次", key="2")
    assert (both.value.theirs["name"], both.value.mine["name"]) == ("首", "次")


def test_a_removed_list_is_nowhere_until_it_is_put_back(office: Office) -> None:
    pk = a_list(office.clerk)
    saved_lists.share(office.clerk, list_id=pk, roles=[Role.DIRECTOR], key="share")
    for who in (office.clerk, office.director):
        saved_lists.pin(who, list_id=pk, key=f"pin {who.name}")
    saved_lists.remove(office.clerk, list_id=pk, version=1, key="away")
    assert not names(office.clerk)
    assert not names(office.director)
    assert not saved_lists.pinned(office.director)
    assert [one.id for one in saved_lists.removed(office.clerk, screen="cases")] == [pk]
    assert not saved_lists.removed(office.director, screen="cases")
    saved_lists.restore(office.clerk, list_id=pk, key="back")
    assert [one.id for one in saved_lists.pinned(office.director)] == [pk]
    saved_lists.share(office.clerk, list_id=pk, roles=[], key="for myself")
    assert not saved_lists.pinned(office.director)


def test_a_desk_holds_so_many_in_the_order_they_were_put_there(office: Office) -> None:
    pks = [a_list(office.clerk, f"{n}", f"text={n}", key=f"{n}") for n in range(saved_lists.MOST_PINNED + 1)]
    for pk in reversed(pks[1:]):
        saved_lists.pin(office.clerk, list_id=pk, key=f"pin {pk}")
    with pytest.raises(Problems):
        saved_lists.pin(office.clerk, list_id=pks[0], key="one more")
    saved_lists.unpin(office.clerk, list_id=pks[-1], key="off")
    saved_lists.pin(office.clerk, list_id=pks[0], key="now")
    assert [one.id for one in saved_lists.pinned(office.clerk)] == [*reversed(pks[1:-1]), pks[0]]
