"""Review and re-review: asked, heard, decided (Art. 35, 36)."""

from datetime import date

from sqlalchemy import select

from db.models import CaseReview
from db.rules.problems import N_, Check
from db.services.cases.effects.scene import Detail, Scene


def _review(scene: Scene, kind: str) -> CaseReview:
    query = select(CaseReview).where(CaseReview.case_id == scene.case.id, CaseReview.kind == kind)
    return scene.session.scalars(query.order_by(CaseReview.id.desc()).limit(1)).one()


def _not_before(scene: Scene, day: date | None) -> None:
    check = Check()
    check.that(day is None or scene.day("on") >= day, "on", N_("This day is before the step it follows."))
    check.done()


def ask_review(scene: Scene) -> Detail:
    """Asked within 30 days of the reply, decided within 30 (Art. 35)."""
    _not_before(scene, scene.case.replied_on)
    scene.case.closed_on = None
    scene.session.add(CaseReview(case_id=scene.case.id, kind="review", asked_on=scene.day("on")))
    return {}


def ask_rereview(scene: Scene) -> Detail:
    """Asked within 30 days of the review's reply, decided within 30, hearing not counted (Art. 36)."""
    _not_before(scene, _review(scene, "review").decided_on)
    scene.session.add(CaseReview(case_id=scene.case.id, kind="rereview", asked_on=scene.day("on")))
    return {}


def _decide(scene: Scene, kind: str) -> Detail:
    review = _review(scene, kind)
    _not_before(scene, review.hearing_to or review.asked_on)
    review.decided_on = review.told_on = scene.day("on")
    review.decision, review.words = scene.text("decision"), scene.text("words")
    return {}


def decide_review(scene: Scene) -> Detail:
    """The review's decision, told to the resident."""
    return _decide(scene, "review")


def decide_rereview(scene: Scene) -> Detail:
    """The last word: from now on the same facts are not taken up again (Art. 36)."""
    scene.case.exhausted = True
    scene.case.closed_on = scene.today
    return _decide(scene, "rereview")


def start_hearing(scene: Scene) -> Detail:
    """The only thing that stops a clock."""
    review = _review(scene, "rereview")
    _not_before(scene, review.asked_on)
    review.hearing_from = scene.day("on")
    return {}


def end_hearing(scene: Scene) -> Detail:
    """The clock runs again from the next day."""
    review = _review(scene, "rereview")
    _not_before(scene, review.hearing_from)
    review.hearing_to = scene.day("on")
    return {}
