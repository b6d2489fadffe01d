"""Limits: every number the program knows has a preset, a label, a unit and a basis."""

import tomllib

import pytest

from db.rules.limits import LABELS, check_limit
from db.rules.problems import Problems
from db.services.office.presets import PRESETS

RULES = tomllib.loads((PRESETS / "limits.toml").read_text("utf-8"))["set"][0]["rules"]


def test_presets_and_labels_name_the_same_limits() -> None:
    assert {rule["code"] for rule in RULES} == set(LABELS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["code"])
def test_a_preset_limit_is_sensible(rule: dict[str, object]) -> None:
    check_limit(
        code=str(rule["code"]), amount=int(str(rule["amount"])), unit=str(rule["unit"]), basis=str(rule["basis"])
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "unknown"}, "code"),
        ({"amount": -1}, "amount"),
        ({"amount": 4000}, "amount"),
        ({"unit": "flag", "amount": 2}, "amount"),
        ({"unit": "weeks"}, "unit"),
        ({"basis": "  "}, "basis"),
    ],
)
def test_a_senseless_limit_is_refused(changes: dict[str, object], field: str) -> None:
    values: dict[str, object] = {"code": "notice", "amount": 15, "unit": "calendar_days", "basis": "Art. 23"}
    with pytest.raises(Problems) as caught:
        check_limit(**(values | changes))  # type: ignore[arg-type]
    assert [p.field for p in caught.value.problems] == [field]
