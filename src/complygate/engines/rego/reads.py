"""Which parts of the input a rule can look at, from the plan that the interpreter compiled.

The interpreter knows no unknown values. So a rule is asked only where none of them can have a part in its
answer, and that is read from its plan: from each look at a member, each iteration and each call,
flow-insensitively and over all functions that the rule can reach. https://www.openpolicyagent.org/docs/ir
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from complygate.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Path = tuple[str, ...]

ANY = "*"
"""In a path: whichever member."""

_LONGEST = 12
_MOST = 4000
_SURFACE = frozenset(
    {"is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "type_name"}
)
"""Built-ins that look at a value and not at what is in it."""
_COUNTING = frozenset({"count", "object.keys"})
"""Built-ins that look at a value's members and not at what is in them."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a rule can look at.

    Attributes:
        whole: paths whose values it looks at with all that is in them.
        surface: paths of which it looks whether there is something, and of what type.
        all: whether it may look at anything.
    """

    whole: frozenset[Path]
    surface: frozenset[Path]
    all: bool = False

    def touch(self, pointer: Sequence[str]) -> bool:
        """Tell whether what is at `pointer`, or is missing there, can have a part in the answer."""
        if self.all:
            return True
        if any(_meet(path, pointer) for path in self.whole):
            return True
        return any(len(pointer) <= len(path) and _meet(path, pointer) for path in self.surface)

    def inside(self, pointer: Sequence[str]) -> bool:
        """Tell whether the rule can look at a part of what stands at `pointer`, below it."""
        return self.all or any(
            len(path) > len(pointer) and _meet(path, pointer) for path in (*self.whole, *self.surface)
        )


def _meet(path: Path, pointer: Sequence[str]) -> bool:
    """Tell whether one of the two leads to the other, or through it."""
    return all(step in {ANY, token} for step, token in zip(path, pointer, strict=False))


@dataclass(slots=True)
class _Value:
    """What of the input a local variable may hold: itself, and inside of something made by the rule."""

    itself: set[Path] = field(default_factory=set)
    inner: set[Path] = field(default_factory=set)

    @property
    def size(self) -> int:
        return len(self.itself) + len(self.inner)


class _Analysis:
    """Goes over the statements until nothing new comes of it."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._strings = [entry["value"] for entry in plan["static"]["strings"]]
        self._functions = {function["name"]: function for function in plan["funcs"]["funcs"]}
        self._values: dict[int, _Value] = {0: _Value({()})}
        self.whole: set[Path] = set()
        self.surface: set[Path] = set()
        self.all = False

    def run(self, entry: str) -> None:
        names = [entry]
        before = -1
        while before != (before := self._size()) and not self.all:
            for name in names:  # grows while functions are met
                for statement in statements(self._functions[name]["blocks"]):
                    called = self._take(statement["type"], statement["stmt"])
                    if called and called not in names:
                        names.append(called)
            if self._size() > _MOST:
                self.all = True
        self._use(self._functions[entry]["return"])

    def _size(self) -> int:
        return len(self.whole) + len(self.surface) + sum(value.size for value in self._values.values())

    def _at(self, local: int) -> _Value:
        return self._values.setdefault(local, _Value())

    def _operand(self, operand: Any) -> _Value:
        if isinstance(operand, int) and not isinstance(operand, bool):
            return self._at(operand)
        if isinstance(operand, dict) and operand.get("type") == "local":
            return self._at(operand["value"])
        return _Value()

    def _use(self, operand: Any) -> None:
        """Note that a value is looked at with all that is in it."""
        value = self._operand(operand)
        self.whole |= value.itself | value.inner

    def _glance(self, operand: Any) -> None:
        """Note that it matters whether a value is there, and of what type."""
        self.surface |= self._operand(operand).itself

    def _flow(self, source: Any, target: int) -> None:
        value, into = self._operand(source), self._at(target)
        into.itself |= value.itself
        into.inner |= value.inner

    def _put(self, source: Any, container: int) -> None:
        value = self._operand(source)
        self._at(container).inner |= value.itself | value.inner

    def _members(self, source: Any, step: str, target: int) -> None:
        value, into = self._operand(source), self._at(target)
        for path in value.itself:
            if len(path) < _LONGEST:
                into.itself.add((*path, step))
                self.surface.add((*path, step))
            else:
                self.whole.add(path)
        into.itself |= value.inner
        into.inner |= value.inner
        self.surface |= value.itself

    def _take(self, kind: str, what: Mapping[str, Any]) -> str:
        """Take one statement into account, and return the name of the function that it calls, or ""."""
        if kind in {"CallStmt", "CallDynamicStmt"}:
            return self._call(kind, what)
        handler = _HANDLERS.get(kind)
        if handler is None:
            self.all = True  # a statement that this module does not know
        elif handler:
            getattr(self, handler)(what)
        return ""

    def _call(self, kind: str, what: Mapping[str, Any]) -> str:
        function = self._functions.get(what["func"]) if kind == "CallStmt" else None
        if function is not None:
            for argument, parameter in zip(what["args"], function["params"], strict=False):
                self._flow(argument, parameter)
            self._flow(function["return"], what["result"])
            return str(function["name"])
        if kind == "CallDynamicStmt":
            self.all = True
            return ""
        for argument in what["args"]:
            self._argument(what["func"], argument)
        # What a built-in returns may hold what it was given: `walk`, `object.get`, `sort`.
        for argument in what["args"] if what["func"] not in _SURFACE | _COUNTING else ():
            self._put(argument, what["result"])
            self._flow(argument, what["result"])
        return ""

    def _argument(self, builtin: str, argument: Any) -> None:
        if builtin in _SURFACE:
            self._glance(argument)
        elif builtin in _COUNTING:
            value = self._operand(argument)
            self.surface |= value.itself | {(*path, ANY) for path in value.itself}
            self.whole |= value.inner
        else:
            self._use(argument)

    def _dot(self, what: Mapping[str, Any]) -> None:
        key = what["key"]
        step = self._strings[key["value"]] if key.get("type") == "string_index" else ANY
        if step is ANY:
            self._use(key)
            self._use_inner(what["source"])
        self._members(what["source"], step, what["target"])

    def _use_inner(self, source: Any) -> None:
        """A look-up by a value that is not written out compares it with a set's members."""
        self.whole |= self._operand(source).inner

    def _scan(self, what: Mapping[str, Any]) -> None:
        self._members(what["source"], ANY, what["value"])
        # The key may itself be a member of a set that the rule made.
        value = self._operand(what["source"])
        self._at(what["key"]).itself.update(value.inner)

    def _equal(self, what: Mapping[str, Any]) -> None:
        left, right = what["a"], what["b"]
        both = all(isinstance(side, dict) and side.get("type") == "local" for side in (left, right))
        for side in (left, right):
            if both:
                self._use(side)
            else:  # with a scalar that is written out: what is inside a map does not matter
                self._glance(side)
                self._use_inner(side)

    def _assign(self, what: Mapping[str, Any]) -> None:
        self._flow(what["source"], what["target"])

    def _append(self, what: Mapping[str, Any]) -> None:
        self._put(what["value"], what["array"])

    def _add(self, what: Mapping[str, Any]) -> None:
        self._put(what["value"], what["set"])

    def _insert(self, what: Mapping[str, Any]) -> None:
        self._use(what["key"])
        self._put(what["value"], what["object"])

    def _merge(self, what: Mapping[str, Any]) -> None:
        for side in (what["a"], what["b"]):
            self._flow(side, what["target"])

    def _look(self, what: Mapping[str, Any]) -> None:
        self._glance(what["source"])

    def _length(self, what: Mapping[str, Any]) -> None:
        self._argument("count", what["source"])

    def _with(self, what: Mapping[str, Any]) -> None:
        self._flow(what["value"], what["local"])
        self._put(what["value"], what["local"])


_HANDLERS: dict[str, str] = {
    "ArrayAppendStmt": "_append",
    "AssignIntStmt": "",
    "AssignVarOnceStmt": "_assign",
    "AssignVarStmt": "_assign",
    "BlockStmt": "",
    "BreakStmt": "",
    "DotStmt": "_dot",
    "EqualStmt": "_equal",
    "IsArrayStmt": "_look",
    "IsDefinedStmt": "_look",
    "IsObjectStmt": "_look",
    "IsSetStmt": "_look",
    "IsUndefinedStmt": "_look",
    "LenStmt": "_length",
    "MakeArrayStmt": "",
    "MakeNullStmt": "",
    "MakeNumberIntStmt": "",
    "MakeNumberRefStmt": "",
    "MakeObjectStmt": "",
    "MakeSetStmt": "",
    "NotEqualStmt": "_equal",
    "NotStmt": "",
    "ObjectInsertOnceStmt": "_insert",
    "ObjectInsertStmt": "_insert",
    "ObjectMergeStmt": "_merge",
    "ResetLocalStmt": "",
    "ResultSetAddStmt": "",
    "ReturnLocalStmt": "",
    "ScanStmt": "_scan",
    "SetAddStmt": "_add",
    "WithStmt": "_with",
}
"""What is done about each statement; "" where it only holds others or makes something of nothing."""


def statements(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield all statements of a plan's `blocks`, those inside others too."""
    stack = [statement for block in blocks for statement in block["stmts"]]
    while stack:
        statement = stack.pop()
        yield statement
        inner = statement["stmt"]
        for block in (*inner.get("blocks", ()), *((inner["block"],) if "block" in inner else ())):
            stack.extend(block["stmts"])


def analyse(plan: Mapping[str, Any], entry: str) -> Reads:
    """Return what the rule at `entry`, such as `main/deny`, can look at.

    Args:
        plan: the compiled plan, as in OPA's intermediate representation.
        entry: the rule's address.
    """
    name = _function_of(plan, entry)
    if name is None:  # no function: the value is data, and looks at nothing
        return Reads(frozenset(), frozenset())
    analysis = _Analysis(plan)
    analysis.run(name)
    return Reads(frozenset(analysis.whole), frozenset(analysis.surface), analysis.all)


def _function_of(plan: Mapping[str, Any], entry: str) -> str | None:
    path = ["g0", *entry.split("/")]
    return next((str(f["name"]) for f in plan["funcs"]["funcs"] if f["path"] == path), None)


def called(plan: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the built-ins that the plan calls."""
    return frozenset(str(entry["name"]) for entry in plan["static"].get("builtin_funcs", ()))
