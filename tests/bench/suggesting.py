"""`python manage.py bench suggest TRAIN.csv TEST.csv`: the office's own learning on the one, measured on the other."""

import csv
import sys
import time
from pathlib import Path

import numpy as np

from db.rules.problems import Problems
from db.rules.suggesting.learning import Example, learn
from db.rules.suggesting.measuring import measure

SUBJECT = ("留言主题", "主题", "subject")
TEXT = ("留言详情", "详情", "内容", "text")
LABEL = ("一级标签", "类别", "category", "label")


def main(files: list[str]) -> None:
    """Learn from the first file, ask about each row of the second, print how good that is and how long it took."""
    if len(files) != 2:
        sys.exit("bench suggest needs two files: TRAIN.csv TEST.csv")
    taught, asked = (_rows(Path(name)) for name in files)
    began, used = time.perf_counter(), time.process_time()
    try:
        learned = learn(taught)
    except Problems as problems:
        sys.exit(str(problems))
    print(f"training           {time.perf_counter() - began:.1f} s, measuring included ({len(taught)} rows; "
          f"{time.process_time() - used:.1f} s of processor)")  # fmt: skip
    held = learned.measured
    print(f"held back in it    accuracy {held.accuracy:.4f}, macro-F1 {held.macro_f1:.4f}, within two "
          f"{held.within_two:.4f}, surest 80 % {held.surest:.4f}, confidence off by {held.off:.4f}")  # fmt: skip
    labels = sorted({*learned.model.labels, *(label for _, _, label in asked)})
    began = time.perf_counter()
    chances = [learned.model.chances(subject, text) for subject, text, _ in asked]
    each = (time.perf_counter() - began) / len(asked) * 1000
    table = np.zeros((len(asked), len(labels)))
    table[:, [labels.index(label) for label in learned.model.labels]] = chances
    told = measure(labels, np.array([labels.index(label) for _, _, label in asked]), table)
    print(f"prediction         {each:.2f} ms for each of {len(asked)} messages")
    print(f"model              {len(learned.model.packed()) / 1e6:.1f} MB")
    print(f"accuracy           {told.accuracy:.4f}")
    print(f"macro-F1           {told.macro_f1:.4f}")
    print(f"first two          {told.within_two:.4f}")
    print(f"surest 80 %        {told.surest:.4f}")
    print(f"confidence off by  {told.off:.4f}")


def _rows(path: Path) -> list[Example]:
    """Subject, text and label of each row that has a label; UTF-8, with or without a mark, or GB18030."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    rows = csv.DictReader(text.splitlines(keepends=True))
    names = rows.fieldnames or ()
    subject, body, label = (next((n for n in some if n in names), "") for some in (SUBJECT, TEXT, LABEL))
    if not body or not label:
        sys.exit(f"{path} has no column {TEXT[0]} or {LABEL[0]}")
    found = [(row.get(subject) or "", row[body] or "", (row[label] or "").strip()) for row in rows]
    return [row for row in found if row[2]]
