"""Fill a new office with its presets; running it again adds only what is missing and edits nothing."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.models import Code, Ledger, LimitRule, LimitSet, MeetingKind, OfficeFact, PrivacyNotice
from db.rules.limits import check_limit
from db.rules.permissions import Actor, Permission
from db.services.retention.schedule import load_rules
from db.services.working_days import load_known_years

PRESETS = Path(__file__).parents[2] / "presets"


def load_presets(actor: Actor) -> dict[str, int]:
    """Add missing codes, limits, facts, notice, years, meetings, ledgers and periods; answers how many of each."""
    if actor.id is not None:
        actor.must(Permission.LIMITS_MANAGE)
    steps: dict[str, Callable[[Session], int]] = {
        "codes": _codes,
        "limits": _limits,
        "facts": _facts,
        "notices": _notice,
        "years": load_known_years,
        "meetings": meeting_kinds,
        "ledgers": _ledgers,
        "periods": _periods,
    }
    with transaction(actor) as session:
        return {name: step(session) for name, step in steps.items()}


def preset(name: str) -> dict[str, Any]:
    """One preset file, parsed."""
    return tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


def meeting_kinds(session: Session) -> int:
    """Add the kinds of meetings that are missing, due from today on, so that nothing before counts as missed."""
    known = set(session.scalars(select(MeetingKind.code)))
    today = clock.today(current().settings.timezone)
    added = [
        MeetingKind(position=position, begins_on=today, **(kind | {"topics": " ".join(kind["topics"])}))
        for position, kind in enumerate(preset("meetings")["kind"])
        if kind["code"] not in known
    ]
    session.add_all(added)
    return len(added)


def _ledgers(session: Session) -> int:
    known = set(session.scalars(select(Ledger.code)))
    every = enumerate(preset("ledgers")["ledger"], 1)
    added = [Ledger(position=position, **one) for position, one in every if one["code"] not in known]
    session.add_all(added)
    return len(added)


def _periods(session: Session) -> int:
    return load_rules(session, preset("retention")["rule"])


def _codes(session: Session) -> int:
    known = {(name, code) for name, code in session.execute(select(Code.list_name, Code.code))}
    added = [
        Code(
            list_name=part["name"],
            code=entry["code"],
            label_zh=entry["zh"],
            label_en=entry["en"],
            source=part["source"],
            position=position,
        )
        for position, (part, entry) in enumerate((p, e) for p in preset("codes")["list"] for e in p["entries"])
        if (part["name"], entry["code"]) not in known
    ]
    session.add_all(added)
    return len(added)


def _limits(session: Session) -> int:
    added = 0
    for part in preset("limits")["set"]:
        limit_set = session.scalar(select(LimitSet).where(LimitSet.name == part["name"]))
        if limit_set is None:
            effective_from: date = part["effective_from"]
            limit_set = LimitSet(name=part["name"], source=part["source"], effective_from=effective_from)
            session.add(limit_set)
            session.flush()
        known = set(session.scalars(select(LimitRule.code).where(LimitRule.limit_set_id == limit_set.id)))
        for rule in part["rules"]:
            if rule["code"] in known:
                continue
            check_limit(code=rule["code"], amount=rule["amount"], unit=rule["unit"], basis=rule["basis"])
            session.add(LimitRule(limit_set_id=limit_set.id, **rule))
            added += 1
    return added + _limits_of_own_sets(session)


def _limits_of_own_sets(session: Session) -> int:
    """Numbers that came with a later version, for the sets an office copied before; what stands in them stays."""
    rules = {rule["code"]: rule for part in preset("limits")["set"] for rule in part["rules"]}
    known: dict[int, set[str]] = {set_id: set() for set_id in session.scalars(select(LimitSet.id))}
    for set_id, code in session.execute(select(LimitRule.limit_set_id, LimitRule.code)):
        known[set_id].add(code)
    lacking = [
        LimitRule(limit_set_id=set_id, **rule)
        for set_id, codes in known.items()
        for code, rule in rules.items()
        if code not in codes
    ]
    session.add_all(lacking)
    return len(lacking)


def _facts(session: Session) -> int:
    known = set(session.scalars(select(OfficeFact.name)))
    added = [
        OfficeFact(name=name, value=value) for name, value in preset("office")["facts"].items() if name not in known
    ]
    session.add_all(added)
    return len(added)


def _notice(session: Session) -> int:
    if session.scalar(select(PrivacyNotice.id).limit(1)) is not None:
        return 0
    text = preset("privacy_notice")
    session.add(
        PrivacyNotice(
            text_zh=text["zh"].strip(),
            text_en=text["en"].strip(),
            effective_from=min(text["effective_from"], clock.today(current().settings.timezone)),
            created_at=clock.now(),
        )
    )
    return 1
