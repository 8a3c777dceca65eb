"""What of the scanned repository may excuse findings: waivers, the baseline, and CODEOWNERS.

All of it is written by whoever changes the repository. So only plain files are opened, none through a link,
each up to a limit; and what a pull request must not decide for itself is read from the commit that it is
compared with.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.discover import base as bases
from complygate.discover.plain import UnreadError, decoded, names, read_bytes
from complygate.discover.state import object_id
from complygate.errors import PolicyError, UndecidedError
from complygate.model.excuses import Excuses
from complygate.model.glob import is_quick
from complygate.model.owners import PATHS, UnclearError, owners_of
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Notice
from complygate.model.tree import Span
from complygate.model.waiver import FOLDER, Waiver
from complygate.policy import baselines, waivers
from complygate.policy.files import Mistakes
from complygate.syntax import codeowners

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complygate.discover.base import Base
    from complygate.model.baseline import BaselineTerms, Entry
    from complygate.model.policy import Policy

MAX_WAIVER_BYTES = 256 * 1024
MAX_WAIVERS = 1000
_HINT = "mend it, or take it out; until then nothing in it counts"


def read(
    top: Path,
    chosen: Policy,
    day: dt.date,
    ref: str = "",
    paths: Sequence[str] = (),
    *,
    coming: str = "",
) -> Excuses:
    """Return what of the repository at `top` may excuse findings under the policy `chosen`.

    Args:
        top: the repository's top level.
        chosen: the policy.
        day: the day of the scan.
        ref: the commit that the tree is compared with, as the user names it; "" for none.
        paths: the files that are scanned, from the top level.
        coming: a waiver file that is about to be written, of which the owners are told too; or "".
    """
    return _Reader(top, chosen, day, ref, paths).read(coming)


class _Reader:
    """Reads one repository."""

    def __init__(self, top: Path, chosen: Policy, day: dt.date, ref: str, paths: Sequence[str]) -> None:
        self._paths = paths
        self._top, self._chosen, self._day, self._ref = top, chosen, day, ref
        self._problems: list[Problem] = []
        self._notices: list[Notice] = []
        self._seen = hashlib.sha256()
        self._base: Base | None = None
        self._base_failed = False

    def read(self, coming: str) -> Excuses:
        """Return all of it, and who owns the waiver file `coming`."""
        found = tuple(self._waivers())
        owners, owners_from = self._owners(
            {*(waiver.place.path for waiver in found), *filter(None, (coming,))}
        )
        tree, before = self._baseline()
        renamed = self._renamed(before) if before else {}
        for new, old in sorted(renamed.items()):
            self._note(new, old.encode("utf-8", "surrogatepass"))
        self._note("base", self._base.commit.encode() if self._base else b"")
        # What could not be read is part of it: a link that came or went says something else.
        said = repr((owners_from, sorted(owners), self._problems, self._notices))
        self._note("said", said.encode("utf-8", "surrogatepass"))
        base = self._base
        return Excuses(
            waivers=found,
            owners=owners,
            owners_from=owners_from,
            baseline=tree,
            before=before,
            renamed=renamed,
            text_before=_texts(base) if base else lambda _: None,
            problems=tuple(self._problems),
            notices=tuple(self._notices),
            digest=self._seen.hexdigest(),
        )

    def _note(self, name: str, data: bytes) -> None:
        self._seen.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogatepass"))
        self._seen.update(data)

    def _problem(self, message: str, path: str, line: int = 0, column: int = 0, hint: str = _HINT) -> None:
        span = Span(line, max(column, 1), line, max(column, 1)) if line else None
        self._problems.append(Problem(ProblemKind.PARSE_ERROR, message, path, span, hint=hint))

    def _wrong(self, error: PolicyError, path: str) -> None:
        for one in (error, *error.others):
            line, column = (one.place.line, one.place.column) if one.place else (0, 0)
            self._problem(one.message, path, line, column, one.hint or _HINT)

    def _found_base(self) -> Base | None:
        """Return the commit to compare with. Where it is asked for and not here, that is a problem, once."""
        if self._ref and self._base is None and not self._base_failed:
            try:
                self._base = bases.find(self._top, self._ref)
            except UndecidedError as error:
                self._base_failed = True
                self._problems.append(
                    Problem(
                        ProblemKind.ENGINE_ERROR,
                        f"{error.message}; what would be read from there counts for nothing",
                        hint=error.hint,
                    )
                )
        return self._base

    def _text(self, path: str, limit: int) -> str | None:
        """Return the text of the plain file at `path`; None where there is none.

        Raises:
            UnreadError: it is something else, or too large.
        """
        data = read_bytes(self._top, path, limit)
        if data is None:
            return None
        self._note(path, data)
        return decoded(data)

    def _waivers(self) -> Iterator[Waiver]:
        try:
            found = names(self._top, FOLDER)
        except UnreadError as error:
            self._problem(f"{FOLDER} {error}", FOLDER)
            return
        count = 0
        for name in found:
            path = f"{FOLDER}/{name}"
            for waiver in self._waivers_of(path):
                count += 1
                if count > MAX_WAIVERS:
                    self._problem(f"there are more than {MAX_WAIVERS} waivers: the rest is not read", path)
                    return
                yield waiver

    def _waivers_of(self, path: str) -> tuple[Waiver, ...]:
        mistakes = Mistakes()
        try:
            text = self._text(path, MAX_WAIVER_BYTES)
            plain = (text or "").replace("\r\n", "\n").replace("\r", "\n")
            found = waivers.read(plain, path, mistakes)
            for waiver in found:
                _check_quick(waiver, mistakes)
            mistakes.stop()
        except UnreadError as error:
            self._problem(f"{path} {error}", path)
            return ()
        except PolicyError as error:
            self._wrong(error, path)
            return ()
        return found

    def _owners(self, files: set[str]) -> tuple[dict[str, frozenset[str] | None], str]:
        """Return who owns each of the waiver `files`, and by which CODEOWNERS."""
        asked = any(effective.waivable.repository for effective in self._chosen.rules.values())
        if not files or not asked:
            return {}, "CODEOWNERS"
        base = self._found_base()
        where = "CODEOWNERS" + (f" in commit {base.commit[:12]}" if base else "")
        if self._ref and base is None:
            return dict.fromkeys(files), where
        try:
            texts = {path: text for path in PATHS if (text := self._codeowners(base, path)) is not None}
        except (UnreadError, UndecidedError) as error:
            self._problem(f"CODEOWNERS: {error}", "", hint="no waiver of the repository counts")
            return dict.fromkeys(files), where
        parsed = [codeowners.parse_text(path, text).data for path, text in texts.items()]
        return {file: _owners_by_all(file, parsed) for file in files}, where

    def _codeowners(self, base: Base | None, path: str) -> str | None:
        if base is None:
            return self._text(path, bases.MAX_BYTES)
        data = base.read(path)
        return None if data is None else decoded(data)

    def _baseline(self) -> tuple[tuple[Entry, ...], tuple[Entry, ...] | None]:
        """Return the entries of the tree's baseline, and of the commit's that it is compared with."""
        terms = self._chosen.baseline
        if terms is None or not self._counts(terms):
            return (), None
        try:
            text = self._text(terms.file, bases.MAX_BYTES)
            tree = baselines.read(text, terms.file) if text is not None else ()
        except UnreadError as error:
            self._problem(f"{terms.file} {error}", terms.file)
            return (), None
        except PolicyError as error:
            self._wrong(error, terms.file)
            return (), None
        if not self._ref:
            return tree, None
        base = self._found_base()
        return (tree, self._before(base, terms)) if base else ((), ())

    def _before(self, base: Base, terms: BaselineTerms) -> tuple[Entry, ...]:
        try:
            data = base.read(terms.file)
            return baselines.read(decoded(data), terms.file) if data is not None else ()
        except (UnreadError, UndecidedError, PolicyError) as error:
            message = f"{terms.file} of commit {base.commit[:12]}: {error}"
            self._problem(message, terms.file, hint="no finding counts as known until it can be read")
            return ()

    def _counts(self, terms: BaselineTerms) -> bool:
        """Tell whether the baseline counts today; else say why not, if there is one."""
        if self._day > terms.until:
            why = f"the baseline no longer counts: the policy honours it until {terms.until.isoformat()}"
        elif terms.require_base and not self._ref:
            why = "the baseline does not count: the policy asks for the commit to compare with (--base)"
        else:
            return True
        if os.path.lexists(self._top / terms.file):
            self._notices.append(Notice(why, terms.file))
        return False

    def _renamed(self, before: tuple[Entry, ...]) -> dict[str, str]:
        """Return the former path of each file that is the same to the byte under another path.

        Of files that the baseline knows and that are gone: what else was renamed does not matter.
        """
        base = self._base
        gone = sorted(path for path in {e.path for e in before} if not os.path.lexists(self._top / path))
        if base is None or not gone:
            return {}
        try:
            entries = base.entries()
        except UndecidedError:
            return {}
        by_id: dict[str, list[str]] = {}
        for path in gone:
            if path in entries:
                by_id.setdefault(entries[path][1], []).append(path)
        found = {}
        for path in (path for path in self._paths if path not in entries):
            oid = _id(self._top, path, next(iter(by_id), ""))
            if by_id.get(oid):
                found[path] = by_id[oid].pop(0)
        return found


def _check_quick(waiver: Waiver, mistakes: Mistakes) -> None:
    for pattern in (*waiver.paths, waiver.rule):
        if not is_quick(pattern):
            message = f"{pattern}: more than two * between two slashes, or more than two **"
            mistakes.add(waiver.place, message, "matching it could take for ever")


def _owners_by_all(file: str, parsed: list[Mapping[str, object]]) -> frozenset[str] | None:
    """Return who owns `file` by every CODEOWNERS that there is; None where that cannot be told."""
    try:
        each = [owners_of(file, data) for data in parsed]
    except UnclearError:
        return None
    return frozenset.intersection(*each) if each else frozenset()


def _id(top: Path, path: str, like: str) -> str:
    """Return the id that git gives to the file at `path`, by the hash function of the id `like`; or ""."""
    try:
        data = read_bytes(top, path, bases.MAX_BYTES)
    except UnreadError:
        return ""
    return object_id(data, like) if data is not None else ""


def _texts(base: Base) -> Callable[[str], str | None]:
    @lru_cache(maxsize=8)
    def text(path: str) -> str | None:
        try:
            data = base.read(path)
            return None if data is None else decoded(data)
        except (UndecidedError, UnreadError):
            return None

    return text
