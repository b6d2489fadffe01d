"""The disputes behind a figure of the year, as a condition the list puts into its query."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select

from db.models import Agreement, Dispute
from db.rules.mediation.words import AgreementForm, Confirmation


class Counted(StrEnum):
    """A figure that counts files."""

    ACCEPTED = "accepted"
    SUCCEEDED = "succeeded"
    WRITTEN = "written"
    ORAL = "oral"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    FAILED = "failed"


IN_VAIN = (Counted.REFUSED, Counted.FAILED)


def behind(counted: Counted, year: int) -> ColumnElement[bool]:
    """What the figure counts: results in the year of acceptance, endings in vain in the year they ended."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if counted in IN_VAIN:
        refused = Dispute.refused_by != "" if counted is Counted.REFUSED else Dispute.refused_by == ""
        return and_(Dispute.ended_on.between(first, last), Dispute.routes_told != "", refused)
    accepted = Dispute.accepted_on.between(first, last)
    if counted is Counted.ACCEPTED:
        return accepted
    agreed = select(Agreement.dispute_id).where(Agreement.effective_on.is_not(None))
    if counted is Counted.CONFIRMED:
        agreed = agreed.where(Agreement.confirmation == Confirmation.CONFIRMED)
    elif counted is not Counted.SUCCEEDED:
        agreed = agreed.where(Agreement.form == AgreementForm(counted))
    return and_(accepted, Dispute.id.in_(agreed))
