"""The rules of the house, read from the syntax trees: which way things face, what a page is, who reads the clock."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import db.models  # noqa: F401 - fills the metadata
from components.screens import PAGES, SCREENS, Screen
from db.base import Base
from db.rules.permissions import GRANTS, Permission, Role
from db.settings import Settings

ROOT = Path(__file__).parent.parent
FLOORS = ("db/rules", "db/models", "db/services", "db", "components", "pages")
CODE = sorted(
    path.relative_to(ROOT).as_posix()
    for top in ("db", "components", "pages")
    for path in (ROOT / top).rglob("*.py")
    if "versions" not in path.parts
)
PAGE_FILES = [name for name in CODE if name.startswith("pages/")]
LONGEST_MODULE, LONGEST_PAGE = 400, 120


def of_each(names: Sequence[str]) -> Callable[[Callable[[str], None]], Callable[[], None]]:
    """A rule about one file as one test about all of them, that names every file which breaks it."""

    def rule(check: Callable[[str], None]) -> Callable[[], None]:
        def every() -> None:
            broken = []
            for name in names:
                try:
                    check(name)
                except AssertionError as why:
                    broken.append(f"{name}: {why}")
            assert not broken, "\n".join(broken)

        every.__name__, every.__doc__ = check.__name__, check.__doc__
        return every

    return rule


@cache
def tree(name: str) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


@cache
def nodes(name: str) -> tuple[ast.AST, ...]:
    """Every node of that tree."""
    return tuple(ast.walk(tree(name)))


def imports(name: str) -> Iterator[str]:
    """Every module a file imports, at the top or inside; the names of `from db import x` too."""
    for node in nodes(name):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`st.cache_data` for the attribute of that name, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a file, by its dotted name."""
    for node in nodes(name):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


# --- which way things face ---

# What a floor may import of the project; pages may import everything below them.
MAY_IMPORT = {
    "db/rules": ("db.rules",),
    "db/models": ("db.rules", "db.models", "db.base", "db.journal"),
    "db/services": ("db",),
    "db": ("db",),
    "components": (
        "db.rules",
        "db.services",
        "db.settings",
        "db.engine",
        "db.clock",
        "db.migrations",
        "db.languages",
        "db.documents",
        "components",
    ),
    "pages": ("db.rules", "db.services", "components"),
}
OUTSIDE_RULES = {"chinese_calendar", "numpy", "ortools", "pandas", "pypinyin", "scipy", "sklearn", "threadpoolctl"}
STREAMLIT = ("components/", "pages/")
# Screens may ask the open database for its settings and keys; these take more, for a reason.
TAKES_MORE = {
    "components/front_door/launch.py": ({"engine"}, "opens, migrates and closes the process's database"),
    "components/front_door/keeper.py": ({"engine"}, "anchors and tidies beside the server"),
    "components/front_door/session_routes.py": ({"reading", "sqlalchemy"}, "asks whether the database answers"),
    "components/front_door/incidents.py": ({"sqlalchemy"}, "knows a database's error from one of ours"),
}


def floor_of(name: str) -> str:
    """The lowest floor a file belongs to."""
    return next(floor for floor in FLOORS if name.startswith(f"{floor}/"))


@of_each(CODE)
def test_imports_face_down(name: str) -> None:
    allowed = MAY_IMPORT[floor_of(name)]
    for module in imports(name):
        top = module.partition(".")[0]
        assert top not in ("pages", "app", "tests", "manage"), f"{name} imports {module}"
        if top in ("db", "components"):
            fits = any(module == a or module.startswith(f"{a}.") or a.startswith(f"{module}.") for a in allowed)
            assert fits, f"{name} imports {module}"


def test_nothing_imports_itself_around_a_corner() -> None:
    files = {name.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): name for name in CODE}
    # Whoever imports a neighbour names their package, too.
    taken = {
        module: {one for one in imports(name) if one in files and not f"{module}.".startswith(f"{one}.")}
        for module, name in files.items()
    }
    assert tuple(TopologicalSorter(taken).static_order())


@of_each([n for n in CODE if n.startswith("db/rules/")])
def test_rules_know_only_the_standard_library(name: str) -> None:
    for module in imports(name):
        top = module.partition(".")[0]
        assert top in sys.stdlib_module_names or top == "db" or top in OUTSIDE_RULES, f"{name} imports {module}"


@of_each([n for n in CODE if not n.startswith(STREAMLIT)])
def test_only_screens_know_streamlit(name: str) -> None:
    assert not [m for m in imports(name) if m.partition(".")[0] in ("streamlit", "st_aggrid")]


@of_each([n for n in CODE if n.startswith(("components/", "pages/"))])
def test_only_services_open_sessions(name: str) -> None:
    taken = {m.removeprefix("db.").removeprefix("engine.") for m in imports(name) if m.startswith("db.engine.")}
    taken |= {"engine"} if "db.engine" in imports(name) and not taken else set()
    taken |= {m.partition(".")[0] for m in imports(name) if m.startswith("sqlalchemy")}
    more: set[str] = TAKES_MORE.get(name, (set(), ""))[0]
    assert taken <= {"current", "Database"} | more, f"{name} takes {taken}"
    assert not [m for m in imports(name) if m.startswith(("db.models", "db.base"))]


READS_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now",
               "datetime.date.today", "dt.datetime.now"}  # fmt: skip


@of_each([n for n in CODE if n != "db/clock.py"])
def test_only_the_clock_reads_the_clock(name: str) -> None:
    assert not [called for called, _ in calls(name) if called in READS_CLOCK]


# --- what a page is ---


@of_each(PAGE_FILES)
def test_a_page_reads_like_its_screen(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_PAGE, f"{name} has {len(lines)} lines"
    body = [n for n in tree(name).body if not isinstance(n, (ast.Import, ast.ImportFrom))][1:]
    first = next(n for n in body if not (isinstance(n, ast.Assign) and isinstance(n.value, ast.Constant)))
    assert ast.unparse(first) == "actor = enter(__file__)", f"{name} begins with {ast.unparse(first)}"
    assert sum(isinstance(node, ast.Try) for node in nodes(name)) <= 1
    assert not [m for m in imports(name) if m.startswith(("sqlalchemy", "db.models", "db.engine"))]
    assert "Role" not in {node.id for node in nodes(name) if isinstance(node, ast.Name)}
    for node in nodes(name):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for inner in ast.walk(node):
                if inner is not node and isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    decorators = {dotted(d.func if isinstance(d, ast.Call) else d) for d in inner.decorator_list}
                    assert decorators & {"st.dialog", "st.fragment"}, f"{name}: {inner.name} is nested"


def test_every_page_is_listed_and_every_listed_page_exists() -> None:
    listed = {screen.file for screen in SCREENS}
    assert {n.removeprefix("pages/") for n in PAGE_FILES if not n.endswith("__init__.py")} == listed
    assert not list(PAGES.glob("*.py")), "a page directly in pages/ would run without app.py"
    assert len({screen.path for screen in SCREENS}) == len(SCREENS)


# --- who may do what ---


def test_every_permission_is_granted_and_used() -> None:
    granted = {permission for grants in GRANTS.values() for permission in grants}
    assert granted == set(Permission)
    assert set(GRANTS) == set(Role)
    used = {
        node.attr
        for name in CODE
        if name != "db/rules/permissions.py"
        for node in nodes(name)
        if isinstance(node, ast.Attribute) and dotted(node.value) in ("Permission", "P", "permissions.Permission")
    }
    assert {p.name for p in Permission} <= used


# service: why it has no guard of its own
UNGUARDED = {
    "intake.progress": "the resident's own look, opened by number and code",
    "cases.tabs_of": "reads nothing, only the actor's own permissions",
    "cases.visible": "a condition other services put into their queries",
    "cases.units_of": "the same",
    "cases.files_seen": "the same",
    "cases.is_mine": "compares two units",
    "cases.share_of": "the same",
    "cases.standing_of": "the same",
    "cases.handled_by": "a condition other services put into their queries",
    "cases.standing_in": "the same",
    "cases.acted_for": "the same",
    "mediation.visible": "a condition other services put into their queries",
    "mediation.stubs": "the same",
    "mediation.gathered": "the same",
    "mediation.mediated_by": "the same",
    "mediation.tabs_of": "reads nothing, only the actor's own permissions",
    "mediation.first_tab": "the same",
    "duty.within": "a condition other services put into their queries",
    "scoring.within": "the same",
    "meetings.open_to_a_meeting": "a condition other services put into their queries",
    "meetings.condition": "the same",
    "meetings.seen_by": "the same",
    "meetings.settled_by": "the same",
    "works.parts": "a condition other services put into their queries",
    "works.visible": "the same",
    "meetings.visible": "a condition other services put into their queries",
    "meetings.open_about": "the same",
    "meetings.is_at_work": "compares two people",
    "works.reads_all": "reads nothing, only the actor's own permissions",
    "works.tabs_of": "the same",
    "supervision.shown_to": "a condition other services put into their queries",
    "scoring.may_draft": "reads nothing, only the actor's own permissions",
    "briefings.registers_of": "reads nothing, only the actor's own permissions",
    "briefings.register_of": "the same",
    "briefings.measures_of": "the same",
    "briefings.visible": "a condition of what a register's figures reach",
    "briefings.readable": "the same, of what may be opened",
    "briefings.question_of": "checks a question, reads nothing",
    "ledgers.readable": "reads nothing, only the actor's own permissions",
    "ledgers.open_to_ledgers": "a condition other services put into their queries",
    "office.load_presets": "the program's own act before anybody has an account",
    "importing.begin": "behind the guard of start, and the command line's own act",
    "importing.work": "the same, of what was begun",
    "importing.look_for_pairs": "the same, after it is done",
    "importing.file_away": "behind the guards of start and put_by",
}
# modules whose functions are called inside a guarded service's transaction, or by the program itself
NO_DOORS = {
    "db/services/acts.py": "the guard itself",
    "db/services/records.py": "beats shared by services",
    "db/services/search.py": "inside the caller's session",
}


@of_each([n for n in CODE if n.startswith("db/services/") and "/keeping/" not in n])
def test_every_service_has_a_door(name: str) -> None:
    if name in NO_DOORS or "/accounts/" in name:
        return
    for node in tree(name).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        if arguments[:1] != ["actor"]:
            continue
        decorators = {dotted(d.func) for d in node.decorator_list if isinstance(d, ast.Call)}
        service = f"{name.removeprefix('db/services/').split('/')[0].removesuffix('.py')}.{node.name}"
        inside = any(a.arg == "session" for a in node.args.args)
        assert "guarded" in decorators or inside or service in UNGUARDED or _notes_only(node), f"{name}: {node.name}"


def _notes_only(node: ast.FunctionDef) -> bool:
    """A public function that writes nothing but the journal, like the note of a look."""
    return node.name.startswith("note_")


# --- size, words and mirrors ---


@of_each(CODE)
def test_a_module_is_small_and_says_what_it_is(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_MODULE, f"{name} has {len(lines)} lines"
    sentence = ast.get_docstring(tree(name))
    assert sentence, f"{name} has no docstring"
    assert "\n" not in sentence.partition("\n\n")[0], f"{name}: the first line says it all"


@cache
def known_to_tests() -> frozenset[str]:
    """Every module some test imports, and the name of every test file."""
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name != "test_house.py"]
    imported = {module for path in files for module in imports(path.relative_to(ROOT).as_posix())}
    return frozenset(imported | {path.stem for path in files})


# module: the test that covers it under another name
MIRRORED_BY = {
    "db/services/acts.py": "tests/db/services/test_flow_machine.py: refusals and keys of every step",
    "db/services/records.py": "tests/db/services/test_office.py: who saved first",
    "db/services/search.py": "tests/db/services/test_cases.py and tests/bench: from one character up",
    "db/services/file_owners.py": "tests/db/services/test_files.py, of works, of scoring: who may see which file",
}
STEPS = "tests/db/services/test_flow_machine.py: every step against a model"
MIRRORED_BY["db/rules/mediation/__init__.py"] = "a name for the folder, nothing else"
MIRRORED_BY["db/rules/duty/__init__.py"] = "the same"
MIRRORED_BY["db/rules/scoring/__init__.py"] = "the same"
MIRRORED_BY |= {name: STEPS for name in CODE if name.startswith("db/services/cases/effects/")}


@of_each([n for n in CODE if n.startswith(("db/rules/", "db/services/"))])
def test_every_module_has_its_mirror(name: str) -> None:
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    package = module.rpartition(".")[0]
    mirrors = {module, f"test_{module.rpartition('.')[2]}", f"test_{package.rpartition('.')[2]}"}
    mirrors |= {package} if package.count(".") > 1 else set()
    assert mirrors & known_to_tests() or name in MIRRORED_BY, f"{name} has no test"


def test_whatever_is_imported_first_can_be() -> None:
    firsts = ("components.forms", "components.navigation", "db.services.files", "db.services.retention")
    said = "import sys, importlib\nfor name in sys.argv[1:]:\n    importlib.import_module(name)\n"
    said += "    for one in [n for n in sys.modules if n.split('.')[0] in ('db', 'components')]: del sys.modules[one]\n"
    done = subprocess.run([sys.executable, "-c", said, *firsts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-300:]


def test_every_page_has_a_story() -> None:
    stories = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/pages").glob("test_*.py"))
    assert "SCREENS" in stories, "no test opens every screen for every person"


@of_each(CODE)
def test_nothing_swallows_everything(name: str) -> None:
    for node in nodes(name):
        if isinstance(node, ast.ExceptHandler):
            last = node.body[-1]
            passes_on = isinstance(last, ast.Raise) and last.exc is None
            caught = dotted(node.type) if node.type else "BaseException"
            assert caught != "BaseException" or passes_on, (
                f"{name}:{node.lineno} keeps a rerun or an exit from going on"
            )


# --- what is drawn ---

TEXTS = """title header subheader markdown caption info warning error success button form_submit_button text_input
    text_area selectbox radio multiselect checkbox toggle date_input number_input file_uploader expander toast metric
    tabs segmented_control pills download_button link_button popover dialog badge text write"""
TEXT_CALLS = {f"st.{kind}" for kind in TEXTS.split()}


@of_each([n for n in CODE if n.startswith(("components/", "pages/"))])
def test_every_word_on_a_screen_can_be_translated(name: str) -> None:
    for called, call in calls(name):
        if called in TEXT_CALLS and call.args and isinstance(call.args[0], ast.Constant):
            said = call.args[0].value
            assert not (isinstance(said, str) and any(c.isalpha() for c in said)), f"{name}:{call.lineno}: {said!r}"


def messages() -> dict[str, str]:
    """Every text marked for the catalogue, with the file it stands in."""
    found: dict[str, str] = {}
    for name in [*CODE, "app.py"]:
        for called, call in calls(name):
            marked = called in ("t", "N_", "_", "translate", "words.t")
            problem = {"Problem": 1}.get(called, 2 if called.endswith("check.that") else None)
            where = 0 if marked else problem
            if where is not None and len(call.args) > where and isinstance(call.args[where], ast.Constant):
                said = call.args[where].value  # type: ignore[attr-defined]
                if isinstance(said, str) and said:
                    found[said] = name
    return found


def test_every_word_has_its_chinese() -> None:
    path = ROOT / "locale/zh/LC_MESSAGES/linli.po"
    if not path.exists():
        pytest.skip("the Chinese catalogue does not exist yet")
    with path.open("rb") as file:
        known = {str(message.id): str(message.string) for message in read_po(file, locale="zh")}
    missing = {said: name for said, name in messages().items() if not known.get(said)}
    assert missing == {}
    assert len(messages()) > 200


@of_each(CODE)
def test_no_cache_remembers_somebody(name: str) -> None:
    for node in nodes(name):
        if isinstance(node, ast.FunctionDef):
            decorators = {dotted(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
            if decorators & {"st.cache_data", "cache_data"}:
                arguments = [a.arg for a in (*node.args.args, *node.args.kwonlyargs)]
                assert not [a for a in arguments if a.startswith("_") or a in ("actor", "seat", "session")], node.name


# locals that hold markup of ours: tokens, states and numbers only
OWN_HTML = {"mark"}


@of_each([n for n in CODE if n.startswith(("components/", "pages/"))])
def test_no_html_from_anybody(name: str) -> None:
    for called, call in calls(name):
        keywords = {k.arg for k in call.keywords}
        assert "unsafe_allow_html" not in keywords, f"{name}:{call.lineno}"
        if called == "st.html":
            for part in ast.walk(call.args[0]):
                if isinstance(part, ast.FormattedValue):
                    assert _is_ours(part.value), f"{name}:{call.lineno}: {ast.unparse(part.value)}"


def _is_ours(value: ast.expr) -> bool:
    """An escaped text, a constant or one of our own words, never a record's."""
    if isinstance(value, ast.Name):
        return value.id.isupper() or value.id in OWN_HTML
    return isinstance(value, ast.Call) and dotted(value.func) in ("escape", "language")


# --- settings ---


def test_streamlit_is_pinned_where_it_matters() -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    pinned = {
        ("browser", "gatherUsageStats"): False,
        ("client", "toolbarMode"): "minimal",
        ("client", "showErrorDetails"): "none",
        ("client", "disableDataExport"): True,
        ("runner", "fastReruns"): False,
        ("runner", "magicEnabled"): False,
        ("server", "enableAgentApi"): False,
        ("server", "enableXsrfProtection"): True,
        ("server", "enableCORS"): True,
        ("server", "address"): "127.0.0.1",
        ("server", "fileWatcherType"): "none",
    }
    assert {place: config[place[0]].get(place[1]) for place in pinned} == pinned
    assert config["server"]["allowedHosts"]
    assert "*" not in config["server"]["allowedHosts"]
    assert config["server"]["maxUploadSize"] <= 20


def test_every_setting_is_explained() -> None:
    path = ROOT / "docs/settings.md"
    if not path.exists():
        pytest.skip("docs/settings.md does not exist yet")
    text = path.read_text(encoding="utf-8")
    missing = [f.name for f in fields(Settings) if f"LINLI_{f.name.upper()}" not in text and f"`{f.name}`" not in text]
    assert missing == []


def test_every_table_is_journalled_or_says_why() -> None:
    for table in Base.metadata.sorted_tables:
        reason = table.info.get("journal", "journalled")
        assert isinstance(reason, str), table.name
        assert len(reason) > 8, table.name


# --- what is shown can be taken away ---

# Screens that show no list of records of their own, or give their papers otherwise; everything else offers an export.
NO_LIST = {
    "desk": "a few rows of lists that have their own screens",
    "likely": "pairs to decide about; the list of cases gives the cases",
    "merge": "a form",
    "emergency": "a form, then one record",
    "take-in": "a form",
    "case": "one record, printed as its sheets and its file",
    "dispute": "one record, printed as its forms and its file",
    "meeting": "one record, with its minutes",
    "briefing": "one record, with its own papers",
    "chart": "one figure, taken as a picture, slide or workbook",
    "sheet": "one record, with its notice; the board is taken from Scores",
    "account": "one's own account",
    "open-dispute": "a form",
    "find": "a few rows of every register; each has its own list",
    "suggestions": "figures of what was learned, no records",
}
TAKES = {"export_shown", "export_menu", "export_button"}


def _takes(name: str, depth: int = 2) -> bool:
    """Whether a page, or a component it draws with, has a button that takes a list away."""
    if name not in CODE:
        return False
    if {called.rpartition(".")[2] for called, _ in calls(name)} & TAKES:
        return True
    parts = {module.replace(".", "/") + ".py" for module in imports(name) if module.startswith("components.")}
    shared = {"components/downloads.py", "components/shown_lists.py"}
    return depth > 0 and any(_takes(part, depth - 1) for part in parts - shared)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.path)
def test_every_list_can_be_taken_away(screen: Screen) -> None:
    assert screen.path in NO_LIST or _takes(f"pages/{screen.file}"), f"{screen.path} shows a list and exports none"
