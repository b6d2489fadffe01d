"""Disputes brought to a point of their way through the services, as the mediator of committee A would."""

from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import count

from db.rules.mediation.opening import Opening, PartyForm
from db.rules.mediation.words import Side
from db.rules.permissions import Actor
from db.services.mediation import agreement, dossier, obligations, opening, parties, sessions, steps
from db.services.mediation.read import DisputeView, view

_keys = count()
ROUTES = ("arbitration", "administrative", "court")
APPLICANT = PartyForm(
    side=Side.APPLICANT, name="董小满", contact="15400001234", address="东村三组12号", sex="female", age=46
)
RESPONDENT = PartyForm(
    side=Side.RESPONDENT,
    name="程大河",
    contact="15400005678",
    address="东村三组13号",
    agent="程小溪",
    agent_powers="代为调解",
)


def key() -> str:
    """A fresh submission key."""
    return f"dispute-stage-{next(_keys)}"


class Way:
    """One dispute on its way; each verb brings it one stage on and answers the way itself."""

    def __init__(self, actor: Actor, committee_id: int, mediator_id: int, today: date, **changes: object) -> None:
        self.actor, self.mediator_id, self.today = actor, mediator_id, today
        said = Opening(
            committee_id=committee_id,
            mediator_id=mediator_id,
            category="neighbours",
            subject="院墙排水",
            facts="甲家屋檐水流入乙家院内。\n双方为此多次争吵，院墙受潮。",
            request="改建排水，赔偿院墙损失。",
            place="东村三组",
            received_on=today,
            parties=(APPLICANT, RESPONDENT),
            notice_shown=True,
        )
        asked = Opening(**{**vars(said), **changes})
        self.id = opening.open_dispute(actor, opening=asked, key=key()).dispute_id

    @property
    def seen(self) -> DisputeView:
        """The dispute as its page shows it."""
        return view(self.actor, dispute_id=self.id)

    def accepted(self) -> "Way":
        """Its time begins."""
        steps.accept(self.actor, dispute_id=self.id, version=self.seen.version, accepted_on=self.today, key=key())
        return self

    def consented(self) -> "Way":
        """Rights told and consent given, by everybody."""
        for place in range(len(self.seen.parties)):
            self._party(place, parties.tell_rights, told_on=self.today, told_how="in_person")
            self._party(place, parties.record_consent, consent_on=self.today)
        return self

    def identified(self) -> "Way":
        """Everybody's identity document seen."""
        for place in range(len(self.seen.parties)):
            self._party(place, parties.see_identity, identity_seen_on=self.today)
        return self

    def filed(self, document: str) -> "Way":
        """A paper put into the file."""
        dossier.add_paper(self.actor, dispute_id=self.id, document=document, dated_on=self.today, key=key())
        return self

    def _party(self, place: int, act: Callable[..., object], **values: object) -> None:
        row = self.seen.parties[place]
        act(self.actor, dispute_id=self.id, party_id=row["id"], version=row["version"], key=key(), **values)

    def met(self, kind: str = "session", **changes: object) -> "Way":
        """A session with both sides, or another kind of meeting."""
        said = {
            "held_on": self.today,
            "held_time": time(8, 0),
            "ended_time": time(8, 40),
            "place": "调解室",
            "present": [row["id"] for row in self.seen.parties],
            "statements": "甲：屋檐水流进我家。\n\n乙：愿意改建。",
            "result": "双方同意改建。",
            "recorder": "徐记录",
            "mediators": [self.mediator_id],
        }
        sessions.add_session(self.actor, dispute_id=self.id, kind=kind, key=key(), **{**said, **changes})  # type: ignore[arg-type]
        return self

    def worded(self, **changes: object) -> "Way":
        """The agreement written down, in writing."""
        said = {
            "form": "written",
            "facts": "屋檐水流入邻院，院墙受潮。",
            "content": "乙改建排水并赔偿三千元。",
            "performance": "分三期以转账支付。",
            "amount": "3000",
            "copies": len(self.seen.parties) + 1,
            "reached_on": self.today,
            "mediator_signed_on": self.today,
            "sealed_on": self.today,
        }
        agreement.write_agreement(
            self.actor,
            dispute_id=self.id,
            version=0,
            key=key(),
            **{**said, **changes},  # type: ignore[arg-type]
        )
        return self

    def promised(self, total: str = "3000", first: date | None = None) -> "Way":
        """Three instalments from the respondent to the applicant."""
        (creditor, debtor) = (row["id"] for row in self.seen.parties)
        obligations.add_instalments(
            self.actor,
            dispute_id=self.id,
            debtor_id=debtor,
            creditor_id=creditor,
            total=total,
            count=3,
            first_due_on=first or self.today + timedelta(days=10),
            manner="银行转账",
            key=key(),
        )
        return self

    def concluded(self) -> "Way":
        """Signed by everybody where it is written, and in effect."""
        if self.seen.agreement is not None and self.seen.agreement["form"] == "written":
            for place in range(len(self.seen.parties)):
                self._party(place, agreement.sign, signed_on=self.today)
        agreement.conclude(self.actor, dispute_id=self.id, version=self.seen.version, key=key())
        return self

    def paid(self, place: int, on: date | None = None, amount: str = "") -> "Way":
        """An instalment paid, by default in full and today."""
        row = self.seen.obligations[place]
        obligations.perform(
            self.actor,
            dispute_id=self.id,
            obligation_id=row["id"],
            version=row["version"],
            done_on=on or self.today,
            amount=amount or str(row["left"] / 100),
            evidence="转账凭证",
            key=key(),
        )
        return self

    def refused(self) -> "Way":
        """The respondent does not want to be mediated."""
        steps.refuse(
            self.actor,
            dispute_id=self.id,
            version=self.seen.version,
            party_id=self.seen.parties[1]["id"],
            refused_on=self.today,
            reason="不愿调解。",
            routes=ROUTES,
            routes_told_on=self.today,
            key=key(),
        )
        return self
