"""What every act shares: the permission at the door, the refusal in the journal, the key that writes once."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from db import clock, journal, wall
from db.engine import transaction
from db.languages import LANGUAGES
from db.models import Submission
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, NotThere, Problem, Problems, Refused
from db.rules.text import is_whole

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Service = Callable[Concatenate[Actor, Arguments], Result]

NO_CHOICE = N_("This is not one of the choices.")
DOORS: dict[str, Permission] = {}


def guarded(permission: Permission) -> Callable[[Service[Arguments, Result]], Service[Arguments, Result]]:
    """The first beat of every service: `actor.must(permission)`. Refusals and foreign records are journalled."""

    def door(service: Service[Arguments, Result]) -> Service[Arguments, Result]:
        name = f"{service.__module__.removeprefix('db.services.')}.{service.__name__}"
        DOORS[name] = permission

        @functools.wraps(service)
        def enter(actor: Actor, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            try:
                actor.must(permission)
                _check_asked(kwargs)
                with wall.reading_as(actor):
                    return service(actor, *args, **kwargs)
            except (Refused, NotThere) as refusal:
                _journal_refusal(actor, name, refusal, kwargs)
                raise

        return enter

    return door


def _check_asked(told: Mapping[str, Any]) -> None:
    """What a page says by itself and nobody types: a language we speak, filters of whole characters."""
    if told.get("language") not in (None, "", *LANGUAGES):
        raise Problems(Problem("language", NO_CHOICE))
    choice = told.get("choice")
    if is_dataclass(choice):
        for one in fields(choice):
            value = getattr(choice, one.name)
            if isinstance(value, str) and not is_whole(value):
                raise Problems(Problem(one.name, NO_CHOICE))


def _journal_refusal(actor: Actor, name: str, refusal: Exception, arguments: dict[str, Any]) -> None:
    asked = {k: v for k, v in arguments.items() if k.endswith("_id") and isinstance(v, int)}
    with transaction(actor) as session:
        journal.note(
            session,
            "refused",
            tbl=name,
            case_id=asked.get("case_id"),
            detail={"why": type(refusal).__name__, "what": str(refusal), **asked},
        )


def earlier(session: Session, key: str) -> Any | None:
    """What this submission key already led to, or None when it is new."""
    used = session.get(Submission, key)
    return json.loads(used.result) if used else None


def remember(session: Session, actor: Actor, key: str, act: str, result: object) -> None:
    """Use the key up in this transaction; a second use of it fails on the primary key."""
    session.add(Submission(key=key, person_id=actor.id, act=act, result=json.dumps(result), at=clock.now()))
