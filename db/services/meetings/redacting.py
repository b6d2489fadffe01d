"""No resident's name in a meeting: whoever stands in the words of a case is shown as a mask."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import current
from db.identity import decrypt, mask_contact, mask_name
from db.models import CaseParty

MASKS = {"name": mask_name, "contact": mask_contact, "guardian": mask_name}
# A name of one character is part of too many words.
SHORTEST = 2
Masked = Sequence[tuple[str, str]]


class Names:
    """The parties of some cases, in clear for as long as this object lives, to be replaced by their masks."""

    def __init__(self, session: Session, case_ids: Collection[int | None]) -> None:
        self._of: defaultdict[int | None, list[tuple[str, str]]] = defaultdict(list)
        ids = {case_id for case_id in case_ids if case_id is not None}
        parties = session.scalars(select(CaseParty).where(CaseParty.case_id.in_(ids))) if ids else ()
        for party in parties:
            for name, mask in MASKS.items():
                said = decrypt(current(), f"case_party.{name}", getattr(party, name)).strip()
                if len(said) >= SHORTEST:
                    self._of[party.case_id].append((said, mask(said)))
        for pairs in self._of.values():
            pairs.sort(key=lambda pair: -len(pair[0]))

    def masked(self, case_id: int | None, text: str) -> str:
        """The text with everybody of this case behind a mask."""
        for said, mask in self._of.get(case_id, ()):
            text = text.replace(said, mask)
        return text
