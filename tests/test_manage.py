"""The command line: its words, its exit codes, and when it installs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import manage

COMMANDS = [
    [],
    ["run"],
    ["test"],
    ["user"],
    ["user", "add"],
    ["user", "reset"],
    ["user", "list"],
    ["backup"],
    ["backup-key"],
    ["restore"],
    ["drill"],
    ["make-room"],
    ["move"],
    ["check"],
    ["import"],
    ["import", "cases"],
    ["rota"],
    ["demo"],
    ["bench"],
]
MISTAKES = [
    [],
    ["dance"],
    ["run", "--port", "many"],
    ["run", "--por", "8501"],
    ["run", "now"],
    ["user"],
    ["user", "add"],
    ["user", "remove", "li"],
    ["restore"],
    ["restore", "backup.linli-backup", "--confirm"],
    ["move"],
    ["check", "--everything"],
    ["import", "cases"],
    ["import", "people", "people.csv"],
    ["rota"],
    ["rota", "scenario.json"],
    ["rota", "scenario.json", "--out", "rota.csv", "--seconds", "0"],
    ["rota", "scenario.json", "--out", "rota.csv", "--workers", "0"],
    ["demo", "--today", "yesterday"],
]


def spoken(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(manage.ROOT / "manage.py"), *words]
    surroundings = {**os.environ, "PYTHONUTF8": "1", **environment}
    return subprocess.run(
        command, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own, with a program standing in the place of its Python."""
    monkeypatch.setattr(manage, "VENV", tmp_path / "venv")
    monkeypatch.setattr(manage, "PYTHON", tmp_path / "venv" / "python")
    manage.VENV.mkdir()
    manage.PYTHON.touch()
    return manage.VENV


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("streamlit==1.67.0\n", "utf-8")
    return path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_before_anything_is_installed(words: list[str], tmp_path: Path) -> None:
    said = spoken(*words, "--help", MANAGE_VENV=str(tmp_path / "none"))
    assert said.returncode == 0
    assert said.stdout.startswith(" ".join(["usage: manage.py", *words]))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("words", MISTAKES, ids=lambda words: " ".join(words) or "nothing")
def test_a_mistake_ends_with_two_and_one_line(words: list[str], tmp_path: Path) -> None:
    said = spoken(*words, MANAGE_VENV=str(tmp_path / "none"))
    assert said.returncode == 2
    assert said.stdout == ""
    assert len(said.stderr.splitlines()) == 1
    assert "--help" in said.stderr
    assert not (tmp_path / "none").exists()


def test_without_packages_within_reach_the_first_start_says_so_in_one_line(tmp_path: Path) -> None:
    said = spoken(
        "check",
        MANAGE_VENV=str(tmp_path / "venv"),
        PIP_CONFIG_FILE=os.devnull,
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=str(tmp_path),
    )
    assert said.returncode == 1
    assert len(said.stderr.splitlines()) == 1
    assert "needs a network" in said.stderr
    assert not list((tmp_path / "venv").glob("*.sha256"))


@pytest.mark.usefixtures("environment")
def test_nothing_is_installed_without_a_stamp(lock: Path) -> None:
    assert not manage.is_installed(lock)


def test_the_stamp_holds_until_the_lock_changes(environment: Path, lock: Path) -> None:
    (environment / f"{lock.name}.sha256").write_text(manage.fingerprint(lock), "utf-8")
    assert manage.is_installed(lock)
    lock.write_text("streamlit==1.67.1\n", "utf-8")
    assert not manage.is_installed(lock)


def test_the_stamp_of_a_vanished_environment_counts_for_nothing(environment: Path, lock: Path) -> None:
    (environment / f"{lock.name}.sha256").write_text(manage.fingerprint(lock), "utf-8")
    manage.PYTHON.unlink()
    assert not manage.is_installed(lock)


def test_a_fitting_environment_starts_no_program(
    environment: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment / f"{lock.name}.sha256").write_text(manage.fingerprint(lock), "utf-8")
    monkeypatch.setattr(manage, "quietly", lambda *words: pytest.fail(f"started {words}"))
    manage.install(lock)


def test_words_for_pytest_keep_their_order() -> None:
    args = manage.parse(["test", "--quick", "-k", "flow and not slow", "tests/db", "-x"])
    assert args.quick
    assert args.rest == ["-k", "flow and not slow", "tests/db", "-x"]


def test_paths_stay_where_the_caller_meant_them() -> None:
    args = manage.parse(["import", "cases", "cases.csv", "--report", "out.json"])
    assert args.file == Path.cwd() / "cases.csv"
    assert args.report == Path.cwd() / "out.json"


def test_a_loopback_server_answers_to_loopback_names_only() -> None:
    assert manage.names_of("127.0.0.1", "") == ["127.0.0.1", "localhost"]


def test_the_published_address_may_be_used_as_well() -> None:
    assert "linli.example" in manage.names_of("0.0.0.0", "https://linli.example:8443/")  # noqa: S104


def test_a_wildcard_is_never_a_name() -> None:
    assert not {"0.0.0.0", "*"} & set(manage.names_of("0.0.0.0", ""))  # noqa: S104


def test_locks_name_no_index_and_no_path() -> None:
    for lock in (manage.LOCK, manage.DEV_LOCK):
        lines = [line for line in lock.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")]
        assert all("==" in line for line in lines)
        assert not [line for line in lines if "://" in line or line.startswith("-")]
