"""Which built-in functions a rule may call: those that give the same answer on every machine and day.

What asks the network, the clock, chance, the environment or files is refused before anything is judged, and
so is what the interpreter does not have: called all the same, it would be undefined, and the rule would never
object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from complygate.engines.rego.module import Module
    from complygate.engines.rego.tokens import Token
    from complygate.errors import CheckError

_NETWORK = "asks the network"
_CLOCK = "reads the clock"
_CHANCE = "is left to chance"
_MISSING = "is not in the interpreter that complygate uses (rego-cpp)"

_REFUSED = {
    "http.send": _NETWORK,
    "net.lookup_ip_addr": _NETWORK,
    "opa.runtime": "reads the environment",
    "time.now_ns": _CLOCK,
    "io.jwt.decode_verify": _CLOCK,
    "rand.intn": _CHANCE,
    "uuid.rfc4122": _CHANCE,
    "io.jwt.encode_sign": _CHANCE,
    "io.jwt.encode_sign_raw": _CHANCE,
    "rego.parse_module": "reads programs, not configuration",
    "parse_config": "reads files",
    "parse_config_file": "reads files",
    "parse_combined_config_files": "reads files",
    "providers.aws.sign_req": "is for requests to the network",
}
"""Functions that are refused on purpose, and why. The ones on files are Conftest's own."""

_PREFIXES = {
    "http.": _NETWORK,
    "net.": _MISSING,
    "providers.": _NETWORK,
    "graphql.": _MISSING,
    "opa.": "reads the environment",
    "rand.": _CHANCE,
}

_NAMES = """
abs array.concat array.flatten array.reverse array.slice base64.decode base64.encode base64.is_valid
base64url.decode base64url.encode base64url.encode_no_pad bits.and bits.lsh bits.negate bits.or bits.rsh
bits.xor ceil concat contains count crypto.hmac.equal crypto.hmac.md5 crypto.hmac.sha1 crypto.hmac.sha256
crypto.hmac.sha512 crypto.md5 crypto.sha1 crypto.sha256 div endswith equal floor format_int glob.match
glob.quote_meta graph.reachable graph.reachable_paths gt gte hex.decode hex.encode indexof indexof_n
intersection io.jwt.decode is_array is_boolean is_null is_number is_object is_set is_string json.filter
json.is_valid json.marshal json.marshal_with_options json.patch json.remove json.unmarshal lower lt lte max
min minus mul neq numbers.range numbers.range_step object.filter object.get object.keys object.remove
object.subset object.union object.union_n or and plus print product regex.find_all_string_submatch_n
regex.find_n regex.globs_match regex.is_valid regex.match regex.replace regex.split regex.template_match rem
replace round semver.compare semver.is_valid set sort split sprintf startswith strings.any_prefix_match
strings.any_suffix_match strings.count strings.replace_n strings.reverse substring sum time.add_date
time.clock time.date time.diff time.format time.parse_duration_ns time.weekday to_number trim trim_left
trim_prefix trim_right trim_space trim_suffix type_name union units.parse units.parse_bytes upper
uri.is_valid uri.parse urlquery.decode urlquery.decode_object urlquery.encode urlquery.encode_object
uuid.parse walk yaml.is_valid yaml.marshal yaml.unmarshal
"""
ALLOWED = frozenset(_NAMES.split())
"""Functions that may be called."""

INTERNAL = frozenset({"internal.member_2", "internal.member_3", "internal.print", "internal.template_string"})
"""What the compiler makes of `in`, `print` and template strings."""

_OLDER = """
all any cast_array cast_boolean cast_null cast_object cast_set cast_string re_match set_diff trace
rego.metadata.chain rego.metadata.rule
"""
REWRITTEN = frozenset(_OLDER.split())
"""Functions that the interpreter does not have and `dialect` gives it."""

_GROUPS = frozenset(
    name.partition(".")[0] for name in (*ALLOWED, *_REFUSED, *_PREFIXES, "rego.") if "." in name
)
_REACHING = "only what is in the files and the policy may decide; pass what else is needed as a parameter"


def reason(name: str) -> str:
    """Return why the built-in `name` is refused, or "" where it is not."""
    if name in ALLOWED or name in REWRITTEN or name in INTERNAL:
        return ""
    if name in _REFUSED:
        return _REFUSED[name]
    return next((why for prefix, why in _PREFIXES.items() if name.startswith(prefix)), _MISSING)


def check(module: Module, functions: frozenset[str]) -> None:
    """Look through a module for calls of what is refused, or of nothing at all.

    Args:
        module: the module.
        functions: the names of all functions of the module's package, which may stand in several files.

    Raises:
        CheckError: there is such a call; with line and column.
    """
    for token, name in references(module):
        if why := _wrong(module, token, name, functions):
            raise why


def _wrong(module: Module, token: Token, name: str, functions: frozenset[str]) -> CheckError | None:
    root = name.partition(".")[0]
    if name in functions or root in {"data", "input"} or (root in module.imports and "." in name):
        return None
    if name in module.imports:
        return None
    why = reason(name)
    if not why:
        return None
    if why == _MISSING and name not in _REFUSED and not _known(name):
        hint = did_you_mean(name, ALLOWED | functions)
        return module.source.error(token.start, f"{name}: there is no such function", hint)
    hint = _REACHING if why != _MISSING else ""
    return module.source.error(token.start, f"{name} {why}: a rule may not call it", hint)


def _known(name: str) -> bool:
    return name.partition(".")[0] in _GROUPS


def references(module: Module) -> Iterator[tuple[Token, str]]:
    """Yield what names a function: each name that is called, and each built-in named after `as` or alone.

    `with count as http.send` calls what it does not seem to.
    """
    for definition in module.definitions:
        tokens = definition.tokens
        for i, token in enumerate(tokens):
            if token.kind != "word" or (i and tokens[i - 1].text == "."):
                continue
            end = i + 1
            while end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].kind == "word":
                end += 2
            name = "".join(part.text for part in tokens[i:end])
            called = (
                end < len(tokens) and tokens[end].text == "(" and tokens[end].start == tokens[end - 1].end
            )
            if (called and name not in _KEYWORDS) or (
                "." in name and name in _REFUSED and name.partition(".")[0] not in module.imports
            ):
                yield token, name


_WORDS = """
not some every in with as if contains else default import package
"""
_KEYWORDS = frozenset(_WORDS.split())
