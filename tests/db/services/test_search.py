"""Words are found as they stand in a matter, alike on both engines."""

import pytest

from db.engine import Database
from db.models import Case
from db.services import cases
from db.services.cases import Choice, Tab
from tests.db.services.found import a_matter
from tests.factories import SYSTEM, Office

MATTERS = {
    "lamp": {"subject": "东门路12号路灯不亮", "text": "「路灯」坏了三天，Street light NOISE-free；ＡＢＣ栋。"},
    "scattered": {"subject": "路灯", "text": "灯不好修，不亮的还有一盏。东门外门路不熟，有12棵树。"},
    "long": {"subject": "长信", "text": "甲" * 15_000 + "井盖松动" + "乙" * 4_000},
}
ASKED = [
    ("灯", {"lamp", "scattered"}),
    ("路灯", {"lamp", "scattered"}),
    ("路灯不亮", {"lamp"}),
    ("东门路", {"lamp"}),
    ("门路12号", {"lamp"}),
    ("路１２号", {"lamp"}),
    ("12", {"lamp", "scattered"}),
    ("井盖松动", {"long"}),
    ("街灯", set()),
    ("灯路", set()),
    ("noi", {"lamp"}),
    ("oise", set()),
    ("abc栋", {"lamp"}),
    ("路灯 street，「三天」", {"lamp"}),
    ("路灯 井盖", set()),
    ("2026-000002", {"scattered"}),
    ("000003", {"long"}),
    ("3", {"long"}),
    ('路灯" OR "甲', set()),
    ("' | '甲", {"long"}),
    ("*", set()),
    ("NEAR(路灯)", set()),
    ("、。", set()),
]


@pytest.fixture
def named(database: Database, office: Office) -> dict[str, str]:
    """The matters by their numbers; a merged one says nothing."""
    taken = {name: a_matter(office.clerk, **words) for name, words in MATTERS.items()}
    gone = a_matter(office.clerk, **MATTERS["lamp"]).case_id
    with database.transaction(SYSTEM) as session:
        session.get_one(Case, gone).gone = "binned"
    return {receipt.number: name for name, receipt in taken.items()}


def test_words_are_found_as_they_stand(office: Office, named: dict[str, str]) -> None:
    for text, expected in ASKED:
        page = cases.register(office.clerk, choice=Choice(tab=Tab.ALL, text=text))
        assert {named[number] for number in page.rows["number"]} == expected, text
        assert page.total == len(expected), text
