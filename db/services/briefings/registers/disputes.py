"""Disputes as a register of charts: how many were accepted, agreed and refused, and the amounts agreed on."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, select, true

from db.models import Agreement, Committee, Dispute, Mediator
from db.rules.briefings.chart import Words
from db.rules.mediation.words import AgreementForm
from db.rules.permissions import Actor, Permission, Scope
from db.services.briefings.registers import naming
from db.services.briefings.registers.declaring import Asked, Condition, Dimension, Measure, Reckoning, Register, by_code
from db.services.briefings.registers.shared import TIME, counted
from db.services.mediation.scope import gathered

FEN = 100


def visible(actor: Actor) -> ColumnElement[bool]:
    """The disputes this person's figures reach: the whole office's, or those of the committees one belongs to."""
    scope = actor.scope(Permission.MEDIATION_FIGURES)
    if scope is Scope.ALL:
        return true()
    if scope is None or actor.id is None:
        return false()
    own = select(Mediator.committee_id).where(Mediator.person_id == actor.id, Mediator.active)
    return Dispute.committee_id.in_(own)


def readable(actor: Actor) -> ColumnElement[bool]:
    """The files this person may open."""
    return gathered(actor)


def record(_asked: Asked) -> tuple[SQLColumnExpression[Any], ...]:
    """The columns of one file behind a figure."""
    named = select(Committee.name).where(Committee.id == Dispute.committee_id).scalar_subquery()
    return Dispute.id, Dispute.number, Dispute.subject, named, Dispute.state


def _with_agreement(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.outerjoin(Agreement, Agreement.dispute_id == Dispute.id)


def _agreed(_asked: Asked) -> ColumnElement[bool]:
    return Agreement.effective_on.is_not(None)


def _in_form(form: AgreementForm) -> Condition:
    return lambda asked: and_(_agreed(asked), Agreement.form == form)


def _ended(*, refused: bool) -> Callable[[Asked], ColumnElement[bool]]:
    by_party = Dispute.refused_by != "" if refused else Dispute.refused_by == ""
    return lambda _: and_(Dispute.routes_told != "", by_party)


_DIMENSIONS = (
    Dimension(
        code="category",
        name=Words("纠纷类型", "Category"),
        expression=lambda _: Dispute.category,
        labels=naming.of_codes("dispute_category"),
    ),
    Dimension(
        code="source",
        name=Words("纠纷来源", "Source"),
        expression=lambda _: Dispute.source,
        labels=naming.of_codes("dispute_source"),
    ),
    Dimension(
        code="committee",
        name=Words("调委会", "Committee"),
        expression=lambda _: Dispute.committee_id,
        labels=naming.of_rows(Committee),
    ),
    *TIME,
)
_MEASURES = (
    Measure(
        code="accepted",
        name=Words("受理纠纷", "Disputes accepted"),
        definition=Words(
            "期间内受理的纠纷，按受理之日计。", "Disputes accepted in the period, by the day of acceptance."
        ),
        day=lambda _: Dispute.accepted_on,
    ),
    Measure(
        code="succeeded",
        name=Words("调解成功", "Disputes agreed"),
        definition=Words(
            "期间内受理的纠纷中，已达成调解协议并生效的。",
            "Of the disputes accepted in the period, those with an agreement in effect.",
        ),
        day=lambda _: Dispute.accepted_on,
        joined=_with_agreement,
        where=_agreed,
    ),
    Measure(
        code="success_rate",
        name=Words("调解成功率", "Success rate"),
        definition=Words(
            "期间内受理的纠纷中，已达成调解协议并生效的占比。",
            "Of the disputes accepted in the period, the share with an agreement in effect.",
        ),
        unit="rate",
        reckoning=Reckoning.RATE,
        day=lambda _: Dispute.accepted_on,
        joined=_with_agreement,
        top=lambda asked: counted(_agreed(asked)),
        bottom=lambda _: func.count(),
    ),
    Measure(
        code="amount",
        name=Words("协议涉及金额", "Amount agreed on"),
        definition=Words(
            "期间内受理并达成协议的纠纷，协议约定的金额合计（元）。",
            "Yuan agreed on in the agreements of disputes accepted in the period.",
        ),
        unit="yuan",
        reckoning=Reckoning.SUM,
        day=lambda _: Dispute.accepted_on,
        joined=_with_agreement,
        where=_agreed,
        top=lambda _: func.coalesce(func.sum(Agreement.amount), 0),
        bottom=lambda _: func.count(),
        scale=FEN,
    ),
    Measure(
        code="written",
        name=Words("书面协议", "Written agreements"),
        definition=Words(
            "期间内受理的纠纷中，达成书面协议并生效的。",
            "Of the disputes accepted in the period, those with a written agreement in effect.",
        ),
        day=lambda _: Dispute.accepted_on,
        joined=_with_agreement,
        where=_in_form(AgreementForm.WRITTEN),
    ),
    Measure(
        code="oral",
        name=Words("口头协议", "Oral agreements"),
        definition=Words(
            "期间内受理的纠纷中，达成口头协议并生效的。",
            "Of the disputes accepted in the period, those with an oral agreement in effect.",
        ),
        day=lambda _: Dispute.accepted_on,
        joined=_with_agreement,
        where=_in_form(AgreementForm.ORAL),
    ),
    Measure(
        code="refused",
        name=Words("当事人拒绝调解", "Mediation refused"),
        definition=Words(
            "期间内因当事人拒绝而终止调解、并已告知其他途径的纠纷。",
            "Disputes that ended in the period because a party refused, other ways told.",
        ),
        day=lambda _: Dispute.ended_on,
        where=_ended(refused=True),
    ),
    Measure(
        code="failed",
        name=Words("调解不成", "Mediation failed"),
        definition=Words(
            "期间内调解不成而终止、并已告知其他途径的纠纷。",
            "Disputes that ended in the period without an agreement, other ways told.",
        ),
        day=lambda _: Dispute.ended_on,
        where=_ended(refused=False),
    ),
)

REGISTER = Register(
    code="disputes",
    name=Words("纠纷", "Disputes"),
    permission=Permission.MEDIATION_FIGURES,
    reads=Permission.MEDIATION_READ,
    dimensions=by_code(*_DIMENSIONS),
    measures=by_code(*_MEASURES),
    begun=lambda query: query.select_from(Dispute),
    visible=visible,
    readable=readable,
    record=record,
)
