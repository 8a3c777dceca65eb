"""What every format keeps to, whatever stands in a file. A new module is tried by itself."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complygate.model import plugins
from complygate.model.document import Document
from complygate.model.glob import any_matches
from complygate.model.pointer import MISSING, resolve
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source
from complygate.model.tree import Span, Tree

FORMATS = plugins.formats()
each = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.NAME)

# The least that a tree of each family holds. A new format adds one here.
EXAMPLES: dict[str, dict[str, str]] = {
    "azure-pipelines": {"azure-pipelines.yml": "jobs:\n- job: a\n  steps:\n  - script: make\n"},
    "backstage": {
        "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\n"
    },
    "bitbucket-pipelines": {
        "bitbucket-pipelines.yml": "pipelines:\n  default:\n  - step:\n      script: [make]\n"
    },
    "cargo": {
        "Cargo.toml": '[package]\nname = "a"\n[dependencies]\nb = "1"\n',
        "Cargo.lock": 'version = 4\n[[package]]\nname = "a"\nversion = "0.1.0"\n',
    },
    "circleci": {
        ".circleci/config.yml": "version: 2.1\njobs:\n  a:\n    docker: []\n    steps: [run: make]\n"
    },
    "cloudformation": {
        "template.yaml": "Resources:\n  Logs:\n    Type: AWS::S3::Bucket\n    Properties: {A: !Ref X}\n"
    },
    "codeowners": {"CODEOWNERS": "* @org/team\n"},
    "composer": {
        "composer.json": '{"require": {"a/b": "^1.0"}}',
        "composer.lock": '{"packages": [{"name": "a/b", "version": "1.0.0"}], "packages-dev": []}',
    },
    "compose": {"compose.yaml": "services:\n  web: {image: nginx}\n"},
    "dependabot": {".github/dependabot.yml": "version: 2\nupdates: []\n"},
    "pre-commit": {".pre-commit-config.yaml": "repos: []\n"},
    "docker": {"Dockerfile": "FROM alpine:3.20\nRUN true\n"},
    "dotenv": {".env": "NAME=value\n"},
    "github-actions": {
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: make\n"
        "    - uses: a/b@v1\n",
        "action.yml": "name: a\nruns:\n  using: composite\n  steps:\n  - run: make\n    shell: bash\n",
    },
    "gitlab-ci": {".gitlab-ci.yml": "stages: [test]\na:\n  script: [make]\n"},
    "go": {"go.mod": "module example.com/a\n\ngo 1.22\n"},
    "helm": {
        "Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n",
        "values.yaml": "image: nginx\n",
        "templates/pod.yaml": "apiVersion: v1\nkind: Pod\nspec: {{ toYaml .Values.pod }}\n",
    },
    "kubernetes": {
        "manifest.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  selector: {}\n"
        "  template:\n    spec:\n      containers:\n      - {name: a, image: b}\n"
    },
    "kustomize": {"kustomization.yaml": "resources: [a.yaml]\n"},
    "npm": {
        "package.json": '{"name": "a", "version": "1.0.0"}\n',
        ".npmrc": "registry=https://registry.npmjs.org/\n",
        "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a"}}}\n',
    },
    "private-key": {"server.key": f"-----BEGIN PRIVATE {'KEY'}-----\n{'A' * 64}\n"},
    "python": {
        "pyproject.toml": '[project]\nname = "a"\n',
        "requirements.txt": "click==8.1.7\n",
        "poetry.lock": '[[package]]\nname = "click"\nversion = "8.1.7"\n\n[metadata]\nlock-version = "2.0"\n',
    },
    "ruby": {"Gemfile.lock": "GEM\n  remote: https://rubygems.org/\n  specs:\n    rake (13.2.1)\n"},
    "terraform": {"main.tf": 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n'},
    "terraform-plan": {
        "plan.json": '{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": '
        '{"root_module": {"resources": [{"address": "aws_s3_bucket.logs", "mode": "managed", '
        '"type": "aws_s3_bucket", "name": "logs", "values": {"bucket": "logs"}}]}}, "resource_changes": []}'
    },
}

HOSTILE = (
    "", "\n", "\0", "\ufeff", "\ufeff\ufeff", "---\n---\n", "null", "[]", "{}", "a", "- a\n- b\n", "1", '"a"',
    "[" * 10_000, "{" * 10_000, '{"a":' * 10_000, "- " * 10_000, "(" * 10_000, "\t", "\ud800", "\x85\u2028",
    "a: &a [*a]", "<<: 1", "? {a: b}\n: c", "{{ x }}", "{% if x %}", "9" * 10_000, "a = " * 1000,
    "apiVersion: v1\nkind: []\n", "apiVersion: v1\nkind: List\nitems: 3\n", "apiVersion: v1\nkind: a/b\n",
    "apiVersion: v1\nkind: List\nitems: [1, {kind: List, items: [{}]}]\n",
    "apiVersion: v1\nkind: Pod\nmetadata: []\nspec: 1\n", "kind: Pod\n", "services: 1\n", "jobs: [1]\n",
    "jobs: {a: 1, b: {steps: {c: 1}}}\n", "runs: 1\n", "steps: {a: [1]}\n", "pipelines: [step: {a: 1}]\n",
    "Resources: {A: 1, B: {Type: 3}, C: {Type: 'AWS::X::Y', Properties: 1}}\n", '{"packages": 1}',
    '{"apiVersion": "v1", "kind": "Pod", "kind": "Pod", "spec": null}', "a: 1\na: 2\n", "patches: {a: 1}\n",
    "patches: [1, {path: []}]\nresources: 1\n", "a:\r\n  - b\r\n  - c: |\r\n     d\r\n",
)  # fmt: skip

Write = Callable[[Mapping[str, str]], list[Source]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Put a tree on disk, since some formats read it there, and return its sources."""
    count = 0

    def put(texts: Mapping[str, str]) -> list[Source]:
        nonlocal count
        count += 1
        root = tmp_path / str(count)
        for path, text in texts.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        files = Files(root, frozenset(texts))
        return [Source(path, text, files) for path, text in texts.items()]

    return put


def read(form: plugins.Format, sources: Sequence[Source]) -> list[Document | Problem]:
    """Return what `form` makes of those of `sources` that it claims, group by group."""
    groups: dict[str, list[Source]] = {}
    for source in sources:
        group = form.claims(source)
        assert group is None or isinstance(group, str)
        if group is not None:
            groups.setdefault(group, []).append(source)
    return [item for group in groups.values() for item in form.read(group)]


def documents(items: Iterable[Document | Problem]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def check(form: plugins.Format, items: Iterable[Document | Problem], sources: Sequence[Source]) -> None:
    """Hold what a format gives against what the rest of the framework takes for granted."""
    texts = {source.path: source.text for source in sources}
    checked: set[int] = set()
    for item in items:
        if isinstance(item, Problem):
            assert isinstance(item.kind, ProblemKind)
            assert item.message
            assert item.count >= 1
            if item.span is not None and item.path in texts:
                inside(item.span, texts[item.path])
            continue
        assert any_matches(form.KINDS, item.kind), item.kind
        plain(item.data)
        if id(item.tree) not in checked:
            checked.add(id(item.tree))
            places(item.tree, texts)
        assert all(resolve(item.data, pointer) is None for pointer in item.unknowns)
        for view in item.views:
            assert any_matches(form.KINDS, view.kind), view.kind
            there = resolve(item.data, view.base)
            assert there is not MISSING
            assert view.mapping is not None or there == view.data


def plain(data: Any) -> None:
    """Demand JSON values and nothing else."""
    stack = [data]
    while stack:
        value = stack.pop()
        assert value is None or type(value) in {dict, list, str, int, float, bool}, type(value)
        if isinstance(value, float):
            assert value - value == 0, value
        if isinstance(value, dict):
            assert all(type(key) is str for key in value)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def places(tree: Tree, texts: Mapping[str, str]) -> None:
    """Demand that every place lies in the text and belongs to a value."""
    assert "" in tree.values
    for table in (tree.values, tree.keys):
        for pointer, span in table.items():
            if tree.path in texts:
                inside(span, texts[tree.path])
            assert resolve(tree.data, pointer) is not MISSING, pointer
    for note in tree.notes:
        inside(note.span, texts[tree.path])


def inside(span: Span, text: str) -> None:
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert 1 <= span.line <= span.end_line <= len(lines), span
    assert 1 <= span.column <= len(lines[span.line - 1]) + 2, span
    assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2, span
    assert (span.line, span.column) <= (span.end_line, span.end_column), span


@each
def test_it_offers_what_a_format_must(form: plugins.Format) -> None:
    assert form.NAME
    assert set(form.NAME) <= set(string.ascii_lowercase + "-")
    assert form.KINDS
    assert all("/" in kind for kind in form.KINDS)
    assert 0 < form.ORDER < 100
    assert (form.__doc__ or "").strip()
    assert form.EXAMPLE_PATHS


def test_names_are_unique() -> None:
    assert len({form.NAME for form in FORMATS}) == len(FORMATS)


@each
def test_its_example_is_read_whole(form: plugins.Format, write: Write) -> None:
    assert form.NAME in EXAMPLES, "add the least that a tree of this family holds to EXAMPLES"
    example = EXAMPLES[form.NAME]
    sources = write(example)
    assert set(form.EXAMPLE_PATHS.values()) <= set(example)
    assert all(form.claims(source) is not None for source in sources)
    items = read(form, sources)
    check(form, items, sources)
    kinds = {document.kind for document in documents(items)}
    kinds |= {view.kind for document in documents(items) for view in document.views}
    named = [kind for kind in form.KINDS if "*" not in kind and kind.startswith(f"{form.NAME}/")]
    assert set(named) <= kinds
    assert any(any_matches(form.KINDS, kind) for kind in kinds)


@each
def test_no_other_format_takes_its_example(form: plugins.Format, write: Write) -> None:
    for source in write(EXAMPLES[form.NAME]):
        first = next(other for other in FORMATS if other.claims(source) is not None)
        assert first is form


@each
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_reads_or_refuses_hostile_text(form: plugins.Format, text: str, write: Write) -> None:
    for path in EXAMPLES[form.NAME]:
        sources = write({**EXAMPLES[form.NAME], path: text})
        check(form, read(form, sources), sources)


_bits = st.text(st.sampled_from("ab01:-?&*!|>'\"%@`{}[](),#<~=./\\ \n\t\r\x85é🙂"), max_size=8)


@st.composite
def mutations(draw: st.DrawFn, text: str) -> str:
    """Return `text` after a few slips: something cut out, doubled, or put in."""
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        middle = draw(st.sampled_from(["", text[start:end] * 2]) | _bits)
        text = text[:start] + middle + text[end:]
    return text


@each
@given(data=st.data())
def test_it_reads_or_refuses_damaged_text(form: plugins.Format, data: st.DataObject, write: Write) -> None:
    example = EXAMPLES[form.NAME]
    path = data.draw(st.sampled_from(sorted(example)))
    sources = write({**example, path: data.draw(mutations(example[path]))})
    check(form, read(form, sources), sources)


_part = st.sampled_from(
    [
        "a",
        ".github",
        "workflows",
        "templates",
        ".circleci",
        "Chart",
        "values",
        "compose",
        ".gitlab",
        "ci",
        "é",
        "..",
    ]
)
_ending = st.sampled_from([".yaml", ".yml", ".json", ".toml", ".tf", ".txt", "", ".", "/"])


@given(parts=st.lists(_part, min_size=1, max_size=4), ending=_ending, text=_bits)
def test_claims_never_raises(parts: list[str], ending: str, text: str) -> None:
    path = "/".join(parts) + ending
    for files in (
        frozenset({path}),
        frozenset({path, f"{path.rpartition('/')[0]}/Chart.yaml", "Chart.yaml"}),
    ):
        source = Source(path, text, Files(Path("/nowhere"), files))
        for form in FORMATS:
            group = form.claims(source)
            assert group is None or isinstance(group, str)
            # It is not asked about other files: what it would take there is never read.
            assert group is None or form.ENDINGS is None or source.suffix in form.ENDINGS
