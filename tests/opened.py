"""What we make, opened by another program: LibreOffice makes pages of it, poppler pictures and words."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from PIL import Image


def pages_of(files: Mapping[str, bytes], folder: Path) -> dict[str, list[str]]:
    """What is said on each page of each of these files, by name; none of the pages is blank. One start opens all."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    home = f"-env:UserInstallation=file://{folder}/home"
    office = [_found("soffice"), "--headless", home, "--convert-to", "pdf", *files]
    subprocess.run(office, cwd=folder, check=True, capture_output=True, timeout=180)
    return {name: _pages((folder / name).with_suffix(".pdf")) for name in files}


def _found(program: str) -> str:
    """Where a program lies."""
    return shutil.which(program) or program


def _pages(pdf: Path) -> list[str]:
    subprocess.run([_found("pdftoppm"), "-r", "20", "-png", pdf.name, pdf.stem], cwd=pdf.parent, check=True)
    drawn = sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))
    colours = [len(Image.open(page).convert("RGB").getcolors(100_000) or []) for page in drawn]
    assert min(colours) > 8, (pdf.name, colours)
    words = [_found("pdftotext"), "-layout", pdf.name, "-"]
    told = subprocess.run(words, cwd=pdf.parent, check=True, capture_output=True)
    return told.stdout.decode().split("\f")[:-1]
