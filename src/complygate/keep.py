"""Whether a scan's results can be had from an earlier scan: only if nothing that they rest on has changed.

Judging takes a moment, a tool such as Checkov takes seconds. So this is for policies that ask a tool.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from complygate.model import plugins
from complygate.model.report import Notice
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from complygate.cache.store import Store
    from complygate.discover import Tree
    from complygate.model.policy import Policy
    from complygate.model.report import Results


@dataclass(frozen=True)
class Kept:
    """Where the results of one scan are kept.

    Attributes:
        store: the folder, or None where nothing is kept.
        digest: gives the digest of all that the results rest on, or None where it cannot be had.
        cache: the folder for tools' own results, or None where nothing is kept.
        notices: why a folder that was asked for is not used.
    """

    store: Store | None = None
    digest: Callable[[], str | None] = lambda: None
    cache: Path | None = None
    notices: tuple[Notice, ...] = ()

    def results(self, judge: Callable[[], Results]) -> Results:
        """Return the results from an earlier scan, else those of `judge`, which are then kept."""
        key = self.digest() if self.store is not None else None
        if self.store is None or key is None:
            return judge()
        from complygate.cache.scans import of_results, to_results  # noqa: PLC0415 - many scans keep nothing

        found = self.store.get(key)
        if found is not None:
            return to_results(found)
        results = judge()
        # Files that were saved while they were judged may have been seen in either state.
        if results.lasting and self.digest() == key:
            self.store.put(key, of_results(results))
        return results


def kept(
    tree: Tree, chosen: Policy, folder: Path | None, imports: Iterable[Path], *asked: str | bool
) -> Kept:
    """Return where the results of scanning `tree` by the policy `chosen` are kept.

    Args:
        tree: the files.
        chosen: the policy.
        folder: the user's folder for results, or None to keep none.
        imports: files outside the tree that are judged as well.
        asked: what else decides what is found or said.
    """
    engines = sorted({effective.rule.engine for effective in chosen.rules.values()})
    state = [plugins.state_of(engine) for engine in engines]
    if folder is None or all(item is None for item in state):
        return Kept(cache=folder)
    from complygate.cache import digests  # noqa: PLC0415 - many scans keep nothing
    from complygate.cache.store import Store, UnsafeError  # noqa: PLC0415

    root = tree.root
    try:
        store = Store.open(folder, "scans", root.folder)
    except UnsafeError as error:
        return Kept(notices=(Notice(str(error)),))
    settings = [state, _of_policy(chosen), _of_tree(tree), asked]
    files = tuple(imports)

    def digest() -> str | None:
        given = [(str(path), _of_file(path)) for path in files]
        return digests.of_files(root.folder, tree.paths, settings, given)

    return Kept(store, digest, folder)


def _of_policy(chosen: Policy) -> list[Any]:
    """Return what of the policy reaches a finding; its digest covers what reaches the verdict only."""
    texts = [[e.rule.id, e.rule.message, sorted(e.rule.tags), e.severity] for e in chosen.rules.values()]
    waivers = [[waiver.reason, str(waiver.place)] for waiver in chosen.waivers]
    return [chosen.digest, chosen.elsewhere, [str(one) for one in chosen.unclear], texts, waivers]


def _of_tree(tree: Tree) -> list[Any]:
    left_out = [[item.path, item.reason] for item in tree.left_out]
    return [tree.root.prefix, tree.root.selected, sorted(tree.links.items()), left_out]


def _of_file(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return type(error).__name__
