"""docs/servers: every option, port and setting it names is there, and the programs it is for take the files."""

import re
import shutil
import subprocess
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import manage
from db.settings import Settings
from tests.factories import NOW

ROOT = Path(__file__).parent.parent
FILES = ROOT / "docs" / "servers"
SYSTEM_PATH = "/usr/sbin:/usr/bin:/usr/local/bin:/sbin:/bin"
UNIT, WAYS, COMPOSE, IMAGE, ENVIRONMENT, WORDS = (
    path.read_text(encoding="utf-8")
    for path in (
        FILES / "linli@.service",
        FILES / "haproxy.cfg",
        FILES / "compose.yaml",
        FILES / "Dockerfile",
        FILES / "linli.env",
        FILES.parent / "servers.md",
    )
)


def needs(program: str) -> str:
    """Where a program lies; skips without it."""
    found = shutil.which(program, path=SYSTEM_PATH)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def taken(*words: str | Path, **environ: str) -> None:
    """The program takes the file without a word of warning that matters."""
    done = subprocess.run(
        [*map(str, words)], capture_output=True, text=True, check=False, env={"PATH": SYSTEM_PATH} | environ
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_is_one_of_ours() -> None:
    unit = re.findall(r"ExecStart=/usr/bin/python3 manage.py (.*)", UNIT)
    image = [", ".join(re.findall(r'CMD \["python", "manage.py", (.*)\]', IMAGE)).replace('"', "").replace(",", "")]
    told = re.findall(r"`(?:python3? )?manage\.py ([a-z-]+[^`]*)`", WORDS)
    commands = [*unit, *image, *told, *re.findall(r"python manage\.py ([a-z]+)`", WORDS)]
    assert len(commands) >= 5
    for command in commands:
        manage.parse(command.replace("%i", "8501").replace("'", "").split())


def test_every_setting_is_one_of_ours() -> None:
    known = {f"LINLI_{field.name.upper()}" for field in fields(Settings)} | {"LINLI_DATA_DIR"}
    named = set(re.findall(r"\bLINLI_[A-Z_]+\b", ENVIRONMENT + COMPOSE + IMAGE)) - {
        "LINLI_ONE",
        "LINLI_TWO",
        "LINLI_LOG",
    }
    assert len(named) >= 5
    assert named <= known
    assert set(re.findall(r"\bLINLI_[A-Z]+\b", COMPOSE)) & {"LINLI_ONE", "LINLI_TWO", "LINLI_LOG"} == set(
        re.findall(r"presetenv (LINLI_[A-Z]+)", WAYS)
    )


def test_the_ports_agree() -> None:
    ports = re.findall(r"presetenv LINLI_(?:ONE|TWO) 127\.0\.0\.1:(\d+)", WAYS)
    for words in (UNIT, WORDS):
        assert f"systemctl enable --now linli@{ports[0]} linli@{ports[1]}" in words
    inside = set(re.findall(r'"(?:one|two):(\d+)"', COMPOSE)) | set(re.findall(r'"--port", "(\d+)"', IMAGE))
    assert len(inside) == 1
    assert {f"{port}:{port}" for port in re.findall(r"bind :(\d+)", WAYS)} == set(re.findall(r'"(\d+:\d+)"', COMPOSE))


def test_every_file_and_place_agrees() -> None:
    for name in re.findall(r"\]\((servers/[^)]+)\)", WORDS):
        assert (FILES.parent / name).exists(), name
    data = re.findall(r"LINLI_DATA_DIR=(.*)", ENVIRONMENT)[0]
    assert data.startswith(re.findall(r"ReadWritePaths=(\S+)", UNIT)[0])
    assert data == re.findall(r"LINLI_DATA_DIR=(.*)", IMAGE)[0]
    for place in re.findall(r"LINLI_(?:BACKUP|ANCHOR)_DIR=(.*)", ENVIRONMENT):
        assert place.startswith(re.findall(r"ReadWritePaths=\S+ -(\S+)", UNIT)[0])
    for key in re.findall(r"crt (\S+)", WAYS):
        assert f":{key}:ro" in COMPOSE
        assert f"`{key}`" in WORDS


def test_what_an_office_owns_goes_into_no_image() -> None:
    kept_out = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n"))
    owned = (ROOT / ".gitignore").read_text(encoding="utf-8").partition("what an office owns")[2].partition("\n#")[0]
    names = [line.strip("/") for line in owned.splitlines()[1:] if line]
    assert len(names) > 5
    assert {".git", "**/.env", "**/*.pem"} <= kept_out
    assert [name for name in names if not kept_out & {name, f"**/{name}"}] == []


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = needs("systemd-analyze")
    shutil.copy(FILES / "linli@.service", tmp_path / "linli@8501.service")
    taken(program, "verify", "--man=no", tmp_path / "linli@8501.service")
    offline = ("security", "--offline=yes", "--threshold=20")
    taken(program, *offline, tmp_path / "linli@8501.service")


def test_haproxy_takes_the_file(tmp_path: Path) -> None:
    program = needs("haproxy")
    (tmp_path / "linli.pem").write_bytes(_a_certificate())
    written = WAYS.replace("/etc/haproxy/linli.pem", f"{tmp_path}/linli.pem")
    (tmp_path / "haproxy.cfg").write_text(written, encoding="utf-8")
    taken(program, "-c", "-f", tmp_path / "haproxy.cfg")
    taken(program, "-c", "-f", tmp_path / "haproxy.cfg", LINLI_LOG="stdout", LINLI_ONE="localhost:8501")


def test_compose_takes_the_file() -> None:
    words = ["docker-compose"] if shutil.which("docker-compose", path=SYSTEM_PATH) else [needs("docker"), "compose"]
    words[0] = needs(words[0])
    if subprocess.run([*words, "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker has no compose")
    given = {"LINLI_PUBLIC_URL": "https://linli.example", "POSTGRES_PASSWORD": "letters9"}
    taken(*words, "-f", FILES / "compose.yaml", "config", "--quiet", **given)


def _a_certificate() -> bytes:
    """Key and certificate in one file, as HAProxy reads them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "linli.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW, NOW + timedelta(9))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + private
