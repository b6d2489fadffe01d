"""Looks at a confidential record: which events count as one, and who is told of them."""

from collections.abc import Collection

from db.rules.permissions import Actor, Permission

EMERGENCY = "emergency"
LOOKS = ("look", "unmask", "download", "print", "export", "copy", EMERGENCY)


def may_be_told(actor: Actor, answer_for_it: Collection[int | None]) -> bool:
    """Whether somebody who sees a case reads who has seen it: who takes charge of sealed ones, who answers for it."""
    return actor.may(Permission.CASES_SEALED) or (actor.id is not None and actor.id in answer_for_it)
