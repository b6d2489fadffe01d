"""Attacks of others' history through what is shown, printed, exported and logged; named as in reliability 1.2."""

import ast
import logging
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy.exc import IntegrityError
from starlette.types import Receive, Scope, Send

from components import case_texts, forms
from components.front_door import attached, headers, incidents
from components.front_door import exports as export_route
from components.front_door.guard import Guard
from db.documents import sheets as printed
from db.rules import files as rules
from db.rules.intake import Party
from db.services import exports, sheets
from db.services.cases import Choice, Tab
from tests.db.services.stages import brought
from tests.factories import Office
from tests.test_guard import ask, request_scope
from tests.test_house import CODE, calls, imports, nodes

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SCRIPT = "<script>alert(1)</script>"
BEACON = "![x](http://beacon.example/x.png)"
LINK = "[开](javascript:alert(1))"
LOCAL = '<iframe src="file:///etc/passwd"></iframe><link rel="attachment" href="file:///etc/passwd">'
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")')


@pytest.mark.parametrize("hostile", [SCRIPT, LINK, "**fett**", "$x$", ":red[x]", "<b>"])
def test_09_stored_script_cve_2026_105455_and_105456(hostile: str) -> None:
    told = forms.plain(hostile)
    for sign in ("<", "[", "*", "$", ":"):
        assert sign not in told.replace(f"\\{sign}", ""), told


@on_sqlite
@pytest.mark.usefixtures("database")
def test_10_remote_image_beacon_freescout() -> None:
    assert "![" not in case_texts.literal(BEACON).replace("\\!", "").replace("\\[", "")
    policy = dict(headers.secured([], "/"))[b"content-security-policy"].decode()
    rules_of = dict(part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip())
    assert rules_of["img-src"] == "'self' data: blob:"
    assert rules_of["default-src"] == "'self'"


@on_sqlite
@pytest.mark.usefixtures("database")
def test_11_a_lying_type_cve_2022_25802_and_ghsa_ch8j_vr4r_qf6h() -> None:
    for name in ("x.svg", "x.html", "x.xhtml", "x.svgz", "x.js", "x.exe"):
        assert rules.why_not_file(name, b"<svg onload=alert(1)>", 20), name
    sent = attached.attached("名单.html", b"<script>", "text/html")
    assert sent.headers["content-disposition"].startswith("attachment")
    told = dict(headers.secured(sent.raw_headers, "/files/1"))
    assert told[b"x-content-type-options"] == b"nosniff"


@on_sqlite
@pytest.mark.usefixtures("database")
def test_12_formula_in_exports_cve_2026_93581_and_2021_25960(office: Office) -> None:
    exports._asked._inside._left.clear()
    for formula in FORMULAS:
        brought(office, subject=f"{formula}", place=formula, parties=(Party(name=formula, contact="15400000001"),))
    asked = exports.ask(office.director, choice=Choice(tab=Tab.ALL), columns=("subject", "place", "resident"),
                        language="en", plain=True)  # fmt: skip
    _, content = export_route._workbook(office.director, asked.token)
    cells = [cell for page in openpyxl.load_workbook(BytesIO(content)) for row in page for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if cell.hyperlink]
    assert {cell.value for cell in cells} >= {formula.strip() for formula in FORMULAS}


@on_sqlite
@pytest.mark.usefixtures("database")
def test_13_a_printer_reads_server_files_cve_2026_22200(office: Office) -> None:
    case_id = brought(office, subject="<img src=file:///etc/passwd>", text=LOCAL)
    told = sheets.case_sheet(office.leader, sheet=sheets.Sheet.CASE, case_id=case_id)
    page = printed.render("case", "zh", label=lambda _kind, code, _: str(code), sheet=told, identities=False,
                          may_unmask=False)  # fmt: skip
    assert "&lt;iframe" in page
    assert "<iframe" not in page
    assert "<img src=file" not in page


@on_sqlite
@pytest.mark.usefixtures("database")
def test_19_error_text_tells_nothing_cve_2026_102489(caplog: pytest.LogCaptureFixture) -> None:
    async def app(_scope: Scope, _hear: Receive, _say: Send) -> None:
        raise ValueError("session 4711 of canary-clerk")

    status, _, body = ask(Guard(app), request_scope("/healthz"))
    assert status == 500
    assert b"canary" not in body
    assert b"Traceback" not in body
    assert "canary" not in caplog.text


def test_22_ssrf_cve_2021_42091_and_2024_41120() -> None:
    asks = {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3", "ftplib", "smtplib"}
    assert not {name: found for name in CODE if (found := asks & set(imports(name)))}
    assert not [name for name in CODE for node in nodes(name) if _connects(node)]


def _connects(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "socket.create_connection"


def test_24_unsafe_deserialisation_freescout_2025() -> None:
    banned = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}
    assert not {name: found for name in CODE if (found := banned & {m.partition(".")[0] for m in imports(name)})}
    told = {(name, called) for name in CODE for called, _ in calls(name)}
    assert not {
        (n, c) for n, c in told if c in ("eval", "exec", "compile", "yaml.load", "pd.read_pickle", "__import__")
    }
    loaded = [call for name in CODE for called, call in calls(name) if called == "np.load"]
    assert loaded
    assert all(any(word.arg == "allow_pickle" and ast.unparse(word.value) == "False" for word in call.keywords)
               for call in loaded)  # fmt: skip


def test_26_secrets_in_logs_ghsa_7wcq_2qmv_mvcm(caplog: pytest.LogCaptureFixture) -> None:
    error = IntegrityError("INSERT INTO person VALUES (?)", {"phone": "15400000009"}, Exception("15400000009 张三"))
    incidents.report(error, "/cases?token=geheim\nforged line")
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "Uncaught", (), (type(error), error, None))
    assert incidents.NoValues().filter(record)
    for text in (caplog.text, record.getMessage()):
        assert "15400000009" not in text
        assert "张三" not in text
    assert caplog.text.count("\n") == 1
