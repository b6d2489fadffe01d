"""A batch of forms leaves here: fetched once by who had it made, like every list."""

from db.rules.permissions import Actor
from db.services import batch


def of_batch(actor: Actor, token: str) -> tuple[str, bytes]:
    """One Word document, or a folder of them."""
    made = batch.fetch(actor, token=token)
    return made.name, made.content
