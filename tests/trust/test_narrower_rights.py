"""Rights everybody who has them holds for the whole office keep to a unit as soon as they are granted for one."""

import os
from types import MappingProxyType

import pytest

from db.engine import Database
from db.rules import permissions
from db.rules.permissions import GRANTS, Permission, Scope
from tests.trust import matrix, world
from tests.trust.calls import services

EVERY = int(os.environ.get("UNHEARD_EVERY", "3"))  # 1 asks all services
# Whose services ask how far the right reaches. The others manage what the office has but once.
ASKED = {
    Permission.CASES_CONFER,
    Permission.CASES_MERGE,
    Permission.CASES_PROPOSE,
    Permission.CASES_SUPERVISE,
    Permission.DUTY_PUBLISH,
    Permission.DUTY_READ,
    Permission.MEDIATION_SIGN,
    Permission.SCORES_ENTER,
    Permission.SCORES_RULE,
    Permission.WORKS_KEEP,
}
# What one is told that is the same for every unit.
ALIKE = {
    "duty.exports.ask_gaps": "which weeks are planned is known of every duty",
    "duty.gaps.gaps": "the same",
    "scoring.computing.compute": "an assessment is known, and none of its units is computed",
}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_right_granted_for_a_unit_keeps_to_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    world.fill(database)
    narrowed = {
        role: {right: min(scope, Scope.UNIT_BELOW) for right, scope in rights.items()}
        for role, rights in GRANTS.items()
    }
    for module in (permissions, matrix):
        monkeypatch.setattr(module, "GRANTS", MappingProxyType(narrowed))
    chosen = [service for service in services() if service.permission in ASKED and service.name not in ALIKE]
    figures = matrix.behind_the_doors(database, chosen[::EVERY], reached="unit")
    assert figures.deviations == []
    assert figures.services - len(figures.inconclusive) > 50 / EVERY
