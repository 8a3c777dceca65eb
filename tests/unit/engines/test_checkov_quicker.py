"""What is done in less time inside Checkov's process gives what Checkov's own functions give."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.engines.checkov.quicker.blocks import flatten
from complygate.engines.checkov.quicker.terraform import _followed

_NAMES = st.sampled_from(["a", "b", "0", "1", "for_each", "content", "a.b", ""])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab.$", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=12,
)

_BOTH = """
import copy, importlib, json, random, sys
import checkov.terraform.runner, checkov.kubernetes.runner, checkov.secrets.runner  # all that is replaced
from complygate.engines.checkov.quicker import quicken
MODULES = [importlib.import_module(name) for name in {modules!r}]
before = [{before}]
quicken()
after = [{after}]
print(json.dumps([before, after]))
"""


def both(modules: list[str], call: str, given_: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return what `call` gives for each value `v` in Checkov as it is, and after it was quickened."""
    loop = f"{call} for v in copy.deepcopy({given_!r})"
    code = _BOTH.format(modules=modules, before=loop, after=loop)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    before, after = json.loads(done.stdout)
    return before, after


@given(_VALUES, st.booleans())
def test_laying_a_value_flat_is_what_merging_maps_gives(value: Any, strip: bool) -> None:
    def merged(key: str, inner: Any) -> dict[str, Any]:
        """Merge as Checkov does, by its description: a container, then what it holds."""
        if strip and isinstance(inner, list) and len(inner) == 1:
            inner = inner[0]
        if not isinstance(inner, dict | list):
            return {key: inner}
        made: Any = {} if isinstance(inner, dict) else [None] * len(inner)
        out: dict[str, Any] = {key: made}
        for step in list(inner) if isinstance(inner, dict) else range(len(inner)):
            if step != "":
                out.update(merged(f"{key}.{step}", inner[step]))
                made[step] = out[f"{key}.{step}"]
        return out

    out: dict[str, Any] = {}
    start = value[0] if strip and isinstance(value, list) and len(value) == 1 else value
    expected = merged("k", value)
    assert flatten(out, "k", start, strip=strip) >= len(out)
    assert list(out.items()) == list(expected.items())


@given(_VALUES, st.lists(st.sampled_from(["a", "b", "0", "1", "-1", "for_each", "content", "*"]), max_size=4))
def test_following_steps_finds_what_dpath_finds(value: Any, steps: list[str]) -> None:
    dpath = importlib.import_module("dpath")
    found = _followed(value, steps)
    if found is None or not steps or not isinstance(value, dict):
        return
    try:
        seen = dpath.search(value, steps)
    except (
        dpath.exceptions.InvalidKeyName,
        TypeError,
    ):  # an empty key, and a list that it cannot build again
        return
    assert bool(found) == bool(seen)
    if found:
        assert dpath.get(value, steps) == found[0]


DOCUMENTS = [
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, on: yes}\n---\nspec:\n- a: |\n    x\n  b: 1_0\n",
    "a: &x {b: [1, 2]}\nc: *x\n<<: *x\nd: 2026-01-01\ne: 0o17\nf: ~\n",
    "a: [\n",
    "a: b: c\n",
    "",
    "a: \u2028b\n\u0085c: d\n",
    "? [a]\n: b\n",
]


_SAID = """
def said(read):
    try:
        return repr(read())
    except Exception:
        return "raised"
"""


@pytest.mark.parametrize("name", ["kubernetes.parser.k8_yaml", "common.parsers.yaml.loader"])
def test_documents_are_read_with_the_same_values_and_lines(name: str) -> None:
    loop = f"said(lambda: MODULES[0].loads(v)) for v in {DOCUMENTS!r}"
    code = _SAID + _BOTH.format(modules=[f"checkov.{name}"], before=loop, after=loop)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    before, after = json.loads(done.stdout)
    assert before == after


def test_expressions_are_worth_the_same() -> None:
    texts = [
        '${var.a == "b" ? 1 : 2}',
        "${merge({a = 1}, {b = 2})}",
        "a-${var.x}-b",
        "'${var.x}'",
        '["a","b"][0]',
        "true",
        '${lookup({\'a\': ${local.b}},"a","c")}',
        "$${a}",
        "max(1, 2)",
        "1 == 1 && 2 > 1",
        "[for s in var.l : upper(s)]",
    ]
    evaluation = "checkov.terraform.graph_builder.variable_rendering.evaluate_terraform"
    parsing = "checkov.common.util.parser_utils"
    for call in (
        "MODULES[0].evaluate_terraform(v)",
        "MODULES[0].evaluate_terraform(v, keep_interpolations=False)",
        "MODULES[0].remove_interpolation(v)",
        "[[b.full_str, b.var_only] for b in MODULES[1].find_var_blocks(v)]",
    ):
        before, after = both([evaluation, parsing], call, [*texts, *texts])  # the second time from memory
        assert before == after, call


def test_secrets_are_found_in_the_same_lines() -> None:
    lines = [
        'password = "hunter2hunter2"',
        "api_key: AKIAIOSFODNN7EXAMPLQ",
        "aws_secret: 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",
        "https://user:letmein1@host.test/",
        "-----BEGIN RSA PRIVATE KEY-----",
        "xoxb-123456789012-abcdefghijkl",
        "name: web",
        'token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"',
        "secretName: web # pragma: allowlist secret",
        "token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk'",
        "DB_PASS=Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==",
    ]
    call = (
        "sorted([s.type, s.secret_value or '', s.line_number] for s in "
        "(lambda c, p: (c.scan_file(p), [x for _, x in c])[1])"
        "(MODULES[0].SecretsCollection(), _written(v)))"
    )
    prelude = (
        "import tempfile, pathlib, builtins\n"
        "_where = pathlib.Path(tempfile.mkdtemp())\n"
        "def _written(v):\n    p = _where / v[0]\n    p.write_text(v[1])\n    return str(p)\n"
        "builtins._written = _written\n"
        "from detect_secrets.settings import transient_settings\n"
        "import checkov.secrets.runner as r\n"
        "_used, _ = r.Runner()._get_plugins_used()\n"
        "_context = transient_settings({'plugins_used': _used})\n_context.__enter__()\n"
    )
    texts = [[name, "\n".join(lines) + "\n"] for name in ("a.yaml", "a.tf", "a.json", "a.yml", "Dockerfile")]
    texts += [
        [f"{n}{name}", f"{line}\n{line}\n"] for n, line in enumerate(lines) for name in ("x.tf", "x.yaml")
    ]
    loop = f"{call} for v in {texts!r}"
    code = prelude + _BOTH.format(modules=["detect_secrets.core.secrets_collection"], before=loop, after=loop)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    before, after = json.loads(done.stdout)
    assert before == after
    assert sum(map(len, before)) > len(lines)  # there is something to find
