"""Whatever can be taken away, merged or changed in bulk has its way back, or stands here with the reason why not."""

import ast
from collections.abc import Mapping

from tests.test_house import CODE, tree

TAKES_AWAY = ("remove", "retire", "discard", "drop", "merge", "split", "throw", "delete", "call", "unlink")
PUTS_BACK = ("restore", "put_back", "bring_back")
# What takes away under another name than its way back, or by another module.
WAYS: Mapping[str, str] = {
    "cases.bin.put_in_bin": "cases.bin.restore",
    "cases.bulk.change_many": "cases.undo.undo",
    "cases.bulk.edit_many": "cases.undo.undo",
    "cases.edit.unlink": "cases.edit.link",
    "cases.likely_lists.call_different": "cases.likely_lists.reopen",
    "cases.likely_lists.call_repeat": "cases.edit.unlink",
    "cases.merging.merge": "cases.merging.unmerge",
    "cases.splitting.split": "cases.splitting.unsplit",
    "meetings.keeping.call_off": "meetings.keeping.put_back",
    "meetings.keeping.call_off_due": "meetings.keeping.put_back_due",
    "scoring.drafts.remove_line": "scoring.drafts.save_document",
    "supervision.issuing.issue_many": "supervision.issuing.withdraw",
}
NO_WAY: Mapping[str, str] = {
    "accounts.second_factor.drop_second_factor": "set up anew in a minute; the secret itself is gone on purpose",
    "importing.waiting.discard": "a file nobody brought in is uploaded again; it holds residents' names",
    "intake.drafting.drop_draft": "a draft thrown away is what was asked for; it holds residents' words",
    "retention.reviews.drop": "a list nobody approved is proposed again in one click",
    "suggesting.asking.suggest_many": "answers, changes nothing",
}


def functions() -> dict[str, bool]:
    """Every public function of the services, and whether it changes something for somebody."""
    found = {}
    for name in CODE:
        if name.startswith("db/services/") and "/keeping/" not in name:
            module = name.removeprefix("db/services/").removesuffix(".py").replace("/", ".")
            for node in tree(name).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    arguments = {a.arg for a in (*node.args.args, *node.args.posonlyargs, *node.args.kwonlyargs)}
                    found[f"{module}.{node.name}"] = "actor" in arguments and len(arguments) > 1
    return found


def took_away(name: str) -> bool:
    """Whether a service of this name takes something away, or changes many at once."""
    return name.split("_")[0] in TAKES_AWAY or name.endswith("_many") or name == "put_in_bin"


def test_what_is_taken_away_has_its_way_back() -> None:
    known = functions()
    acts = [one for one, writes in known.items() if writes and took_away(one.rpartition(".")[2])]
    assert len(acts) > 35
    lost = []
    for one in acts:
        module, _, name = one.rpartition(".")
        rest = name.partition("_")[2]
        ways = [f"{module}.{back}{f'_{rest}' if rest else ''}" for back in PUTS_BACK]
        if not any(way in known for way in [*ways, WAYS.get(one, "")]) and one not in NO_WAY:
            lost.append(one)
    assert not lost, "\n".join(lost)
    assert set(WAYS.values()) <= set(known)
    assert set(WAYS) | set(NO_WAY) <= set(acts)
