"""Pairs that look alike are found with their reasons, once, and only a person decides about them."""

from collections.abc import Sequence

import pytest

from db.engine import reading, transaction
from db.models import CaseLikely
from db.rules.case_flow import Step
from db.rules.intake import Party
from db.rules.problems import Changed, NotThere, Refused
from db.services import cases
from db.services.cases import likely_lists, merging
from db.services.cases.likely_lists import Tab, pairs
from db.services.cases.likely_pairs import look_for
from tests.db.services.stages import brought, key, take
from tests.db.services.test_merging import merge
from tests.factories import SYSTEM, Office

NOISE = "东门工地每晚十一点后仍在打桩，老人孩子无法休息，请有关部门到现场核实。"
OTHER = (Party(name="王大华", contact="15400000002"),)
SAME = (Party(name="李小明", contact="15400000001"),)


def look(*case_ids: int) -> int:
    with transaction(SYSTEM) as session:
        return look_for(session, case_ids)


def why(office: Office) -> dict[frozenset[int], tuple[str, ...]]:
    """The open pairs and their reasons."""
    return {frozenset((p.earlier["id"], p.later["id"])): p.why for p in pairs(office.deputy).pairs}


def test_pairs_are_found_by_number_contact_place_and_words(office: Office) -> None:
    first = brought(office, subject="夜间施工", text=NOISE, place="东门路12号", source_number="12345202611190001",
                    parties=SAME)  # fmt: skip
    made = {
        ("words",): brought(office, subject="投诉", text=f"领导您好。{NOISE}", place="", parties=OTHER),
        ("number",): brought(office, subject="催办", text="12345202611190001号事项没有答复", place="", parties=OTHER),
        ("contact",): brought(office, subject="工地", text="东门的工地昨天夜里又打桩了", place="", parties=SAME),
        ("place",): brought(office, subject="夜里吵", text="工地每晚打桩声太大", place="东门路12号", parties=OTHER),
    }
    for number, text in enumerate(("西村水渠堵塞，农田被淹", "广场舞音响太大"), start=3):
        brought(office, subject=text, text=text, place="", parties=(Party(name="某人", contact=f"1540000000{number}"),))
    sealed = brought(office, sealed=True, subject="夜间施工", text=NOISE)
    look(first, sealed, *made.values())
    found = why(office)
    for reasons, case_id in made.items():
        assert set(reasons) <= set(found[frozenset((first, case_id))]), reasons
    assert not any(sealed in pair for pair in found)
    assert all(one <= {first, *made.values()} for one in found)


def test_a_copy_with_words_of_its_own_is_found(office: Office) -> None:
    told = f"尊敬的领导您好。{NOISE}已经两个月了，物业不管，投诉也没有回音，孩子快要考试。"
    one, other = brought(office, text=NOISE, parties=SAME), brought(office, subject="求助", text=told, parties=OTHER)
    assert look(other) == 1
    assert "words" in why(office)[frozenset((one, other))]


def test_a_pair_is_kept_once_and_never_decided_by_itself(office: Office) -> None:
    one, other = (brought(office, text=NOISE) for _ in range(2))
    assert look(other) == 1
    assert look(one, other) == 0
    (pair,) = pairs(office.deputy).pairs
    assert (pair.earlier["id"], pair.later["id"], pair.state) == (one, other, "open")
    assert not cases.view(office.deputy, case_id=one).links


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_decided(office: Office) -> None:
    one, other, third = (brought(office, text=NOISE) for _ in range(3))
    look(one, other, third)
    by_ids = {frozenset((p.earlier["id"], p.later["id"])): p for p in pairs(office.deputy).pairs}
    asked = by_ids[frozenset((one, other))]
    with pytest.raises(Refused):
        pairs(office.clerk)
    likely_lists.call_repeat(
        office.deputy, pair_id=asked.id, version=asked.version, how="telephone", words="前一件正在办理", key=key()
    )
    assert [link["kind"] for link in cases.view(office.deputy, case_id=other).links] == ["repeat"]
    assert cases.view(office.deputy, case_id=other).timeline[-1]["text"] == "前一件正在办理"
    with pytest.raises(Changed):
        likely_lists.call_different(office.deputy, pair_id=asked.id, version=asked.version, key=key())
    unlike = by_ids[frozenset((one, third))]
    likely_lists.call_different(office.deputy, pair_id=unlike.id, version=unlike.version, key=key())
    assert look(one, other, third) == 0
    assert _ids(pairs(office.deputy, tab=Tab.DIFFERENT).pairs) == [unlike.id]
    likely_lists.reopen(office.deputy, pair_id=unlike.id, version=unlike.version + 1, key=key())
    merge(office, one, third)
    assert _state(unlike.id) == "merged"
    assert why(office) == {}
    merging.unmerge(office.deputy, gone_id=third, key=key())
    assert _state(unlike.id) == "open"
    assert pairs(office.deputy, reason="number").total == 0
    assert pairs(office.deputy, reason="words", page=9).page == 1
    take(office, "leader", third, Step.RECUSE, reason="亲属")
    with pytest.raises(NotThere):
        likely_lists.call_different(office.leader, pair_id=unlike.id, version=unlike.version + 3, key=key())
    assert frozenset((one, third)) not in {
        frozenset((p.earlier["id"], p.later["id"])) for p in pairs(office.leader).pairs
    }


def _ids(found: Sequence[likely_lists.Pair]) -> list[int]:
    return [pair.id for pair in found]


def _state(pair_id: int) -> str:
    with reading() as session:
        return session.get_one(CaseLikely, pair_id).state
