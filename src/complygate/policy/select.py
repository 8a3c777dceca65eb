"""What an entry of a policy selects: rules of the set, and checks that an engine's tool brings with it.

A tool's checks are taken only where an entry asks for them, by the engine's name or by ids that start with
it: a tag, a severity or `all` speaks of the set's rules and the built-in ones alone.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from complygate.model import plugins
from complygate.model.glob import any_matches, matches
from complygate.model.nearest import nearest
from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from complygate.model.rule import Rule
    from complygate.policy.files import Mistakes
    from complygate.policy.policies import Entry, PolicyFile
    from complygate.policy.sets import PolicySet


def selected(written: PolicyFile, entry: Entry, chosen: PolicySet, mistakes: Mistakes) -> Iterator[Rule]:
    """Yield the rules that `entry` selects; a word that selects nothing is a mistake.

    Args:
        written: the policy.
        entry: one of its entries.
        chosen: the set whose rules are there.
        mistakes: gets what is wrong.
    """
    offered = _offered(entry)
    before = len(mistakes.found)
    _check_words(written, entry, chosen, offered, mistakes)
    found = [*_of_catalogues(entry, offered)]
    if not entry.catalogues:
        found += [rule for rule in chosen.rules.values() if _selects(entry, rule, rule.id)]
    if not found and len(mistakes.found) == before:
        place = written.file.place(f"{entry.pointer}/select")
        mistakes.add(place, "select: selects no rule", "a rule must meet every criterion")
    yield from found


def _offered(entry: Entry) -> dict[str, Mapping[str, Rule]]:
    """Return the catalogues that `entry` asks for, by the engine's name."""
    asked = dict.fromkeys([*entry.catalogues, *(word.partition("/")[0] for word in entry.ids)])
    found = {name: plugins.catalogue(name) for name in asked if name in plugins.names("complygate.engines")}
    return {name: rules for name, rules in found.items() if rules is not None}


def _of_catalogues(entry: Entry, offered: Mapping[str, Mapping[str, Rule]]) -> Iterator[Rule]:
    for engine, rules in offered.items():
        words = _Globs([f"{engine}/{word}" for word in entry.catalogues.get(engine, ())])
        ids, excluded = _Globs(entry.ids), _Globs(entry.excluded)
        if entry.catalogues and engine not in entry.catalogues:
            continue
        for name in rules:
            wanted = (words.empty or words.match(name)) and (ids.empty or ids.match(name))
            # Of a thousand checks only those are made into rules that the names let through.
            if wanted and not excluded.match(name.partition("/")[2]) and _selects(entry, rules[name], name):
                yield rules[name]


def _selects(entry: Entry, rule: Rule, name: str) -> bool:
    return (
        (not entry.ids or any_matches(entry.ids, name))
        and (not entry.tags or not set(entry.tags).isdisjoint(rule.tags))
        and (not entry.controls or any(any_matches(entry.controls, control) for control in rule.controls))
        and (not entry.severities or rule.severity in entry.severities)
        and not any_matches(entry.excluded, name)
    )


class _Globs:
    """Globs to match many names with: most of them are plain names, which need no search."""

    def __init__(self, words: Iterable[str]) -> None:
        self._plain, self._globs = set(), []
        for word in words:
            if set(word).isdisjoint("*?["):
                self._plain.add(word)
            else:
                self._globs.append(word)
        self.empty = not self._plain and not self._globs

    def match(self, name: str) -> bool:
        """Tell whether one of the words matches `name`."""
        return name in self._plain or any_matches(self._globs, name)


def _check_words(
    written: PolicyFile,
    entry: Entry,
    chosen: PolicySet,
    offered: Mapping[str, Mapping[str, Rule]],
    mistakes: Mistakes,
) -> None:
    """Add each word of `entry` that names nothing."""
    at = f"{entry.pointer}/select"
    words = _Words(written, chosen, mistakes)
    own = chosen.rules.values()
    checks = {engine: [name.partition("/")[2] for name in rules] for engine, rules in offered.items()}
    rules = (
        {**chosen.rules, **dict.fromkeys(chain.from_iterable(offered.values()))} if offered else chosen.rules
    )
    words.check(f"{at}/ids", entry.ids, rules, "rule")
    if entry.tags:
        every = chain(own, *(found.values() for found in offered.values()))
        words.check(
            f"{at}/tags", entry.tags, {tag for rule in every for tag in rule.tags}, "rule with the tag"
        )
    words.check(f"{at}/controls", entry.controls, chosen.controls, "control")
    for engine, asked in entry.catalogues.items():
        words.check(f"{at}/{engine}", asked, set(checks.get(engine, ())), "check")
    named = {*rules, *chain.from_iterable(checks.values())} if offered else rules
    words.check(f"{entry.pointer}/except", entry.excluded, named, "rule")


@dataclass(frozen=True)
class _Words:
    """The words of one policy, checked against what they name."""

    written: PolicyFile
    chosen: PolicySet
    mistakes: Mistakes

    def check(self, at: str, words: Iterable[str], known: Collection[str], what: str) -> None:
        """Add each of `words`, which stand at the pointer `at`, that names none of `known`."""
        for i, word in enumerate(words):
            exact = what == "rule with the tag"
            if word in known or (not exact and any(matches(word, name) for name in known)):
                continue
            place = self.written.file.place(f"{at}/{i}")
            self.mistakes.add(place, f'there is no {what} "{word}"', self._hint(word, known))

    def _hint(self, word: str, known: Collection[str]) -> str:
        for rule in self.chosen.rules.values():
            if word in rule.names:
                return f'"{word}" is an alias; its rule is "{rule.id}"'
        for engine, rules in plugins.catalogues().items():
            if f"{engine}/{word}" in rules:
                return f'"{word}" is a check of {engine}; select it with `{engine}: [{word}]`'
        # Ids of checks are all alike: those of the same family will do, and a thousand take long to compare.
        stem = word.rpartition("_")[0]
        family = [name for name in known if stem and name.rpartition("_")[0] == stem]
        return nearest(word, family or known)
