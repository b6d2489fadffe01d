"""Every form of the product that takes long to fill in keeps a draft, or stands here with its reason."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from components.forms import Form
from components.kept_forms import KeptForm
from tests.test_house import CODE, calls, dotted, nodes, tree

SCREENS = [name for name in CODE if name.startswith(("components/", "pages/"))]
FIELDS = {"text", "area", "number", "tick", "day", "time", "choose", "choose_many"}
MOST_FIELDS = 2
# Where a form stands that is no Form, or a text of several lines outside one.
OF_THEIR_OWN: Mapping[str, str] = {
    "components/forms.py": "the form itself, for what is short",
    "components/kept_forms.py": "the form that keeps a draft",
    "components/intake_fields.py": "taking in keeps its own draft, from the first word on",
    "components/case_steps.py": "a step keeps its own draft",
    "components/find_box.py": "words to search for: never kept",
    "components/case_merged.py": "a number to look up: never kept",
    "components/front_door/second_factor.py": "a one-time code: never kept",
    "components/front_door/change_password.py": "a password: never kept",
}


@cache
def functions() -> dict[tuple[str, str], ast.FunctionDef]:
    """Every function of the screens, by file and name."""
    return {(name, node.name): node for name in SCREENS for node in nodes(name) if isinstance(node, ast.FunctionDef)}


@cache
def imported(name: str) -> dict[str, str]:
    """What a file calls things of other files: the name here, and `file` or `file:function` there."""
    found = {}
    for node in nodes(name):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = f"{node.module.replace('.', '/')}"
                found[alias.asname or alias.name] = f"{module}.py:{alias.name}|{module}/{alias.name}.py:"
    return found


def function_of(name: str, call: ast.Call) -> tuple[str, str] | None:
    """The screens' function that is called, wherever it stands."""
    first, _, rest = dotted(call.func).partition(".")
    known = functions()
    if not rest and (name, first) in known:
        return name, first
    for way in imported(name).get(first, "").split("|"):
        file, _, function = way.partition(":")
        if (found := (file, function or rest)) in known:
            return found
    return None


def makes(name: str, made: ast.expr) -> str:
    """Which kind of form an expression makes, "" for none."""
    if isinstance(made, ast.IfExp):
        return makes(name, made.body)
    if not isinstance(made, ast.Call):
        return ""
    if dotted(made.func) in (Form.__name__, KeptForm.__name__):
        return dotted(made.func)
    found = function_of(name, made)
    returned = functions()[found].returns if found else None
    return dotted(returned) if returned is not None and dotted(returned) in ("Form", "KeptForm") else ""


def fields(name: str, block: ast.AST, form: str, behind: tuple[str, ...] = ()) -> Iterator[str]:
    """The fields drawn in a form, here and in every function it is handed to; "?" in one that is not known."""
    for call in (node for node in ast.walk(block) if isinstance(node, ast.Call)):
        on, _, act = dotted(call.func).rpartition(".")
        if on == form and act in FIELDS:
            yield act
        for place, argument in enumerate(call.args):
            if isinstance(argument, ast.Name) and argument.id == form:
                found = function_of(name, call)
                if found is None:
                    yield "?"
                elif found[1] not in behind:
                    function = functions()[found]
                    yield from fields(found[0], function, function.args.args[place].arg, (*behind, found[1]))


def forms(name: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """The forms a file makes: where, which kind, what it is called there, and its fields."""
    blocks = [node for node in nodes(name) if isinstance(node, ast.FunctionDef)]
    blocks += [tree(name)] if name.startswith("pages/") else []  # type: ignore[list-item]
    for block in blocks:
        for node in ast.walk(block):
            made: list[tuple[ast.expr, ast.expr | None]] = []
            if isinstance(node, ast.With):
                made = [(item.context_expr, item.optional_vars) for item in node.items]
            elif isinstance(node, ast.Assign):
                made = [(node.value, node.targets[0])]
            for value, target in made:
                if (kind := makes(name, value)) and isinstance(target, ast.Name):
                    drawn = list(fields(name, block, target.id))
                    yield f"{name}:{value.lineno}", kind, target.id, drawn


def test_a_form_of_several_lines_or_many_fields_keeps_a_draft() -> None:
    every = [form for name in SCREENS if name not in OF_THEIR_OWN for form in forms(name)]
    assert len([kind for _, kind, _, _ in every if kind == "KeptForm"]) > 70
    lost = [f"{where} {len(drawn)} fields" for where, kind, _, drawn in every
            if kind == "Form" and (len(drawn) > MOST_FIELDS or "?" in drawn)]  # fmt: skip
    assert not lost, "\n".join(lost)
    assert not hasattr(Form, "area"), "what takes several lines is kept"


def test_nothing_is_typed_beside_the_forms() -> None:
    beside = {
        name for name in SCREENS for call, _ in calls(name) if call in ("st.form", "st.text_area", "st.chat_input")
    }
    beside |= {name for name in SCREENS for node in nodes(name) if dotted(node) == "st.text_area"}
    assert beside == set(OF_THEIR_OWN)


def test_every_grid_is_one_that_keeps_what_is_typed() -> None:
    grids = {name for name in SCREENS for call, _ in calls(name) if call == "st.data_editor"}
    assert grids == {"components/grids.py"}
    drawn = {name for name in SCREENS for call, _ in calls(name) if call == "edit_grid"}
    assert len(drawn) > 10
