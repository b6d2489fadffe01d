"""Searches for a rota, each in a process of its own: asked for, watched, stopped, and what they found taken."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import clock
from db.engine import current, reading, transaction
from db.models import Rota, RotaPlace, RotaSearch
from db.rules.permissions import Actor, Permission
from db.rules.problems import N_, Changed, Check, NotThere, Problem, Problems
from db.services.acts import earlier, guarded, remember
from db.services.duty import ground, running
from db.services.duty.tasks import Meaning, placed, sound, task_of
from db.services.records import Saved, last_writer

SECONDS = 60
LEAST, MOST = 1, 3600
WAITING, RUNNING, DONE, STOPPED, FAILED = "waiting", "running", "done", "stopped", "failed"
BUSY = N_("A search for this rota is already under way.")
WAITS = N_("Other rotas are being searched; this one begins as soon as it is its turn.")
BROKE_OFF = N_("The search broke off; the best it had found is kept.")
FOUND_NOTHING = N_("The search broke off before it had found anything.")
_KEPT = timedelta(days=1)
_YOUNG = timedelta(seconds=20)
_log = logging.getLogger("linli.duty")


@dataclass(frozen=True)
class Progress:
    """How far the latest search of a rota is.

    `state`: waiting (others are searching), running, done (over), stopped (by somebody), failed (it ended by itself;
    the best it had is kept). `elapsed` seconds of `seconds`; `open` places in the best so far (None: nothing yet);
    `found`: when something better was found: seconds, cost and open places; `proven`: nothing better exists; `note`:
    a sentence about waiting or failing; `may_take`: over, with a result that wasn't taken yet.
    """

    search_id: int
    state: str
    seconds: int
    elapsed: float
    open: int | None
    found: Sequence[tuple[float, int, int]]
    proven: bool
    note: Problem | None
    taken: bool
    may_take: bool


@guarded(Permission.DUTY_PLAN)
def ask(
    actor: Actor,
    *,
    rota_id: int,
    seconds: int | None = SECONDS,
    seed: int | None = None,
    rounds: int | None = None,
    key: str,
) -> int:
    """Begin a search for a draft in a process of its own; answers its id.

    `seed` None: the rota's own. With `rounds` instead of seconds the same seed gives the same rota on every machine.
    """
    check = Check()
    in_range = isinstance(seconds, int) and LEAST <= seconds <= MOST
    check.that(in_range, "seconds", "Give {least} to {most} seconds.", least=LEAST, most=MOST)
    check.done()
    with reading() as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        rota = _draft(ground.rota_of(session, actor, rota_id))
        fixed = session.scalars(select(RotaPlace.id).where(RotaPlace.rota_id == rota.id, RotaPlace.fixed)).all()
        planned = ground.planned(session, rota)
        tasked = task_of(session, planned, fixed=fixed)
        serving = {place.id: place.member_id for place in planned.places}
        seed = rota.seed if seed is None else seed
    _tidy(actor)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        ground.draft_of(session, actor, rota_id)
        _refuse_second(session, rota_id)
        now = clock.now()
        search = RotaSearch(
            rota_id=rota_id,
            seconds=seconds,
            began_at=now,
            beat_at=now,
            asked_by_id=actor.id,
            result=json.dumps({"meaning": asdict(tasked.meaning), "serving": serving, "seed": seed}),
        )
        session.add(search)
        session.flush()
        remember(session, actor, key, "searching.ask", search.id)
        search_id = search.id
    running.begin(_folder(search_id), tasked, seconds=seconds or SECONDS, seed=seed, rounds=rounds)
    return search_id


@guarded(Permission.DUTY_PLAN)
def progress(actor: Actor, *, rota_id: int) -> Progress | None:
    """How far the latest search of a rota is; None when there never was one."""
    search = _latest(actor, rota_id)
    if search is None or search.ended_at is not None:
        return _over(search) if search else None
    seen = _look(search)
    if seen.alive and seen.ended is None:
        return _under_way(search, seen)
    _settle(actor, search.id)
    search = _latest(actor, rota_id)
    return _over(search) if search else None


@guarded(Permission.DUTY_PLAN)
def stop(actor: Actor, *, search_id: int) -> None:
    """End a search; the best it found is kept to be taken."""
    with transaction(actor) as session:
        search = _search(session, actor, search_id)
        if search.ended_at is None:
            search.stop_asked = True
    running.ask_to_stop(_folder(search_id))


@guarded(Permission.DUTY_PLAN)
def take(actor: Actor, *, search_id: int, replace: bool = False, key: str) -> Saved:
    """Put what was found into the draft; fixed places stay.

    Raises Changed when places were changed by hand since the search began, unless `replace`.
    """
    with reading() as session:
        _search(session, actor, search_id)
    _settle(actor, search_id)
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return Saved(tuple(done), {}, {})
        search = _search(session, actor, search_id)
        rota = ground.draft_of(session, actor, search.rota_id)
        kept = json.loads(search.result)
        check = Check()
        check.that(search.ended_at is not None, "", "The search is still under way; stop it, or wait for it.")
        check.that(search.ended_at is None or "placed" in kept, "", "The search found nothing that could be taken.")
        check.that(not search.taken, "", "This result was taken already.")
        check.done()
        changed = _put(session, actor, rota, kept, replace=replace)
        search.taken = True
        rota.seed = kept["seed"]
        ground.touch(session, rota)
        remember(session, actor, key, "searching.take", changed)
        return Saved(tuple(changed), {}, {})


def _put(session: Session, actor: Actor, rota: Rota, kept: Mapping[str, Any], *, replace: bool) -> list[int]:
    """Write who serves; answers the places that changed hands."""
    found, was = _by_place(kept["placed"]), _by_place(kept["serving"])
    places = session.scalars(select(RotaPlace).where(RotaPlace.rota_id == rota.id, RotaPlace.fixed.is_(False)))
    mine = [place for place in places.all() if place.id in found]
    by_hand = [place for place in mine if place.member_id != was[place.id]]
    if by_hand and not replace:
        raise Changed(
            theirs={"places": len(by_hand)},
            mine={"places": sum(place.member_id != found[place.id] for place in mine)},
            by=last_writer(session, "rota_place", by_hand[-1].id),
            version=rota.version,
        )
    new = [place for place in mine if place.member_id != found[place.id]]
    for place in new:
        place.member_id = found[place.id]
    session.flush()
    return [place.id for place in new]


# --- one search ---


def _draft(rota: Rota) -> Rota:
    if rota.state != ground.DRAFT:
        raise Problems(Problem("", ground.NO_DRAFT))
    return rota


def _latest(actor: Actor, rota_id: int) -> RotaSearch | None:
    with reading() as session:
        ground.rota_of(session, actor, rota_id)
        query = select(RotaSearch).where(RotaSearch.rota_id == rota_id)
        return session.scalars(query.order_by(RotaSearch.id.desc()).limit(1)).one_or_none()


def _search(session: Session, actor: Actor, search_id: int) -> RotaSearch:
    search = session.get(RotaSearch, search_id)
    if search is None:
        raise NotThere(f"search {search_id}")
    ground.rota_of(session, actor, search.rota_id)
    return search


def _refuse_second(session: Session, rota_id: int) -> None:
    query = select(RotaSearch.id).where(RotaSearch.rota_id == rota_id, RotaSearch.ended_at.is_(None))
    if session.scalar(query) is not None:
        raise Problems(Problem("", BUSY))


def _by_place(kept: Mapping[str, int | None]) -> dict[int, int | None]:
    return {int(place): member for place, member in kept.items()}


def _folder(search_id: int) -> Path:
    return running.folder_of(current().settings.folder, f"search-{search_id}")


def _look(search: RotaSearch) -> running.Look:
    return running.look(_folder(search.id), young=clock.now() - search.began_at < _YOUNG)


def _under_way(search: RotaSearch, seen: running.Look) -> Progress:
    found = seen.best.found if seen.best else ()
    return Progress(
        search_id=search.id,
        state=WAITING if seen.waits else RUNNING,
        seconds=search.seconds,
        elapsed=seen.elapsed or 0.0,
        open=found[-1][2] if found else None,
        found=found,
        proven=False,
        note=Problem("", WAITS) if seen.waits else None,
        taken=False,
        may_take=False,
    )


def _over(search: RotaSearch) -> Progress:
    found = [(float(when), int(cost), int(still)) for when, cost, still in json.loads(search.progress)]
    kept = json.loads(search.result)
    failed = search.failure != ""
    return Progress(
        search_id=search.id,
        state=FAILED if failed else STOPPED if search.stop_asked else DONE,
        seconds=search.seconds,
        elapsed=kept.get("elapsed", 0.0),
        open=found[-1][2] if found else None,
        found=found,
        proven=kept.get("proven", False),
        note=Problem("", search.failure) if failed else None,
        taken=search.taken,
        may_take="placed" in kept and not search.taken,
    )


def _settle(actor: Actor, search_id: int) -> None:
    """Write down how a search that is over ended, and remove its files; one under way is left alone."""
    folder = _folder(search_id)
    with reading() as session:
        search = session.get(RotaSearch, search_id)
        if search is None or search.ended_at is not None:
            return
        seen = _look(search)
        if seen.alive and seen.ended is None:
            return
        kept = _answer(session, search, seen)
    with transaction(actor) as session:
        search = session.get_one(RotaSearch, search_id)
        if search.ended_at is not None:
            return
        search.result = json.dumps(kept)
        search.progress = json.dumps(seen.best.found if seen.best else [])
        search.failure = "" if seen.ended else BROKE_OFF if seen.best else FOUND_NOTHING
        search.ended_at = search.beat_at = clock.now()
    if seen.ended is None:
        _log.error("search %d broke off: %s", search_id, running.last_words(folder))
    running.remove(folder)


def _answer(session: Session, search: RotaSearch, seen: running.Look) -> dict[str, Any]:
    """What was found, by place, as far as it breaks no rule by now."""
    kept: dict[str, Any] = json.loads(search.result)
    if seen.best is not None:
        pinned, serving = _by_place(kept["meaning"]["pinned"]), _by_place(kept["serving"])
        found = placed(Meaning(**kept["meaning"] | {"pinned": pinned}), seen.best.roster, serving)
        planned = ground.planned(session, session.get_one(Rota, search.rota_id))
        kept = {"placed": sound(planned, found, pinned), "serving": serving, "seed": kept["seed"]}
    return kept | {"elapsed": seen.elapsed or 0.0, "proven": bool(seen.ended and seen.ended.proven)}


def _tidy(actor: Actor) -> None:
    """Settle what nobody asked after for a day, and remove what is left over."""
    for folder in running.left_over(current().settings.folder, clock.now() - _KEPT):
        name, _, number = folder.name.partition("-")
        if name == "search" and number.isdecimal():
            _settle(actor, int(number))
        running.remove(folder)
