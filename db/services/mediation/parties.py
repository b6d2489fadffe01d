"""The parties of a dispute: who they are, their rights, their consent (Art. 17, 23)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pandas as pd
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, transaction
from db.identity import decrypt, encrypt, mask_contact, mask_name, party_keys
from db.models import Dispute, DisputeParty, Obligation
from db.rules.mediation.flow import must_be_live
from db.rules.mediation.opening import BOTH_SIDES, IDENTITIES, MASKED, PartyForm, check_party, has_both_sides
from db.rules.mediation.words import Consent, State, Step, TellHow
from db.rules.mediation.writing import NO_CHOICE, check_day, check_order
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Check
from db.services.acts import earlier, guarded, remember
from db.services.mediation import ground, scope, timeline
from db.services.mediation.looks import look
from db.services.records import fill

IN_CLEAR = ["id", "side", "kind", "name", "contact", "address", "guardian", "agent", "agent_contact"]
PLAIN = ("side", "kind", "sex", "age", "occupation", "child", "agent_powers", "agent_until")
MASKS = {"name": mask_name, "contact": mask_contact, "agent": mask_name}


@guarded(Permission.MEDIATION_KEEP)
def add_party(
    actor: Actor,
    *,
    dispute_id: int,
    side: str,
    kind: str = "person",
    name: str = "",
    contact: str = "",
    address: str = "",
    sex: str = "",
    age: int | None = None,
    occupation: str = "",
    child: bool = False,
    guardian: str = "",
    agent: str = "",
    agent_contact: str = "",
    agent_powers: str = "",
    agent_until: date | None = None,
    key: str,
) -> int:
    """One more party; a child's makes the file a child's. Answers its id."""
    form = PartyForm(
        side, kind, name, contact, address, sex, age, occupation, child, guardian, agent, agent_contact, agent_powers,
        agent_until,
    )  # fmt: skip
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _live(session, actor, dispute_id)
        _check_form(form)
        party = new_party(dispute, form)
        session.add(party)
        dispute.child = dispute.child or form.child
        session.flush()
        timeline.line(session, actor, dispute, Step.PARTY, detail={"party": party.name_mask, "added": True})
        remember(session, actor, key, "mediation.add_party", party.id)
        return party.id


@guarded(Permission.MEDIATION_KEEP)
def edit_party(
    actor: Actor,
    *,
    dispute_id: int,
    party_id: int,
    version: int,
    side: str,
    kind: str = "person",
    name: str | None = None,
    contact: str | None = None,
    address: str | None = None,
    sex: str = "",
    age: int | None = None,
    occupation: str = "",
    child: bool = False,
    guardian: str | None = None,
    agent: str | None = None,
    agent_contact: str | None = None,
    agent_powers: str = "",
    agent_until: date | None = None,
    key: str,
) -> int:
    """Correct a party; an identity that is None or still its own mask stays as it is. Answers the new version."""
    plain = dict(zip(PLAIN, (side, kind, sex, age, occupation, child, agent_powers, agent_until), strict=True))
    secret = dict(zip(IDENTITIES, (name, contact, address, guardian, agent, agent_contact), strict=True))
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, plain)
        was = form_of(party)
        form = replace(was, **plain, **_typed(party, secret))  # type: ignore[arg-type]
        _check_form(form)
        changed = [field for field in (*PLAIN, *IDENTITIES) if getattr(form, field) != getattr(was, field)]
        fill(party, columns_of(form, changed))
        _check_sides(session, dispute, "side")
        dispute.child = dispute.child or form.child
        session.flush()
        if changed:
            detail = {"party": party.name_mask, "changed": changed}
            timeline.line(session, actor, dispute, Step.PARTY, detail=detail)
        remember(session, actor, key, "mediation.edit_party", party.version)
        return party.version


@guarded(Permission.MEDIATION_KEEP)
def remove_party(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Take a party out of the file; the last of a side only before acceptance. Answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _live(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, {})
        _check_unbound(session, party)
        party.removed_at = clock.now()
        _check_sides(session, dispute, "")
        return _noted(session, actor, dispute, party, Step.REMOVE, key, what="dispute_party")


@guarded(Permission.MEDIATION_KEEP)
def restore_party(actor: Actor, *, dispute_id: int, party_id: int, version: int, key: str) -> int:
    """Put a removed party back; answers its new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _live(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, {}, removed=True)
        party.removed_at = None
        dispute.child = dispute.child or party.child
        return _noted(session, actor, dispute, party, Step.RESTORE, key, what="dispute_party")


@guarded(Permission.MEDIATION_KEEP)
def tell_rights(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, told_on: date | None, told_how: str, key: str
) -> int:
    """The party was told its rights and obligations; answers its new version."""
    mine = {"told_on": told_on, "told_how": told_how}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, mine)
        check = Check()
        check.that(told_how in tuple(TellHow), "told_how", NO_CHOICE)
        if check_day(check, "told_on", told_on, ground.today()):
            check_order(check, "told_on", told_on, dispute.received_on, N_("It was received on {day}."))
            late = party.consent == Consent.YES and party.consent_on and told_on and told_on > party.consent_on
            check.that(not late, "told_on", N_("The party consented on {day}."), day=party.consent_on)
        check.done()
        fill(party, mine)
        return _noted(session, actor, dispute, party, Step.TELL, key, on=told_on, how=told_how)


@guarded(Permission.MEDIATION_KEEP)
def record_consent(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, consent_on: date | None, key: str
) -> int:
    """The party consented, having been told its rights; answers its new version."""
    mine = {"consent": Consent.YES, "consent_on": consent_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = _live(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, mine)
        check = Check()
        if check.that(party.told_on, "consent_on", N_("Rights are told before consent is given.")):
            check_day(check, "consent_on", consent_on, ground.today())
            check_order(check, "consent_on", consent_on, party.told_on, N_("The rights were told on {day}."))
        check.done()
        fill(party, mine)
        return _noted(session, actor, dispute, party, Step.CONSENT, key, on=consent_on)


@guarded(Permission.MEDIATION_KEEP)
def see_identity(
    actor: Actor, *, dispute_id: int, party_id: int, version: int, identity_seen_on: date | None, key: str
) -> int:
    """The party's identity document was seen by the actor; no copy is kept. Answers its new version."""
    mine = {"identity_seen_on": identity_seen_on}
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        dispute = scope.kept(session, actor, dispute_id)
        party = ground.own(session, dispute, DisputeParty, party_id, version, mine)
        check = Check()
        check_day(check, "identity_seen_on", identity_seen_on, ground.today())
        check.done()
        fill(party, mine | {"identity_seen_by_id": actor.id})
        return _noted(session, actor, dispute, party, Step.PARTY, key, identity_seen_on=identity_seen_on)


@guarded(Permission.MEDIATION_UNMASK)
def unmask(actor: Actor, *, dispute_id: int) -> pd.DataFrame:
    """The parties in clear: columns of IN_CLEAR; the look is journalled."""
    with transaction(actor) as session:
        dispute = scope.load(session, actor, dispute_id, Permission.MEDIATION_UNMASK)
        look(session, actor, dispute.id, "unmask")
        rows = [
            [party.id, *(getattr(form_of(party), field) for field in IN_CLEAR[1:])]
            for party in ground.parties(session, dispute)
        ]
        return pd.DataFrame(rows, columns=IN_CLEAR)


def new_party(dispute: Dispute, form: PartyForm) -> DisputeParty:
    """The row of a checked form, its identities encrypted."""
    party = DisputeParty(dispute_id=dispute.id)
    fill(party, columns_of(form, (*PLAIN, *IDENTITIES)))
    return party


def columns_of(form: PartyForm, fields: tuple[str, ...] | list[str]) -> dict[str, object]:
    """These fields as they are stored: identities encrypted, their masks and the digests to find them by beside."""
    columns: dict[str, object] = {}
    for field in fields:
        value = getattr(form, field)
        value = value.strip() if isinstance(value, str) else value
        columns[field] = encrypt(current(), f"dispute_party.{field}", value) if field in IDENTITIES else value
        if field in MASKED:
            columns[f"{field}_mask"] = MASKS[field](value)
    if {"name", "contact"} & set(fields):
        columns |= party_keys(current(), form.name, form.contact)
    return columns


def form_of(party: DisputeParty) -> PartyForm:
    """A party in clear, for the service's own eyes."""
    plain = {field: getattr(party, field) for field in PLAIN}
    clear = {field: decrypt(current(), f"dispute_party.{field}", getattr(party, field)) for field in IDENTITIES}
    return PartyForm(**plain, **clear)  # type: ignore[arg-type]


def _live(session: Session, actor: Actor, dispute_id: int) -> Dispute:
    """The dispute while it is not decided who agreed or refused."""
    dispute = scope.kept(session, actor, dispute_id)
    must_be_live(State(dispute.state))
    return dispute


def _typed(party: DisputeParty, secret: Mapping[str, str | None]) -> dict[str, str]:
    """The identities somebody typed anew."""
    shown = {field: getattr(party, f"{field}_mask") for field in MASKED}
    return {
        field: value.strip()
        for field, value in secret.items()
        if value is not None and not (value.strip() and value.strip() == shown.get(field))
    }


def _check_form(form: PartyForm) -> None:
    check = Check()
    check_party(check, form)
    check.done()


def _check_sides(session: Session, dispute: Dispute, field: str) -> None:
    """Once a dispute is accepted there is always somebody on each side."""
    session.flush()
    check = Check()
    fine = dispute.state == State.REGISTERED or has_both_sides(p.side for p in ground.parties(session, dispute))
    check.that(fine, field, BOTH_SIDES)
    check.done()


def _check_unbound(session: Session, party: DisputeParty) -> None:
    owed = select(Obligation.id).where(
        or_(Obligation.debtor_id == party.id, Obligation.creditor_id == party.id), Obligation.removed_at.is_(None)
    )
    check = Check()
    check.that(session.scalar(owed.limit(1)) is None, "", N_("An obligation names this party; take that out first."))
    check.done()


def _noted(
    session: Session, actor: Actor, dispute: Dispute, party: DisputeParty, step: Step, key: str, **detail: object
) -> int:
    session.flush()
    timeline.line(session, actor, dispute, step, detail={"party": party.name_mask} | detail)
    remember(session, actor, key, f"mediation.{step}", party.version)
    return party.version
