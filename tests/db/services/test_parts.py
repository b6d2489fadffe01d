"""A matter made of parts is closed after them; only the director rules otherwise, with a reason in the timeline."""

import pytest

from db.engine import Database
from db.rules.case_flow import Step
from db.rules.problems import Problems
from db.services import cases
from tests.db.services import stages
from tests.db.services.stages import brought, key, take
from tests.db.services.untouched import nothing_changes
from tests.factories import Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def part(office: Office, child: int, parent: int, kind: str = "part_of") -> None:
    number = str(cases.view(office.director, case_id=parent).fields["number"])
    cases.link(office.director, case_id=child, number=number, kind=kind, key=key())


def test_a_parent_waits_for_its_parts(database: Database, office: Office) -> None:
    parent, child = brought(office, stages.VISITED), brought(office)
    part(office, child, parent)
    seen = cases.view(office.leader, case_id=parent)
    assert seen.parts_open
    assert Step.CLOSE not in seen.steps
    assert [(link["kind"], link["earlier"]) for link in seen.links] == [("part_of", False)]
    with nothing_changes(database):
        with pytest.raises(Problems, match="still open"):
            take(office, "leader", parent, Step.CLOSE)
        with pytest.raises(Problems, match="say why"):
            take(office, "director", parent, Step.CLOSE)
    take(office, "director", parent, Step.CLOSE, reason="主体已办结")
    assert cases.view(office.leader, case_id=parent).timeline[-1]["text"] == "主体已办结"


def test_a_parent_is_closed_when_its_parts_are_or_have_left(office: Office) -> None:
    parent, settled, left = brought(office, stages.VISITED), brought(office, stages.VISITED), brought(office)
    for child in (settled, left):
        part(office, child, parent)
    take(office, "leader", settled, Step.CLOSE)
    assert cases.view(office.leader, case_id=parent).parts_open
    cases.unlink(office.director, case_id=left, other_id=parent)
    take(office, "leader", parent, Step.CLOSE)


def test_one_parent_and_no_circle(database: Database, office: Office) -> None:
    top, middle, low, other = (brought(office) for _ in range(4))
    part(office, middle, top)
    part(office, low, middle, kind="related")
    part(office, low, middle)
    sealed = brought(office, sealed=True)
    refused = ((top, low, "is part of this matter"), (low, other, "another one already"), (sealed, other, "sealed"),
               (other, brought(office, stages.CLOSED), "is settled"), (top, top, "no other case"))  # fmt: skip
    for child, parent, why in refused:
        with nothing_changes(database), pytest.raises(Problems, match=why):
            part(office, child, parent)
