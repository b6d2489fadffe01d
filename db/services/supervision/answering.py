"""The unit's answer to a supervision notice."""

from db import clock
from db.engine import transaction
from db.rules.permissions import Actor, Permission
from db.rules.problems import Check, Refused
from db.rules.supervision import Act, By, State, check_words, target_of
from db.services.acts import earlier, guarded, remember
from db.services.supervision.scope import load, sides_of
from db.services.supervision.timeline import tell


@guarded(Permission.CASES_HANDLE)
def answer(actor: Actor, *, supervision_id: int, version: int, words: str, key: str) -> int:
    """Say what was done, as somebody of the unit or the matter's handler; answers the notice's new version."""
    with transaction(actor) as session:
        if (done := earlier(session, key)) is not None:
            return int(done)
        notice, case = load(session, actor, supervision_id, version, {"words": words})
        if By.UNIT not in sides_of(session, actor, notice, case):
            raise Refused(Act.ANSWER.value)
        becomes = target_of(State(notice.state), Act.ANSWER)
        check = Check()
        check_words(check, "words", words)
        check.done()
        notice.state, notice.answer = becomes, words.strip()
        notice.answered_at, notice.answered_by_id = clock.now(), actor.id
        session.flush()
        tell(session, actor, case, Act.ANSWER, notice)
        remember(session, actor, key, "supervision.answer", notice.version)
        return notice.version
