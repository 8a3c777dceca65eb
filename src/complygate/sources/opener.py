"""A source, opened: fetched, held against lock and signatures, and laid out as files."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from complygate.cache.store import UnsafeError, private_folder
from complygate.discover import worktree
from complygate.errors import PolicyError, UndecidedError, UsageError
from complygate.model.policy import Origin
from complygate.model.report import Notice
from complygate.policy.sets import Location, locate
from complygate.sources import address as addresses
from complygate.sources import bounds, checks, laid_out, mirror, objects, trust
from complygate.sources.lock import LOCK, Lock, Pin, read_lock
from complygate.values import dataclass

if TYPE_CHECKING:
    from complygate.sources.address import Address
    from complygate.sources.settings import Settings
    from complygate.sources.trust import Signers


@dataclass
class Opener:
    """Opens the sources of one policy and the sets that it stands on.

    Attributes:
        settings: what holds for all of them.
        origins: what was opened from git, by folder.
        notices: what a person should know.
    """

    settings: Settings
    origins: dict[Path, Origin] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    _addresses: dict[Path, Address] = field(default_factory=dict)
    _grown: bool = False

    def locate(self, source: str, base: Path, inside: Location | None = None) -> Location:
        """Return where `source` leads.

        Args:
            source: `builtin:NAME`, a folder, a policy file, or a git source.
            base: what a relative path starts from.
            inside: the set that extends `source`, or None where whoever started the program names it.

        Raises:
            UsageError: it leads nowhere, or is not allowed here.
            PolicyError: it is not what the lock or the signatures say.
            UndecidedError: it cannot be reached.
        """
        parent = self._addresses.get(inside.root) if inside else None
        if addresses.is_git(source):
            address = addresses.parse(source)
            if parent is not None and address.scheme == "file" and parent.scheme != "file":
                raise UsageError(f"{source}: a set from elsewhere must not name a repository on this machine")
            self._check_allowed(address, inside)
            return self._open(address, extended=inside is not None)
        if parent is None or source.startswith("builtin:"):
            return self._local(source, base, inside)
        return self._open(parent.beside(source), extended=False)

    def _local(self, source: str, base: Path, inside: Location | None) -> Location:
        found = locate(source, base)
        top = self._top
        leads_out = inside is not None and top is not None and inside.root.is_relative_to(top)
        if leads_out and top is not None and not found.builtin and not found.root.is_relative_to(top):
            raise UsageError(f"{source}: a set in the scanned repository must not extend one outside it")
        return found

    def _check_allowed(self, address: Address, inside: Location | None) -> None:
        """Fetch what the scanned tree names only where an outsider allowed it: a pull request writes it."""
        top = self._top
        by_tree = (
            self.settings.named_by_tree
            if inside is None
            else top is not None and (inside.root.is_relative_to(top))
        )
        if by_tree and not any(_covers(entry, address.public) for entry in self.settings.allowed):
            raise UsageError(
                f"{address}: the scanned repository names a source that is not allowed: not fetched",
                hint="allow it with COMPLYGATE_ALLOWED_SOURCES, or name the policy with --policy",
            )

    @cached_property
    def _top(self) -> Path | None:
        tree = self.settings.tree
        found = worktree.find(tree.resolve()) if tree else None
        return found.top if found else (tree.resolve() if tree else None)

    @cached_property
    def _folder(self) -> Path:
        given = self.settings.cache
        try:
            kept = private_folder(given, "sources", self._top) if given else None
        except UnsafeError as error:
            self.notices.append(Notice(str(error)))
            kept = None
        if kept is None:
            kept = Path(tempfile.mkdtemp(prefix="complygate-sources-"))
            atexit.register(shutil.rmtree, kept, ignore_errors=True)
        return kept

    @cached_property
    def _locks(self) -> tuple[Lock | None, Lock | None]:
        """Return the lock that decides, and that of the scanned tree, which can only refuse."""
        given, top = self.settings.lock, self._top
        if given is not None:
            lock = read_lock(given)
            mine = top is not None and given.resolve().is_relative_to(top)
            return (None, lock) if mine else (lock, None)
        found = self.settings.tree / LOCK if self.settings.tree else None
        usable = found is not None and found.is_file() and not found.is_symlink()
        return None, read_lock(found) if usable and found else None

    @cached_property
    def _signers(self) -> Signers | None:
        file = self.settings.signers
        nowhere = Path("/nonexistent")
        return trust.read_signers(file, self._top or nowhere, self.settings.now) if file else None

    def _open(self, address: Address, *, extended: bool) -> Location:
        decides, checks_only = self._locks
        name = str(address)
        pin = decides.pins.get(name) if decides else None
        if decides and pin is None:
            hint = f"it pins {', '.join(decides.pins)}; if another is meant: complygate policy lock"
            raise PolicyError(f"{name}: is not in {decides.file}", hint=hint)
        refs = self._refs(address, pin)
        ref = checks.find(address, refs, pin)
        if extended and pin is None and not (address.is_commit or ref.name.startswith("refs/tags/")):
            hint = "name a tag or a full commit id, or lock it: complygate policy lock"
            raise UsageError(f"{name}: a set must not extend a branch, which changes by itself", hint=hint)
        where = self._fetched(address, ref)
        with mirror.reading(where) as kept:
            origin = self._checked(address, ref, pin, kept)
            found = objects.files(kept, origin.commit, address.subdir)
        origin = checks.with_content(origin, found)
        for one in filter(None, (pin, checks_only.pins.get(name) if checks_only else None)):
            checks.hold(one, origin)
        self._check_freshness(address, refs, origin)
        root = laid_out.lay_out(self._folder, origin, address.subdir, found)
        bounds.mark_used(root)
        if self._grown:
            bounds.tidy(self._folder, self.settings.now.timestamp())
        self.origins[root], self._addresses[root] = origin, address
        found_at = locate(str(root), root)
        shown = f"git+{address.public}@{address.ref or origin.commit}"
        shown += f"/{address.subdir}" if address.subdir else ""
        return Location(root, found_at.policy, shown, builtin=False, folder=found_at.folder)

    def _refs(self, address: Address, pin: Pin | None) -> dict[str, str] | None:
        """Return the remote's refs; None where it does not answer and the locked commit is at hand."""
        try:
            return mirror.listed(address, self._folder)
        except mirror.UnreachableError as error:
            oid = (pin.tag_object or pin.commit) if pin else ""
            if not (oid and mirror.kept(self._folder, oid).is_dir()):
                why = "and the locked commit is not in the cache" if pin else "and nothing is locked"
                raise UndecidedError(
                    f"{address}: cannot be reached ({error}), {why}: undecided, nothing was judged",
                    hint="try again when it can be reached; a lock and the cache let a scan go on without it",
                ) from error
            self.notices.append(
                Notice(f"{address}: cannot be reached; the cached copy of the locked commit is used")
            )
            return None

    def _fetched(self, address: Address, ref: mirror.Found) -> Path:
        bounds.mark_used(mirror.kept(self._folder, ref.oid))  # first, or another scan may remove it now
        at_hand = mirror.kept(self._folder, ref.oid).is_dir()
        self._grown = self._grown or not at_hand
        try:
            return mirror.fetch(address, ref, self._folder)
        except mirror.UnreachableError as error:
            message = f"{address}: {ref.oid} cannot be fetched ({error}): undecided, nothing was judged"
            raise UndecidedError(message, hint="try again when the source can be reached") from error

    def _checked(self, address: Address, ref: mirror.Found, pin: Pin | None, kept: mirror.Mirror) -> Origin:
        if pin and pin.signer and self._signers is None:
            raise PolicyError(
                f"{address}: the lock asks for a signature by {pin.signer}, and no allowed signers are given",
                place=pin.place,
                hint="give --allowed-signers FILE or COMPLYGATE_ALLOWED_SIGNERS",
            )
        return checks.origin(address, ref, kept, self._signers)

    def _check_freshness(self, address: Address, refs: dict[str, str] | None, origin: Origin) -> None:
        """Hold the set's serial against the minimum that the source's default branch declares."""
        head = (refs or {}).get("HEAD")
        if head is None:
            return
        where = self._fetched(address, mirror.Found(head, "HEAD"))
        with mirror.reading(where) as kept:
            text = objects.minimum_file(kept, head, address.subdir, checks.MINIMUM)
        checks.fresh(origin, text)


def _covers(entry: str, url: str) -> bool:
    wanted = entry.removeprefix("git+")
    return url == wanted or (wanted.endswith("/") and wanted.count("/") > 2 and url.startswith(wanted))  # noqa: PLR2004 - the two of ://
