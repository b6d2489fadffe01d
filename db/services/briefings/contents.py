"""What stands in a briefing: a draft's figures as they are now, an issued one's as they were frozen."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading
from db.models import Briefing, BriefingBlock
from db.rules.briefings.chart import ChartSpec
from db.rules.briefings.issuing import BlockKind, Days, State, about
from db.rules.briefings.naming import Figure
from db.rules.briefings.parts import DASH, Part, Told, unpacked
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, LinliError, Problems
from db.services.acts import guarded
from db.services.briefings import templates
from db.services.briefings.blocks import version_of
from db.services.briefings.drawing import draw_in
from db.services.briefings.named_figures import Answers
from db.services.briefings.registers import REGISTERS
from db.services.briefings.scope import blocks_standing, load
from db.services.office import limits_in_force

LIMIT = "small_counts"
NOT_YOURS = N_("These figures are not yours to see; whoever issues the briefing must be able to.")
NOT_DRAWN = N_("This chart can't be drawn any more: the register it asks does not know what it asks for.")


@guarded(Permission.BRIEFINGS_READ)
def parts(actor: Actor, *, briefing_id: int) -> tuple[Part, ...]:
    """The parts in their order, as this reader may see them; raises NotThere.

    A draft's are asked for now; where a chart or figure can't be drawn, `why` is a message.
    """
    with reading() as session:
        row = load(session, actor, briefing_id, removed=True)
        if row.state == State.DRAFT:
            return drawn(session, actor, row)
        kept = json.loads(row.document)
    return tuple(
        part.for_reader(lambda code: _hides(actor, code), int(kept["below"])) for part in unpacked(kept["parts"])
    )


@guarded(Permission.BRIEFINGS_KEEP)
def preview(actor: Actor, *, briefing_id: int, text: str) -> Part:
    """A text as it would read in this briefing now; names nobody knows stay as they were typed."""
    with reading() as session:
        row = load(session, actor, briefing_id, removed=True)
        return _Maker(session, actor, Days(row.begins, row.ends), limit(session)).text(text)


def drawn(session: Session, actor: Actor, row: Briefing) -> tuple[Part, ...]:
    """Every part of a draft as it is now, as far as this person may see it."""
    maker = _Maker(session, actor, Days(row.begins, row.ends), limit(session))
    return tuple(maker.part(block) for block in blocks_standing(session, row.id))


def limit(session: Session) -> int:
    """Below which a count is hidden from who reads figures only."""
    return limits_in_force(session, clock.today(current().settings.timezone))[LIMIT].amount


class _Maker:
    """Blocks made into parts; each question about the briefing's days is asked once."""

    def __init__(self, session: Session, actor: Actor, days: Days, below: int) -> None:
        self._session, self._actor, self._days = session, actor, days
        self._answers = Answers(session, actor, days, below)

    def part(self, block: BriefingBlock) -> Part:
        """One of them, with its place among the blocks."""
        made = self._kinds()[BlockKind(block.kind)](block)
        return Part(**(vars(made) | {"block_id": block.id, "version": version_of(block)}))

    def text(self, text: str, kind: BlockKind = BlockKind.TEXT) -> Part:
        """A text with its figures."""
        pieces: list[str | Told] = []
        why = ""
        for piece in templates.names().pieces(text):
            told, reason = (piece, "") if isinstance(piece, str) else self._told(piece)
            pieces.append(told if told is not None else DASH.zh)
            why = why or reason
        return Part(kind=kind, text=text, pieces=tuple(pieces), why=why)

    def _kinds(self) -> Mapping[BlockKind, Callable[[BriefingBlock], Part]]:
        return {
            BlockKind.HEADING: lambda block: self.text(block.text, BlockKind.HEADING),
            BlockKind.TEXT: lambda block: self.text(block.text),
            BlockKind.CHART: self._chart,
            BlockKind.FIGURES: self._figures,
        }

    def _chart(self, block: BriefingBlock) -> Part:
        spec = about(ChartSpec.from_json(block.document), self._days)
        found, why = _tried(lambda: draw_in(self._session, self._actor, spec, hidden=False))
        return Part(kind=block.kind, text=spec.title, drawn=found, why=why)

    def _figures(self, block: BriefingBlock) -> Part:
        answered = [self._told(figure) for figure in templates.names().of(block.document.split())]
        why = next((reason for _, reason in answered if reason), "")
        return Part(
            kind=block.kind, text=block.document, figures=tuple(one for one, _ in answered if one is not None), why=why
        )

    def _told(self, figure: Figure) -> tuple[Told | None, str]:
        return _tried(lambda: self._answers.told(figure))


def _hides(actor: Actor, code: str) -> bool:
    """Whether small numbers of a register are hidden from who may not see both its figures and its records."""
    register = REGISTERS.get(code)
    return register is None or not (actor.may(register.permission) and actor.may(register.reads))


def _tried(ask: Callable[[], Any]) -> tuple[Any, str]:
    """What is answered, or why there is no answer."""
    try:
        return ask(), ""
    except Problems:
        return None, NOT_DRAWN
    except LinliError:
        return None, NOT_YOURS
