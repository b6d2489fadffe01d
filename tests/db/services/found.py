"""Matters to be found."""

from itertools import count

from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.services import intake
from db.services.intake import Registered

_keys = count()


def a_matter(actor: Actor, *, name: str = "", contact: str = "", **words: object) -> Registered:
    """A registered matter; without a name and a number it is anonymous."""
    usual: dict[str, object] = {"subject": "一事", "text": "一事", "category": "construction", "notice_shown": True}
    usual["anonymous"] = not (name or contact)
    parties = (Party(name=name, contact=contact),) if name or contact else ()
    matter = Intake(**(usual | {"parties": parties} | words))  # type: ignore[arg-type]
    return intake.register(actor, intake=matter, key=f"found-{next(_keys)}")
