"""What a report needs to know of an adopted rule: an id of its own, a title, a severity, where to read more.

From the annotation above it (`# METADATA`); what that does not say, from its package, file, name and message.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from complygate.engines.rego.annotations import Annotation, annotation_of, heading_of
from complygate.engines.rego.inputs import KINDS
from complygate.errors import CheckError, Place, PolicyError
from complygate.model.rule import Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.engines.rego.conftest import Clause
    from complygate.model.folder import PolicyFolder

_ID_KEYS = (
    "id",
    "ID",
    "avd_id",
    "avdId",
    "policyId",
    "policy_id",
    "rule_id",
    "short_code",
    "short_name",
    "shortName",
)
_WORDS_OF_SEVERITY = {
    "critical": Severity.CRITICAL, "blocker": Severity.CRITICAL,
    "high": Severity.HIGH, "error": Severity.HIGH, "major": Severity.HIGH,
    "medium": Severity.MEDIUM, "moderate": Severity.MEDIUM,
    "low": Severity.LOW, "minor": Severity.LOW, "warning": Severity.LOW, "warn": Severity.LOW,
    "info": Severity.INFO, "informational": Severity.INFO, "notice": Severity.INFO, "none": Severity.INFO,
}  # fmt: skip
_SAYING_NOTHING = ("src", "policy", "policies", "rego")
_LONGEST = 60
_PLAIN = re.compile(r"[^a-z0-9]+")
_VERB = re.compile(r"%[-+# 0-9.]*[a-zA-Z]")
_URL = re.compile(r"https?://[^\s]+")


def describe(folder: PolicyFolder, clauses: Sequence[Clause], digest: str) -> Iterator[Rule]:
    """Yield the rule for each of `clauses`.

    Raises:
        PolicyError: an annotation is wrong.
    """
    annotations = [_annotation(folder, clause) for clause in clauses]
    named = [annotation.text(*_ID_KEYS) for annotation in annotations]
    per_file = Counter((clause.file, clause.definition.name) for clause in clauses)
    ids: dict[str, int] = {}
    for clause, annotation, name in zip(clauses, annotations, named, strict=True):
        alone = per_file[clause.file, clause.definition.name] == 1
        wanted = f"{folder.name}/{_id(clause, annotation, name, alone=alone)}"
        ids[wanted] = number = ids.get(wanted, 0) + 1
        rule_id = wanted if number == 1 else f"{wanted}-{number}"
        aliases = (name,) if name and named.count(name) == 1 and name != rule_id else ()
        yield _rule(folder, clause, annotation, rule_id, aliases, digest)


def _annotation(folder: PolicyFolder, clause: Clause) -> Annotation:
    try:
        own = annotation_of(clause.definition, clause.module)
        # `# scope: package` above the package says what holds for all of its rules, as for OPA.
        heading = heading_of(clause.module)
    except CheckError as error:
        place = Place(f"{folder.shown}/{clause.file}", error.line, error.column)
        raise PolicyError(error.message, place=place, hint=error.hint) from None
    if own.data or not heading.data:
        return own
    same = [d for d in clause.module.definitions if d.violates or d.warns]
    return heading if len(same) == 1 else own


def _id(clause: Clause, annotation: Annotation, name: str, *, alone: bool) -> str:
    """Return the id without what all rules of the folder start with.

    The surest name first: what the author calls it; the rule's name, if the file has one rule of that name;
    the words of its title or message; and last its number in the file.
    """
    names = [part for part in map(_slug, clause.module.path) if part] or ["main"]
    package = "/".join(names)
    if name and _slug(name):
        return f"{package}/{_slug(name)}"
    file = [_slug(part) for part in clause.file.removesuffix(".rego").split("/")]
    # `package ocp.latest` in `ocp/latest/src.rego` says things twice.
    at = "/".join((package, *(part for part in file if part and part not in {*names, *_SAYING_NOTHING})))
    rule = _slug(clause.definition.name)
    if alone:
        return f"{at}/{rule}"
    words = _slug(annotation.text("title") or message_of(clause), _LONGEST)
    if words:
        return f"{at}/{rule}-{words}"
    same = [d for d in clause.module.definitions if d.name == clause.definition.name]
    return f"{at}/{rule}-{same.index(clause.definition) + 1}"


def _slug(text: str, longest: int = 80) -> str:
    """Return `text` in the letters that an id may have, cut between words."""
    text = _VERB.sub(" ", re.sub(r"([a-z0-9])([A-Z])", r"\1-\2", text))
    words = _PLAIN.sub("-", text.lower()).strip("-")
    if len(words) <= longest:
        return words
    return words[: longest + 1].rpartition("-")[0] or words[:longest]


def message_of(clause: Clause) -> str:
    """Return the longest text in a definition's head or given to `msg`: most likely its message."""
    tokens = clause.definition.tokens
    found = ""
    for i, token in enumerate(tokens):
        if token.kind in {"string", "raw", "template"} and " " in token.text:
            before = [t.text for t in tokens[max(i - 4, 0) : i]]
            text = token.text.strip('"`$')
            if len(text) > len(found) and {":=", "=", "sprintf", "contains", ":"} & set(before):
                found = text
    return found


def _rule(
    folder: PolicyFolder,
    clause: Clause,
    annotation: Annotation,
    rule_id: str,
    aliases: tuple[str, ...],
    digest: str,
) -> Rule:
    definition = clause.definition
    name = definition.name
    line, column = clause.module.source.at(definition.start)
    shown = f"{folder.shown}/{clause.file}" if folder.shown else clause.file
    place = Place(shown, line, column)
    title = annotation.text("title") or _sentence(message_of(clause)) or f"{name} of {clause.file}"
    why = annotation.text("description") or f"`data.{clause.module.package}.{name}` in `{shown}` says so."
    fix = annotation.text("remediation", "fix", "recommended_actions", "recommendation") or f"See `{place}`."
    level = "warn" if definition.warns else ""
    return Rule(
        id=rule_id,
        title=" ".join(title.split()),
        severity=_severity(annotation, warns=definition.warns),
        applies_to=KINDS,
        engine="rego",
        check=_check(clause, digest, title),
        message="{detail}",
        why=why,
        fix=fix,
        tags=("conftest", name.partition("_")[0]),
        controls=annotation.texts("controls"),
        references=tuple(_references(annotation)),
        aliases=aliases,
        params={},
        place=place,
        level=level,
    )


def _check(clause: Clause, digest: str, title: str) -> dict[str, Any]:
    """Return what the engine finds the compiled rule by. It names all that can change a verdict."""
    name = clause.definition.name
    return {
        "modules": digest,
        "rule": clause.entry,
        "exception": "/".join((*clause.module.path, "exception")),
        "name": name.partition("_")[2],
        "title": title,
    }


def _severity(annotation: Annotation, *, warns: bool) -> Severity:
    word = annotation.text("severity").lower()
    return _WORDS_OF_SEVERITY.get(word, Severity.LOW if warns else Severity.MEDIUM)


def _sentence(text: str) -> str:
    """Return a message with its verbs shown as dots."""
    return " ".join(_VERB.sub("…", text.replace('\\"', '"').replace("%%", "%")).split())


def _references(annotation: Annotation) -> Iterator[str]:
    for key in ("related_resources", "references", "url", "urls"):
        for group in (annotation.data, annotation.custom):
            value = group.get(key)
            for item in value if isinstance(value, list) else [value]:
                url = item.get("ref") if isinstance(item, dict) else item
                if isinstance(url, str) and _URL.fullmatch(url):
                    yield url
