"""Cases brought to a point of their way through the services, each on the day the test stands on."""

from collections.abc import Mapping
from datetime import date
from itertools import count

from db.rules.case_flow import Step
from db.rules.cases import Kind
from db.services import cases, intake
from tests.db.services.test_cases import an_intake
from tests.factories import NOW, Office

TODAY: date = NOW.date()
TOLD = {"how": "telephone", "on": TODAY, "words": "已告知"}
ANSWER = {"outcome": "supported", "facts": "属实", "legal_basis": "条例", "words": "已停工"}
RATED = {"how": "telephone", "on": TODAY, "reached": True, "satisfaction": "satisfied", "solved": "yes"}
_keys = count()

Taken = tuple[str, Step, Mapping[str, object]]
ROUTED: tuple[Taken, ...] = (("deputy", Step.PROPOSE, {"unit": "unit_a"}), ("leader", Step.APPROVE, {}))
OBJECTED = (*ROUTED, ("handler", Step.OBJECT, {"reason": "不属本所"}))
HANDLING = (*ROUTED, ("handler", Step.ACCEPT, {}))
ANSWERED = (*HANDLING, ("handler", Step.ANSWER, ANSWER))
SIGNED = (*ANSWERED, ("head", Step.SIGN, {}))
CONFIRMED = (*SIGNED, ("leader", Step.CONFIRM, {}))
REPLIED = (*CONFIRMED, ("clerk", Step.REPLY, TOLD))
VISITED = (*REPLIED, ("deputy", Step.VISIT, RATED))
CLOSED = (*VISITED, ("leader", Step.CLOSE, {}))
REVIEW = (*REPLIED, ("clerk", Step.ASK_REVIEW, {"on": TODAY, "reason": "不服"}))
REVIEWED = (*REVIEW, ("director", Step.DECIDE_REVIEW, {"decision": "upheld", "on": TODAY, "words": "维持"}))
REREVIEW = (*REVIEWED, ("clerk", Step.ASK_REREVIEW, {"on": TODAY, "reason": "仍不服"}))
HEARING = (*REREVIEW, ("director", Step.START_HEARING, {"on": TODAY}))
HELPED: tuple[Taken, ...] = (
    ("deputy", Step.PROPOSE, {"unit": "unit_b", "co_units": ("unit_a",)}),
    ("leader", Step.APPROVE, {}),
)
HELPED_ANSWERED = (*HELPED, ("handler", Step.CO_ANSWER, {"reason": "已劝停"}))
EXTENSION_ASKED = (*HANDLING, ("handler", Step.ASK_EXTENSION, {"days": 20, "reason": "需要鉴定"}))
EXTENDED = (*EXTENSION_ASKED, ("director", Step.DECIDE_EXTENSION, {"approved": "yes"}))
TWICE = (
    *OBJECTED,
    ("leader", Step.AGREE_RETURN, {"reason": "同意"}),
    *ROUTED,
    ("handler", Step.OBJECT, {"reason": "仍不属本所"}),
)


def key() -> str:
    """A fresh submission key."""
    return f"stage-{next(_keys)}"


def values_in(office: Office, values: Mapping[str, object]) -> dict[str, object]:
    """The values with units and people by name turned into ids."""
    ids: dict[object, object] = {name: getattr(office, name) for name in ("unit_a", "unit_b", "group_a", "centre")}
    ids |= {name: actor.id for name, actor in office.people.items()}

    def one(field: str, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(ids[part] for part in value)
        return ids[value] if field in ("unit", "person") else value

    return {field: one(field, value) for field, value in values.items()}


def take(office: Office, who: str, case_id: int, step: Step, **values: object) -> cases.Receipt:
    """One step by one person on the case as it stands."""
    actor = office.people[who]
    version = cases.view(actor, case_id=case_id).version
    told = values_in(office, values)
    return cases.take_step(actor, case_id=case_id, version=version, step=step, values=told, key=key())


def brought(office: Office, way: tuple[Taken, ...] = (), *, sealed: bool = False, **changes: object) -> int:
    """A fresh case after these steps."""
    if sealed:
        changes |= {"kind": Kind.ACCUSATION, "taken_by_id": office.director.id, "accused_unit_id": office.unit_b}
    case_id = intake.register(office.clerk, intake=an_intake(**changes), key=key()).case_id
    for who, step, values in way:
        take(office, who, case_id, step, **values)
    return case_id
