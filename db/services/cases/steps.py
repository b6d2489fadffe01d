"""Taking a step in the flow: one act for the whole table, its effect on the rows beside it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from db import clock
from db.engine import transaction
from db.models import Case, CaseEntry
from db.rules.case_flow import BY_STEP, ENDED, FieldKind, FlowFacts, State, Step, check_step, target_of
from db.rules.permissions import Actor, Permission
from db.services.acts import earlier, guarded, remember
from db.services.case_clocks import keep_due
from db.services.cases.effects import EFFECTS, Scene
from db.services.cases.scope import load, must_be_seen
from db.services.cases.standing import flow_facts, shares_of, standing_of


@dataclass(frozen=True)
class Receipt:
    """What a write led to, told to the person from the database."""

    case_id: int
    number: str
    state: str
    version: int
    at: datetime


APPENDS = frozenset({Step.NOTE, Step.TELL})


@guarded(Permission.CASES_READ)
def take_step(
    actor: Actor, *, case_id: int, version: int, step: Step, values: Mapping[str, object], key: str
) -> Receipt:
    """Take one step of db/rules/case_flow; raises Refused, NotThere, Problems or Changed and then writes nothing."""
    with transaction(actor) as session:
        done = earlier(session, key)
        if done is not None:
            return Receipt(**done | {"at": datetime.fromisoformat(done["at"])})
        entry = take_in(session, actor, case_id=case_id, version=version, step=step, values=values)
        case = session.get_one(Case, entry.case_id)
        receipt = Receipt(case.id, case.number, case.state, case.version, clock.now())
        remember(session, actor, key, f"case.{step}", asdict(receipt) | {"at": receipt.at.isoformat()})
        return receipt


def take_in(
    session: Session,
    actor: Actor,
    *,
    case_id: int,
    version: int | None,
    step: Step,
    values: Mapping[str, object],
    detail: Mapping[str, object] = MappingProxyType({}),
) -> CaseEntry:
    """Take a step inside the caller's transaction; `version` None takes it on the case as it stands.

    `detail` goes into the line of the timeline it leads to, which is answered.
    """
    case = load(session, actor, case_id, write=True)
    shares = shares_of(session, case.id)
    facts = flow_facts(session, case, actor, shares)
    if step not in APPENDS and version is not None:
        must_be_seen(session, case, version, dict(values))
    clean = check_step(step, facts, actor, standing_of(actor, shares, facts), values)
    return _apply(Scene(session, actor, case, shares, facts, clean), step, {**detail, **_for(case, facts, step)})


def _for(case: Case, facts: FlowFacts, step: Step) -> Mapping[str, object]:
    """In whose place a stand-in took a handler's step: both names stand in the timeline."""
    if not facts.stands_in_for or Permission.CASES_HANDLE not in BY_STEP[step].permissions:
        return {}
    return {"for_id": case.handler_id, "for_name": facts.stands_in_for}


def _apply(scene: Scene, step: Step, more: Mapping[str, object]) -> CaseEntry:
    case, facts = scene.case, scene.facts
    becomes = target_of(step, facts, scene.values)
    detail = EFFECTS[step](scene) if step in EFFECTS else {}
    entry = _entry(scene, step, becomes, {**detail, **more})
    scene.session.add(entry)
    case.state = becomes
    case.open = becomes not in ENDED
    if not case.open and case.closed_on is None:
        case.closed_on = facts.today
    keep_due(scene.session, case)
    scene.session.flush()
    return entry


def _entry(scene: Scene, step: Step, becomes: State, detail: Mapping[str, object]) -> CaseEntry:
    values = {f.name: scene.values.get(f.name) for f in BY_STEP[step].fields}
    words = [f.name for f in BY_STEP[step].fields if f.kind is FieldKind.WORDS]
    spoken = next((str(values[name]) for name in words if values[name]), "")
    inside = str(values.get("reason") or "")
    kept = {name: _plain(v) for name, v in values.items() if name not in ("reason", *words) and v not in (None, ())}
    return CaseEntry(
        case_id=scene.case.id,
        at=clock.now(),
        person_id=scene.actor.id,
        unit_id=scene.actor.unit_id,
        step=step,
        from_state=scene.facts.state,
        to_state=becomes,
        public=bool(spoken),
        text=spoken or inside,
        detail=json.dumps(kept | dict(detail), ensure_ascii=False),
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
