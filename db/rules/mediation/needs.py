"""What stands between a dispute and its next step, as sentences."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from db.rules.mediation.words import AgreementForm, Consent, Side, Standing, State
from db.rules.problems import N_, Problem

Row = Mapping[str, Any]
_MISSING_SIDE = {
    Side.APPLICANT: N_("No applicant is written down."),
    Side.RESPONDENT: N_("No respondent is written down."),
}


def needs_of(
    state: State,
    *,
    parties: Sequence[Row],
    mediators: int,
    sessions: int,
    agreement: Row | None,
    obligations: Sequence[Row] = (),
    visits: int = 0,
) -> tuple[Problem, ...]:
    """Sentences in the order of the procedure; nothing for a file that ended without an agreement.

    `mediators` are those standing, `sessions` those with the parties; removed rows are not given.
    """
    found: list[Problem] = []
    if state in (State.REGISTERED, State.MEDIATING):
        found += _consent(parties)
        if not mediators:
            found.append(Problem("mediators", "No mediator is assigned."))
    if state is State.MEDIATING:
        if not sessions:
            found.append(Problem("sessions", "No session is recorded."))
        found += _agreement(parties, agreement)
    if state is State.AGREED:
        found += _performance(obligations, visits)
    return tuple(found)


def _consent(parties: Sequence[Row]) -> Iterator[Problem]:
    for side, missing in _MISSING_SIDE.items():
        if not any(party["side"] == side for party in parties):
            yield Problem("parties", missing)
    if untold := _names(party for party in parties if party["told_on"] is None):
        yield Problem("parties", "Not told their rights yet: {names}.", {"names": untold})
    if silent := _names(party for party in parties if party["consent"] == ""):
        yield Problem("parties", "No consent yet: {names}.", {"names": silent})
    if against := _names(party for party in parties if party["consent"] == Consent.NO):
        yield Problem("parties", "Refuses to be mediated: {names}.", {"names": against})


def _agreement(parties: Sequence[Row], agreement: Row | None) -> Iterator[Problem]:
    if agreement is None:
        yield Problem("agreement", "The agreement is not written down.")
        return
    if agreement["form"] == AgreementForm.ORAL:
        if agreement["reached_on"] is None:
            yield Problem("agreement", "The day the agreement was reached is missing.")
        return
    if unsigned := _names(party for party in parties if party["signed_on"] is None):
        yield Problem("agreement", "Not signed yet: {names}.", {"names": unsigned})
    if agreement["mediator_signed_on"] is None:
        yield Problem("agreement", "The mediator has not signed.")
    if agreement["sealed_on"] is None:
        yield Problem("agreement", "The agreement has no seal.")
    if agreement["copies"] <= len(parties):
        yield Problem("agreement", "The agreement needs {n} copies.", {"n": len(parties) + 1})


def _performance(obligations: Sequence[Row], visits: int) -> Iterator[Problem]:
    if owed := sum(row["standing"] != Standing.FULFILLED for row in obligations):
        yield Problem("obligations", "Obligations not fulfilled yet: {n}.", {"n": owed})
    if not visits:
        yield Problem("visits", "No follow-up visit is recorded.")


def _names(parties: Iterable[Row]) -> str:
    return "、".join(party["name_mask"] or "–" for party in parties)
