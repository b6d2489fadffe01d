"""The one command line of Linli: run, test, user, keeping, move, import, rota, demo and bench."""

from __future__ import annotations

import argparse
import contextlib
import functools
import getpass
import glob
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from db.engine import Database

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("MANAGE_VENV", ROOT / ".venv")).absolute()
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK, DEV_LOCK = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
OLDEST_PYTHON = (3, 11)


def fingerprint(lock: Path) -> str:
    """What an installation depends on: the lock file and the version of Python."""
    return hashlib.sha256(f"{sys.version_info[:2]}\n{lock.read_text('utf-8')}".encode()).hexdigest()


def is_installed(lock: Path) -> bool:
    stamp = VENV / f"{lock.name}.sha256"
    return PYTHON.exists() and stamp.exists() and stamp.read_text("utf-8") == fingerprint(lock)


def quietly(*words: str | Path) -> tuple[bool, str]:
    """Whether a command succeeded, and the last line it said."""
    command = [str(word) for word in words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode == 0, (done.stdout + done.stderr).strip().rpartition("\n")[2]


def install(lock: Path) -> None:
    """Bring .venv to what `lock` says; without a change this neither installs nor uses the network."""
    if is_installed(lock):
        return
    print(f"Installing the packages of {lock.name}; this is done once and takes minutes ...", flush=True)
    if not PYTHON.exists() and not quietly(sys.executable, "-m", "venv", "--clear", VENV)[0]:
        # Debian keeps ensurepip in a package of its own; the outer pip can fill the environment then.
        made, reason = quietly(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        if not made:
            raise RuntimeError(f"cannot make {VENV}: {reason}")
    has_pip, _ = quietly(PYTHON, "-m", "pip", "--version")
    pip = (str(PYTHON), "-m", "pip") if has_pip else (sys.executable, "-m", "pip", "--python", str(PYTHON))
    done, reason = quietly(*pip, "--disable-pip-version-check", "install", "--quiet", "--requirement", lock)
    if not done:
        way_out = "a network, or PIP_NO_INDEX=1 and PIP_FIND_LINKS=<folder of wheels>"
        raise RuntimeError(f"cannot install {lock.name}; this step needs {way_out}: {reason}")
    (VENV / f"{lock.name}.sha256").write_text(fingerprint(lock), "utf-8")


def become(*command: str | Path) -> int:
    """Let `command` take over this terminal with its signals and its exit code."""
    words = [str(word) for word in command]
    os.environ["PYTHONUTF8"] = "1"  # Windows consoles speak an old code page; our lines hold Chinese
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(words[0], words)  # noqa: S606 - a fixed program, no shell wanted
    with subprocess.Popen(words) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):
                return child.wait()


@contextlib.contextmanager
def office() -> Iterator[Database]:
    """The office's database, migrated, closed afterwards."""
    from db import engine, migrations, settings

    with contextlib.closing(engine.open_database(settings.load())) as database:
        migrations.upgrade(database)
        yield database


def build_demo(*, today: date | None = None, fresh: bool = False) -> None:
    """Make the demo office beside the real data, never mixed with it, and point the settings at it."""
    from db import demo, settings

    place = settings.load().folder.parent / "demo-data"
    if fresh:
        shutil.rmtree(place, ignore_errors=True)
    os.environ.update(LINLI_DATA_DIR=str(place), LINLI_DATABASE_URL="", LINLI_ANCHOR_DIR="")
    # Its people share a password everybody reads; who wants to try the second factor sets it up under My account.
    os.environ.setdefault("LINLI_SECOND_FACTOR_ROLES", "")
    os.environ.setdefault("LINLI_WITHOUT_SECOND_FACTOR", "a demo office without anybody's data")
    with office() as database:
        told = "Nobody here is asked for a second factor; whoever wants to try it sets it up under My account."
        print(*demo.build(database, today=today), told, sep="\n", flush=True)


def own_address(host: str) -> str:
    """The address to type into a browser: `host`, or this computer's own one for the wildcard."""
    if host != "0.0.0.0":  # noqa: S104 - compared with, not listened on
        return host
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only picks the outgoing address
        return str(probe.getsockname()[0])
    return socket.gethostname()


def names_of(host: str, public_url: str) -> list[str]:
    """The names a browser may call this server by."""
    address = own_address(host)
    names = {"localhost", "127.0.0.1", address, urlsplit(public_url).hostname or address}
    return sorted(names if address == host else {*names, socket.gethostname().lower()})


def run(args: argparse.Namespace) -> int:
    if args.demo:
        build_demo()
    from components.front_door import launch
    from db import settings

    office_settings = settings.load()
    print(*launch.prepare(office_settings, host=own_address(args.host), port=args.port), sep="\n", flush=True)
    hosts = [f"--server.allowedHosts={name}" for name in names_of(args.host, office_settings.public_url)]
    # Without an address of its own Streamlit asks a server outside which one it has.
    seen_as = f"--browser.serverAddress={own_address(args.host)}"
    where = [f"--server.address={args.host}", f"--server.port={args.port}", seen_as, *hosts]
    return become(sys.executable, "-m", "streamlit", "run", "app.py", *where)


def demo(args: argparse.Namespace) -> None:
    build_demo(today=args.today, fresh=args.fresh)


def user(args: argparse.Namespace) -> None:
    from db.services import people

    with office() as database:
        if args.user_act == "add":
            lines = people.cli_add(database, name=args.name, full_name=args.full_name, roles=args.role)
        elif args.user_act == "reset":
            lines = people.cli_reset(database, name=args.name)
        elif args.user_act == "second-factor":
            lines = people.cli_reset_second_factor(database, name=args.name)
        else:
            lines = people.cli_list(database)
    print(*lines, sep="\n")


def keep(args: argparse.Namespace) -> int:
    from db import settings
    from db.services import keeping

    office_settings, sound = settings.load(), True
    if args.command == "backup":
        lines = keeping.backup(office_settings, destination=args.destination)
    elif args.command == "restore" and args.confirm:
        lines = keeping.confirm(office_settings)
    elif args.command == "restore":
        typed = getpass.getpass("Recovery key: ") if args.key else ""
        lines = keeping.restore(office_settings, source=args.source, typed_key=typed)
    elif args.command == "check":
        sound, lines = keeping.check(office_settings)
    else:
        acts = {"backup-key": keeping.key_on_paper, "drill": keeping.drill, "make-room": keeping.make_room}
        lines = acts[args.command](office_settings)
    print(*lines, sep="\n")
    return 0 if sound else 1


def move(args: argparse.Namespace) -> None:
    from db import settings
    from db.services import moving

    print(*moving.move(settings.load(), to=args.to), sep="\n")


def import_cases(args: argparse.Namespace) -> None:
    from db.services.importing import command

    def progress(done: int, total: int, of: str = "rows") -> None:
        print(f"\r{of}: {done} / {total or '?'}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    pairing = functools.partial(progress, of="looked for likely duplicates")
    with office() as database:
        report = command.run(
            database, args.file, mapping=args.mapping, dry=args.dry_run, progress=progress, pairing=pairing
        )
    print(*(f"{name}: {count}" for name, count in report.counts.items()), sep="\n")
    if report.suggested:
        print(f"rows with a suggested category: {report.suggested.total()}")
    if args.report:
        args.report.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2) + "\n", "utf-8")


def rota(args: argparse.Namespace) -> None:
    end = time.perf_counter() + args.seconds
    from db.rules.rostering import report, rota, scenario, search, written

    told = json.loads(args.scenario.read_text("utf-8-sig"))
    replan = told.get("replan") if isinstance(told, dict) else None
    published = args.published or (args.scenario.parent / replan["published"] if replan else None)
    rows = written.rows_from(published.read_bytes()) if published and replan else []
    planned = rota.rota_of(scenario.read_scenario(told, rows))
    found = search.search(
        planned.task,
        search.Limits.until(end, workers=args.workers, seed=args.seed),
        start=planned.start,
        first_free_day=planned.scenario.first_free_day,
        on_better=lambda cost, at: print(f"{at:8.1f} s  {cost}", flush=True),
    )
    args.out.write_text(written.as_table(rota.rows_of(planned, found.roster)), "utf-8-sig", newline="")
    print("No better rota exists." if found.proven else f"The best of {found.rounds} rounds.")
    print(*report.lines(planned, found.roster), f"Written to {args.out}", sep="\n")


def missing_programs() -> dict[str, str]:
    """Debian packages for what this machine lacks, each with the marker of the tests that need it."""
    browsers = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    servers = ("/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb")
    fonts = {
        "fonts-noto-cjk": ("browser", ("/usr/share/fonts/**/*CJK*", "/usr/share/fonts/**/*[Ww]enquan*")),
        "fonts-liberation": ("office", ("/usr/share/fonts/**/LiberationSerif*", "/usr/share/fonts/**/[Tt]imes*")),
    }
    lacking = {}
    if not any(shutil.which(name) for name in browsers) and not os.environ.get("CHROMIUM"):
        lacking["chromium-headless-shell"] = "browser"
    for package, (marker, places) in fonts.items() if sys.platform == "linux" else ():
        if not any(glob.glob(place, recursive=True) for place in places):
            lacking[package] = marker
    if not shutil.which("initdb") and not any(glob.glob(place) for place in servers):
        lacking["postgresql"] = "postgres"
    for part, library in (("writer", "sw"), ("calc", "sc"), ("impress", "sd")):
        if not glob.glob(f"/usr/lib/libreoffice/program/lib{library}lo.so"):
            lacking[f"libreoffice-{part}"] = "office"
    if not shutil.which("pdftoppm"):
        lacking["poppler-utils"] = "office"
    if sys.platform == "linux" and not shutil.which("strace"):
        lacking["strace"] = "strace"
    return lacking


def provide_programs() -> set[str]:
    """Install what is missing (as root on Debian); the markers of the tests that still can't run."""
    lacking = missing_programs()
    if lacking and shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {', '.join(lacking)} ...", flush=True)
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        quietly("apt-get", "update", "--quiet")
        done, reason = quietly("apt-get", "install", "--yes", "--no-install-recommends", *lacking)
        if not done:
            print(f"apt-get: {reason}", flush=True)
        lacking = missing_programs()
    for package, marker in lacking.items():
        print(f"Missing: {package}. Left out: the tests marked {marker}.", flush=True)
    return set(lacking.values())


def write_in_memory() -> None:
    """Let tests keep their thousands of small databases in memory, where there is plenty of it: no wait for a disk."""
    memory = Path("/dev/shm")  # noqa: S108 - whose files these are does not matter to a test
    if "TMPDIR" not in os.environ and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 8 << 30:
        os.environ["TMPDIR"] = str(memory)


def test(args: argparse.Namespace) -> int:
    write_in_memory()
    slow = {"browser", "office", "postgres", "slow", "strace"}
    left_out = " or ".join(sorted({"bench"} | (slow if args.quick else provide_programs())))
    # In the folders' order, so that the long files of the browser begin early and not one after all others.
    shared = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = ["pytest", *shared, "-m", f"not ({left_out})", *args.rest]
    with ThreadPoolExecutor(max_workers=1) as beside:
        types = beside.submit(check, "mypy")  # one processor alone, for long enough to be worth company
        codes = [check("ruff", "format", "--check", "."), check("ruff", "check", ".")]
        print(f"== {' '.join(pytest)}", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", *pytest], check=False).returncode)
    return next(filter(None, [types.result(), *codes]), 0)


def check(*words: str) -> int:
    """Run a checker and tell what it said in one piece; answers its exit code."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", *words], check=False, text=True, stdout=subprocess.PIPE)
    how = "failed" if done.returncode else "passed"
    print(f"== {' '.join(words)}\n{done.stdout}== {how} in {time.perf_counter() - start:.1f} s", flush=True)
    return done.returncode


def bench(args: argparse.Namespace) -> int:
    return become(sys.executable, "-m", "tests.bench", *args.rest)


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def absolute(text: str) -> Path:
    return Path(text).absolute()


def positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds")
    return number


def parse(words: Sequence[str]) -> argparse.Namespace:
    top = Parser(prog="manage.py", description=__doc__, allow_abbrev=False)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, act: Callable[[argparse.Namespace], int | None], text: str) -> Parser:
        parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        parser.set_defaults(act=act, lock=DEV_LOCK if act in (test, bench) else LOCK)
        return parser

    sub = command("run", run, "Start Linli; the first start installs it and prints the set-up link.")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for the network")
    sub.add_argument("--port", default=8501, type=int, help="port to listen on (8501)")
    sub.add_argument("--demo", action="store_true", help="with a demo office in a folder of its own")
    sub = command("test", test, "Check format, lint, types and tests; words for pytest may follow.")
    sub.add_argument("--quick", action="store_true", help="leave browser, PostgreSQL and slow tests out")
    command("bench", bench, "Measure; words for the benchmarks may follow.")
    sub = command("user", user, "Add people, give new first passwords, list people.")
    acts = sub.add_subparsers(dest="user_act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add a person and print the first password once")
    add.add_argument("--full-name", default="", help="the name colleagues see")
    add.add_argument("--role", action="append", default=[], help="may be given several times")
    reset = acts.add_parser("reset", help="print a new first password once")
    for sub in (add, reset, acts.add_parser("second-factor", help="take away the second factor of who lost it")):
        sub.add_argument("name", help="the name to sign in with")
    acts.add_parser("list", help="list people with their roles")
    sub = command("backup", keep, "Write a checked copy of everything into one file.")
    sub.add_argument("destination", nargs="?", type=absolute, help="file or folder, else the data folder")
    command("backup-key", keep, "Print the recovery key that opens the backups, to be locked away on paper.")
    sub = command("restore", keep, "Put a backup back; what it replaces is kept aside.")
    which = sub.add_mutually_exclusive_group(required=True)
    which.add_argument("source", nargs="?", type=absolute, help="the backup")
    which.add_argument("--confirm", action="store_true", help="delete what restores kept aside")
    sub.add_argument("--key", action="store_true", help="ask for the recovery key of another installation")
    command("drill", keep, "Rehearse: make a backup, put it back in a place of its own, examine it, say how long.")
    command("make-room", keep, "Delete the ballast file, so that a full disk takes writes again.")
    sub = command("move", move, "Move the office to another database, SQLite or PostgreSQL; the old one stays whole.")
    sub.add_argument("--to", required=True, metavar="URL", help="an empty database, as database_url names it")
    command("check", keep, "Check integrity, migrations and settings.")
    kinds = command("import", import_cases, "Bring in records of another system.")
    sub = kinds.add_subparsers(metavar="KIND", required=True).add_parser("cases", help="from .csv or .xlsx")
    sub.add_argument("file", type=absolute, help="the table")
    sub.add_argument("--mapping", default="", help="a mapping saved by name; without one the headings are guessed")
    sub.add_argument("--dry-run", action="store_true", help="count and report, write nothing")
    sub.add_argument("--report", type=absolute, help="JSON with the counts and every rejected row")
    sub = command("rota", rota, "Make a duty rota from a scenario file, and say what stays open and why.")
    sub.add_argument("scenario", type=absolute, help="the scenario, JSON")
    sub.add_argument("--out", type=absolute, required=True, help="the table to write, CSV")
    sub.add_argument("--seconds", type=positive, default=60.0, help="how long it may take (60)")
    sub.add_argument("--published", type=absolute, help="what was published, CSV, for a scenario that is planned anew")
    sub.add_argument("--seed", type=int, default=1, help="another number looks in another order (1)")
    sub.add_argument("--workers", type=int, choices=range(1, 65), metavar="N", default=2, help="threads (2)")
    sub = command("demo", demo, "Make the demo office without starting the server.")
    sub.add_argument("--fresh", action="store_true", help="throw the present demo office away first")
    sub.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day it is made for")

    args, rest = top.parse_known_args(words)
    if rest and args.lock != DEV_LOCK:
        top.error(f"unknown: {' '.join(rest)}")
    args.rest = rest
    return args


def main(words: Sequence[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Linli needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer, not {sys.version}")
    args = parse(words)
    try:
        install(args.lock)
        if Path(sys.prefix).resolve() != VENV.resolve():
            return become(PYTHON, ROOT / "manage.py", *words)
        os.chdir(ROOT)
        return args.act(args) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("MANAGE_DEBUG"):
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        print(f"manage.py {args.command}: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
