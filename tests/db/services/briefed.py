"""An office with matters of October, and the monthly report about them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.engine import Database
from db.models import Briefing, Case
from db.rules.permissions import Actor
from db.services.briefings import blocks, briefings, contents, issuing
from db.services.briefings.scope import Head
from tests.factories import NOW, SYSTEM, Office, a_case

OCTOBER = NOW - timedelta(days=30)


@dataclass(frozen=True)
class Briefed:
    """What tests of briefings stand on."""

    database: Database
    office: Office

    def received(self, count: int, *, at: datetime = OCTOBER, **changes: object) -> None:
        """So many matters received at a moment."""
        with self.database.transaction(SYSTEM) as session:
            for _ in range(count):
                a_case(session, self.office, received_at=at, **changes)

    def change_all(self, **values: Any) -> None:
        """Write into every matter."""
        with self.database.transaction(SYSTEM) as session:
            for case in session.query(Case):
                for name, value in values.items():
                    setattr(case, name, value)

    def new(self, kind: str = "monthly", *, key: str = "new", language: str = "zh", actor: Actor | None = None) -> int:
        """A draft of what ended last."""
        actor = actor or self.office.clerk
        days = briefings.first_days(actor, kind=kind)
        return briefings.new(actor, kind=kind, begins=days.begins, ends=days.ends, language=language, key=key)

    def empty(self, key: str = "empty") -> int:
        """A draft about October without a block."""
        briefing_id = self.new(key=key)
        for part in self.parts(briefing_id):
            blocks.remove(
                self.office.clerk, block_id=part.block_id, version=part.version, key=f"{key} out {part.block_id}"
            )
        return briefing_id

    def text(self, briefing_id: int, text: str, *, key: str = "") -> int:
        """A text more; answers the block's id."""
        return blocks.add(self.office.clerk, briefing_id=briefing_id, kind="text", text=text, key=key or text)

    def parts(self, briefing_id: int, actor: Actor | None = None) -> tuple[Any, ...]:
        """What a reader is shown."""
        return contents.parts(actor or self.office.clerk, briefing_id=briefing_id)

    def said(self, briefing_id: int, actor: Actor | None = None, language: str = "zh") -> str:
        """The texts a reader is shown."""
        return "".join(part.within(language) for part in self.parts(briefing_id, actor))

    def issue(self, briefing_id: int, key: str = "issue") -> int:
        """Issued by the director."""
        return issuing.issue(self.office.director, briefing_id=briefing_id, key=key)

    def head(self, briefing_id: int, actor: Actor | None = None) -> Head:
        """What is told of it."""
        return briefings.briefing(actor or self.office.clerk, briefing_id=briefing_id)

    def row(self, briefing_id: int) -> Mapping[str, Any]:
        """Every column as it is stored."""
        with self.database.reading() as session:
            row = session.get_one(Briefing, briefing_id)
            return {column.name: getattr(row, column.name) for column in Briefing.__table__.columns}

    def frozen(self, briefing_id: int) -> dict[str, Any]:
        """What was kept of an issued one."""
        found: dict[str, Any] = json.loads(self.row(briefing_id)["document"])
        return found
