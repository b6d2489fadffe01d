"""Who has to do with the matter: stepping aside for an interest (Art. 28), seeing a sealed one (Art. 30)."""

from typing import cast

from db.models import CaseRecusal
from db.services.cases.effects.scene import Detail, Scene
from db.services.cases.people import let_see, why_not_named


def recuse(scene: Scene) -> Detail:
    """Stepping aside for a direct interest; from now on the matter is not theirs to see."""
    scene.session.add(
        CaseRecusal(case_id=scene.case.id, person_id=cast(int, scene.actor.id), reason=scene.text("reason"))
    )
    if scene.case.handler_id == scene.actor.id:
        scene.case.handler_id = None
    return {}


def grant_access(scene: Scene) -> Detail:
    """One more person may see a sealed matter, never one of the accused unit."""
    person = scene.person("person", why_not_named(scene.session, scene.case, scene.values["person"]))
    let_see(scene.session, scene.actor, scene.case, person.id)
    return {"person_name": person.name}
