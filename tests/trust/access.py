"""docs/access.md, generated from the two permission tables and the doors: `python -m tests.trust.access` writes it."""

from collections.abc import Iterator
from itertools import groupby

from components.screens import SCREENS
from db.rules.permissions import GRANTS, Permission, Role, Scope
from tests.trust.calls import services

REACH = {Scope.OWN: "own", Scope.UNIT: "unit", Scope.UNIT_BELOW: "unit and below", Scope.ALL: "all"}
HEAD = (
    "# Who may do what",
    "",
    "Generated from `db/rules/permissions.py`, `components/screens.py` and the doors of `db/services`; after a change: "
    "`python -m tests.trust.access`. A test fails when this page is behind.",
    "",
    '"own", "unit", "unit and below" and "all" say how far a permission reaches. On top of every reach: a sealed case '
    "is seen only by who was let in, whoever stepped aside sees nothing of it, and what is not yours answers as if it "
    "did not exist.",
    "",
)


def document() -> str:
    """The whole page."""
    return "\n".join([*HEAD, *_roles(), *_permissions()]) + "\n"


def _roles() -> Iterator[str]:
    yield "## By role\n"
    for role in Role:
        reached = sorted(GRANTS[role].items(), key=lambda granted: (-granted[1], granted[0]))
        told = (
            f"{REACH[scope]}: {', '.join(f'`{permission}`' for permission, _ in together)}"
            for scope, together in groupby(reached, key=lambda granted: granted[1])
        )
        yield f"- **{role}**: {'; '.join(told)}"


def _permissions() -> Iterator[str]:
    yield "\n## By permission\n"
    yield "| Permission | Who, how far | Screens | Services |"
    yield "| --- | --- | --- | --- |"
    for permission in Permission:
        who = [f"{role} ({REACH[GRANTS[role][permission]]})" for role in Role if permission in GRANTS[role]]
        screens = [screen.path or "/" for screen in SCREENS if screen.permission is permission]
        doors = [service.name for service in services() if service.permission is permission]
        yield f"| `{permission}` | {', '.join(who)} | {', '.join(screens)} | {', '.join(doors)} |"


if __name__ == "__main__":
    from tests.test_house import ROOT

    (ROOT / "docs" / "access.md").write_text(document(), encoding="utf-8")
