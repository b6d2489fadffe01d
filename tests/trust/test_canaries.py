"""G10: planted names and telephones reach nobody who may not read them; who may, finds them."""

import pytest

from db.engine import Database
from db.rules.permissions import Permission
from db.services import cases
from tests.factories import Office
from tests.trust import canaries

PLANTED = 20
WITHOUT = ("handler", "viewer", "admin", "auditor", "outsider")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_name_reaches_who_may_not_read_it(database: Database, office: Office) -> None:
    signs, ids = canaries.plant(office, PLANTED)
    figures = canaries.look(database, office, signs, ids, WITHOUT[:3], every=9)
    assert figures.hits == []
    assert figures.planted == PLANTED
    assert figures.looks > 60
    assert office.director.may(Permission.CASES_UNMASK)
    told = [repr(cases.unmask(office.director, case_id=one)) for one in ids]
    assert sum(sign in "".join(told) for sign in signs) == PLANTED, (
        "nobody could have seen them: this run shows nothing"
    )
