"""The baseline meets findings: what was known is excused, as far as the policy says and no further."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from complygate.model.baseline import by_fingerprint, split_fingerprint
from complygate.model.finding import Disposition, Excuse
from complygate.model.glob import matches
from complygate.model.problem import Problem, ProblemKind
from complygate.model.report import Notice
from complygate.model.tree import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from complygate.model.baseline import BaselineTerms, Entry
    from complygate.model.excuses import Excuses
    from complygate.model.finding import Finding


class Baseline:
    """Decides which findings were known."""

    def __init__(
        self,
        terms: BaselineTerms,
        excuses: Excuses,
        former: Mapping[str, str],
        touched: Callable[[Finding], bool] | None,
    ) -> None:
        """Start.

        Args:
            terms: the policy's.
            excuses: the entries, of the tree and of the commit that is compared with.
            former: fingerprints under the former path of a renamed file, by fingerprint.
            touched: tells which findings come back; None where nobody can tell.
        """
        self._terms, self._excuses, self._touched = terms, excuses, touched
        self._former = {split_fingerprint(new)[0]: split_fingerprint(old)[0] for new, old in former.items()}
        self._before = None if excuses.before is None else by_fingerprint(excuses.before)
        self._entries = by_fingerprint(excuses.baseline)
        self._used: set[str] = set()
        self._spent: Counter[str] = Counter()
        self._over: Counter[str] = Counter()
        self._back = 0

    def apply(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return `findings`, which are in the report's order, those baselined that were known."""
        return [self._decide(finding) for finding in findings]

    def _decide(self, finding: Finding) -> Finding:
        name, number = split_fingerprint(finding.fingerprint)
        entry = self._entries.get(name)
        if entry is None or (entry.rule, entry.path) != (finding.rule, finding.region.path):
            return finding
        self._used.add(name)
        if finding.disposition is not Disposition.ACTIVE or number > self._allowed(entry):
            return finding
        if self._touched is not None and self._touched(finding):
            self._back += 1
            return finding
        if not self._affordable(finding.rule):
            return finding
        terms = self._terms
        excuse = Excuse("baseline", "known before", terms.file, entry.line, terms.until)
        return replace(finding, disposition=Disposition.BASELINED, excuse=excuse)

    def _allowed(self, entry: Entry) -> int:
        """Return how many findings `entry` excuses: no more than before."""
        if self._before is None:
            return entry.count
        known = self._before.get(entry.fingerprint)
        if known is None:
            known = self._before.get(self._former.get(entry.fingerprint, ""))
        return 0 if known is None or known.rule != entry.rule else min(known.count, entry.count)

    def _affordable(self, rule: str) -> bool:
        """Tell whether the budget has room for one more finding of `rule`, and take it."""
        mine = [(pattern, most) for pattern, most in self._terms.budget if matches(pattern, rule)]
        full = [pattern for pattern, most in mine if self._spent[pattern] >= most]
        (self._over if full else self._spent).update(full or [pattern for pattern, _ in mine])
        return not full

    def problems(self) -> tuple[Problem, ...]:
        """Return what the tree adds to the baseline, once all is decided."""
        if self._before is None:
            return ()
        return tuple(self._added(entry) for entry in self._excuses.baseline if self._is_added(entry))

    def _is_added(self, entry: Entry) -> bool:
        if entry.path in self._excuses.renamed and entry.fingerprint not in self._used:
            return False  # no finding says what it was called before; it excuses nothing
        return self._allowed(entry) < entry.count

    def _added(self, entry: Entry) -> Problem:
        more = entry.count - self._allowed(entry)
        return Problem(
            ProblemKind.LOOSENING,
            f"the baseline only shrinks: {more} more of {entry.rule} in {entry.path} "
            f"than in the commit that is compared with; {'it does' if more == 1 else 'they do'} not count",
            self._terms.file,
            Span(entry.line, 1, entry.line, 1) if entry.line else None,
            entry.rule,
            "mend the finding, or ask for a waiver",
        )

    def notices(self, *, whole: bool) -> tuple[Notice, ...]:
        """Return what a person should know of the baseline, once all is decided.

        Args:
            whole: whether all of the repository was judged, so that an entry without a finding is mended.
        """
        said = [
            f"the baseline's budget for {pattern} is used up: {count} known finding{_s(count)} "
            f"{_stays(count)} active"
            for pattern, count in sorted(self._over.items())
        ]
        if self._back:
            many = f"{self._back} known finding{_s(self._back)} {_stays(self._back)}"
            said.append(f"{many} active, since the resource was touched")
        gone = sum(entry.fingerprint not in self._used for entry in self._entries.values())
        if gone and whole:
            entries = "1 entry of the baseline is" if gone == 1 else f"{gone} entries of the baseline are"
            said.append(f"{entries} mended or gone: take them out with `complygate baseline update`")
        return tuple(Notice(text, self._terms.file) for text in said)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _stays(count: int) -> str:
    return "stays" if count == 1 else "stay"
