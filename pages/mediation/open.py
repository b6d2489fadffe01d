"""Opening a dispute: from a case, an application or on the committee's own initiative."""

from components import dispute_open, dispute_opened
from components.screens import enter

actor = enter(__file__)
opened = dispute_opened.just_opened()

if opened is None:
    dispute_open.ask(actor, dispute_open.begun(actor))
else:
    dispute_opened.show(actor, opened)
