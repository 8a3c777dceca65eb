"""What lock files say as a whole: hosts, hashes, wrong names, install scripts, what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from complygate.formats import cargo, composer, go, npm, python, ruby
from complygate.model.document import Document
from complygate.model.source import Files, Source


def documents(module: Any, **texts: str) -> dict[str, Document]:
    """Return the documents of files that lie beside one another, by kind. `a__b` stands for `a.b`."""
    files = {name.replace("__", ".").replace("_", "-"): text for name, text in texts.items()}
    tree = Files(Path("/"), frozenset(files))
    sources = [Source(name, text, tree) for name, text in files.items()]
    groups = {module.claims(source) for source in sources}
    assert len(sources) == 1 or groups == {"/"}
    found = [item for item in module.read(sources) if isinstance(item, Document)]
    return {document.kind: document for document in found}


def line(document: Document, pointer: str) -> int:
    return document.tree.values[document.tree.nearest(pointer)].line


def lock(packages: dict[str, Any], root: dict[str, Any] | None = None) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"": root or {}, **packages}}, indent=1)


HASH = {"integrity": "sha512-A"}
REGISTRY = "https://registry.npmjs.org"


def test_hosts_are_counted_and_shown_where_the_first_package_comes_from_them() -> None:
    text = lock({
        "node_modules/a": {"version": "1.0.0", "resolved": f"{REGISTRY}/a/-/a-1.0.0.tgz", **HASH},
        "node_modules/b": {"version": "1.0.0", "resolved": f"{REGISTRY}/b/-/b-1.0.0.tgz", **HASH},
        "node_modules/c": {"version": "1.0.0", "resolved": "http://EVIL.example/c/-/c-1.0.0.tgz", **HASH},
        "node_modules/d": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/x/d.git#0123"},
        "node_modules/e": {"version": "1.0.0", "resolved": "https://[bad/e/-/e-1.0.0.tgz", **HASH},
    })  # fmt: skip
    found = documents(npm, package_lock__json=text)["npm/lock"]
    assert found.data["hosts"] == [
        {"scheme": "https", "host": "registry.npmjs.org", "git": False, "packages": 2, "first": "a"},
        {"scheme": "http", "host": "evil.example", "git": False, "packages": 1, "first": "c"},
        {"scheme": "git+ssh", "host": "github.com", "git": True, "packages": 1, "first": "d"},
    ]
    assert text.split("\n")[line(found, "/hosts/1") - 1].strip().startswith('"resolved": "http://EVIL')


def test_what_has_no_hash_is_counted_unless_it_can_have_none() -> None:
    text = lock({
        "node_modules/a": {"version": "1.0.0", "resolved": f"{REGISTRY}/a/-/a-1.0.0.tgz"},
        "node_modules/b": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/x/b.git#0123"},
        "node_modules/c": {"resolved": "packages/c", "link": True},
        "node_modules/d": {"version": "1.0.0", "inBundle": True},
        "node_modules/e": {"version": "1.0.0", **HASH},
    })  # fmt: skip
    found = documents(npm, package_lock__json=text)["npm/lock"]
    assert found.data["unhashed"] == {"packages": 1, "first": "a"}
    assert "node_modules/a" in text.split("\n")[line(found, "/unhashed") - 1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            '  resolved "https://r.example/a/-/a-1.0.0.tgz#0123456789012345678901234567890123456789"\n',
            None,
        ),
        ('  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz"\n', {"packages": 1, "first": "a"}),
    ],
)
def test_yarn_kept_a_hash_in_the_url_before_it_had_a_field_for_it(fields: str, expected: Any) -> None:
    text = f'# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n{fields}'
    assert documents(npm, yarn__lock=text)["npm/lock"].data["unhashed"] == expected


def test_yarn_knows_no_checksum_of_what_is_for_other_platforms() -> None:
    entry = '\n"a@npm:^1":\n  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  conditions: os=darwin\n'
    text = f"__metadata:\n  version: 8\n{entry}"
    assert documents(npm, yarn__lock=text)["npm/lock"].data["unhashed"] is None


def test_a_package_that_is_fetched_as_another_is_named() -> None:
    text = lock({
        "node_modules/lodash": {"version": "1.0.0", "resolved": f"{REGISTRY}/evil/-/evil-1.tgz", **HASH},
        "node_modules/@s/a": {"version": "1.0.0", "resolved": f"{REGISTRY}/@s%2fa/-/a-1.0.0.tgz", **HASH},
        "node_modules/b": {"version": "1.0.0", "resolved": "https://x.example/npm/b/-/b-1.tgz", **HASH},
        "node_modules/c": {"name": "d", "version": "1", "resolved": f"{REGISTRY}/d/-/d-1.tgz", **HASH},
    })  # fmt: skip
    found = documents(npm, package_lock__json=text)["npm/lock"]
    assert found.data["misnamed"] == [{"name": "lodash", "url": f"{REGISTRY}/evil/-/evil-1.tgz"}]
    assert "evil" in text.split("\n")[line(found, "/misnamed/0") - 1]


def test_an_alias_is_no_wrong_name() -> None:
    yarn = (
        '# yarn lockfile v1\n\n"a@npm:@s/b@^1.0.0":\n  version "1.0.0"\n'
        '  resolved "https://registry.yarnpkg.com/@s/b/-/b-1.0.0.tgz"\n'
    )
    unversioned = yarn.replace("@s/b@^1.0.0", "@s/b")
    assert documents(npm, yarn__lock=unversioned)["npm/lock"].data["misnamed"] == []
    old = '{"lockfileVersion": 1, "dependencies": {"a": {"version": "npm:b@1.0.0", "resolved": "https://r/b/-/b-1.0.0.tgz"}}}'
    assert documents(npm, yarn__lock=yarn)["npm/lock"].data["misnamed"] == []
    assert documents(npm, package_lock__json=old)["npm/lock"].data["misnamed"] == []


def test_install_scripts_are_listed() -> None:
    text = lock(
        {
            "node_modules/a": {"version": "1.0.0", "hasInstallScript": True},
            "node_modules/b": {"version": "1.0.0"},
        }
    )
    assert documents(npm, package_lock__json=text)["npm/lock"].data["scripts"] == ["a"]


def unlocked(module: Any, kind: str, **texts: str) -> list[tuple[str, str]]:
    found = documents(module, **texts)[kind].data["unlocked"]
    return [(one["name"], one["wanted"]) for one in found]


MANIFEST = json.dumps({
    "dependencies": {"a": "^1.0.0", "b": "^2.0.0", "local": "file:../x", "git": "github:x/y"},
    "devDependencies": {"c": "^3.0.0"},
})  # fmt: skip


def test_npm_holds_what_the_manifest_asks_for() -> None:
    root = {"dependencies": {"a": "^1.0.0", "b": "^1.9.0"}}
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, package_lock__json=lock({}, root)) == [
        ("b", "^2.0.0"),
        ("c", "^3.0.0"),
    ]
    old = '{"lockfileVersion": 1, "dependencies": {"a": {"version": "1.0.0"}, "b": {"version": "2.0.0"}}}'
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, package_lock__json=old) == [("c", "^3.0.0")]
    assert documents(npm, package_lock__json=lock({}, {}))["npm/lock"].data["unlocked"] == []


def test_yarn_holds_what_the_manifest_asks_for() -> None:
    text = '# yarn lockfile v1\n\na@^1.0.0:\n  version "1.0.0"\n\n"b@npm:x@^2.0.0":\n  version "2.0.0"\n'
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, yarn__lock=text) == [("c", "^3.0.0")]
    workspace = json.dumps({"workspaces": ["packages/*"], "dependencies": {"sibling": "^1.0.0"}})
    assert unlocked(npm, "npm/lock", package__json=workspace, yarn__lock=text) == []


PNPM = "lockfileVersion: '{}'\n\n{}\n\npackages:\n\n  a@1.0.0:\n    resolution: {{integrity: sha512-A}}\n"
IMPORTERS = """\
importers:

  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0
      'b':
        specifier: ^2.0.0
        version: 2.0.0

  packages/x:
    dependencies:
      c:
        specifier: ^3.0.0
"""
ALONE = "dependencies:\n  a:\n    version: 1.0.0\n\ndevDependencies:\n  c:\n    version: 3.0.0\n"


def test_pnpm_holds_what_the_manifest_asks_for() -> None:
    workspace = PNPM.format("9.0", IMPORTERS)
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, pnpm_lock__yaml=workspace) == [("c", "^3.0.0")]
    alone = PNPM.format("6.0", ALONE)
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, pnpm_lock__yaml=alone) == [("b", "^2.0.0")]
    nothing = "lockfileVersion: '9.0'\n\nimporters:\n\n  x:\n    dependencies: {}\n"
    assert unlocked(npm, "npm/lock", package__json=MANIFEST, pnpm_lock__yaml=nothing) == []


PROJECT = """\
[project]
name = "shop"
dependencies = ["Flask-Login>=1.0", "click[colors]==8.1 ; python_version > '3'"]
[project.optional-dependencies]
all = ["shop[extra]", "boto3"]
[dependency-groups]
dev = ["pytest", {include-group = "x"}]
[tool.poetry.group.docs.dependencies]
python = "^3.11"
sphinx = {version = "^7"}
"""


def test_python_holds_what_the_project_asks_for() -> None:
    entry = '[[package]]\nname = "flask_login"\nversion = "1.0"\n'
    uv = f"version = 1\n{entry}"
    assert [name for name, _ in unlocked(python, "python/lock", pyproject__toml=PROJECT, uv__lock=uv)] == [
        "click", "boto3", "pytest",
    ]  # fmt: skip
    poetry = f'{entry}[metadata]\nlock-version = "2.0"\n'
    assert unlocked(python, "python/lock", pyproject__toml=PROJECT, poetry__lock=poetry) == [
        ("click", "[colors]==8.1 ; python_version > '3'"),
        ("sphinx", "^7"),
    ]
    assert [
        name for name, _ in unlocked(python, "python/lock", pyproject__toml=PROJECT, pdm__lock=poetry)
    ] == ["click"]


def test_go_has_a_hash_of_what_is_required() -> None:
    module = (
        "module example.com/a\n\ngo 1.22\n\nrequire (\n\tx.org/a v1.0.0\n\tx.org/b v1.0.0\n\tx.org/c v1.0.0\n"
        "\tx.org/d v1.0.0 // indirect\n)\n\nreplace x.org/b => ../b\n\nreplace x.org/c => y.org/c v1.1.0\n"
    )
    sums = "x.org/a v1.0.0/go.mod h1:x=\nx.org/c v1.0.0 h1:x=\n"
    data = documents(go, go__mod=module, go__sum=sums)["go/mod"].data
    assert data["fetched"] == ["x.org/a", "y.org/c", "x.org/d"]
    assert data["unsummed"] == [
        {"path": "y.org/c", "version": "v1.1.0"},
        {"path": "x.org/d", "version": "v1.0.0"},
    ]
    assert data["sum"]


INDEX = "registry+https://github.com/rust-lang/crates.io-index"


def test_cargo_holds_what_the_manifest_asks_for() -> None:
    manifest = (
        '[package]\nname = "a"\n[dependencies]\nserde = "1"\nother = {package = "real", version = "2"}\n'
        'shared = {workspace = true}\n[dev-dependencies]\nlate = "3"\n'
    )
    text = (
        'version = 4\n[[package]]\nname = "serde"\nversion = "1.0.0"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "0a"\n'
        '[[package]]\nname = "fork"\nversion = "1.0.0"\nsource = "git+https://github.com/x/fork?branch=main#0123"\n'
        '[[package]]\nname = "a"\nversion = "0.1.0"\n'
    )
    found = documents(cargo, Cargo__toml=manifest, Cargo__lock=text)
    assert [(one["name"], one["wanted"]) for one in found["cargo/lock"].data["unlocked"]] == [
        ("real", "2"),
        ("late", "3"),
    ]
    assert [(host["host"], host["git"]) for host in found["cargo/lock"].data["hosts"]] == [
        ("github.com", False),
        ("github.com", True),
    ]
    assert found["cargo/lock"].data["unhashed"] is None
    old = text.replace('checksum = "0a"\n', "") + f'[metadata]\n"checksum serde 1.0.0 ({INDEX})" = "0a"\n'
    assert documents(cargo, Cargo__lock=old)["cargo/lock"].data["unhashed"] is None
    assert found["cargo/manifest"].data["program"] is False
    files = Files(Path("/"), frozenset({"Cargo.toml", "src/main.rs"}))
    (program,) = cargo.read([Source("Cargo.toml", manifest, files)])
    assert isinstance(program, Document)
    assert program.data["program"] is True


def test_composer_holds_what_the_manifest_asks_for() -> None:
    manifest = json.dumps(
        {
            "require": {"php": ">=8.2", "a/b": "^1.0", "psr/log-implementation": "1.0"},
            "require-dev": {"c/d": "^2.0"},
        }
    )
    package = {
        "name": "a/b", "version": "1.0.0", "provide": {"psr/log-implementation": "1.0"},
        "dist": {"type": "zip", "url": "https://example.com/a/b.zip", "reference": "0123", "shasum": ""},
    }  # fmt: skip
    found = documents(composer, composer__json=manifest, composer__lock=json.dumps({"packages": [package]}))[
        "composer/lock"
    ]
    assert [(one["name"], one["wanted"]) for one in found.data["unlocked"]] == [("c/d", "^2.0")]
    assert found.data["packages"][0]["integrity"] == "0123"


GEMS = """\
GIT
  remote: https://github.com/x/fork.git
  revision: 0123
  specs:
    fork (1.0)

PATH
  remote: .
  specs:
    own (0.1)

GEM
  remote: http://gems.example.com/
  specs:
    rake (13.2.1)
      other (~> 1)

DEPENDENCIES
  rake (~> 13)
{}
BUNDLED WITH
   2.6.2
"""


@pytest.mark.parametrize(
    ("checksums", "unhashed"),
    [
        ("", None),
        ("\nCHECKSUMS\n  rake (13.2.1) sha256=46cb38\n", None),
        ("\nCHECKSUMS\n  rake (13.2.1)\n", {"packages": 1, "first": "rake"}),
    ],
)
def test_bundler(checksums: str, unhashed: Any) -> None:
    document = documents(ruby, Gemfile__lock=GEMS.format(checksums))["ruby/lock"]
    rows = [(one["name"], one["version"], one["git"], one["fetched"]) for one in document.data["packages"]]
    assert rows == [
        ("fork", "1.0", True, True),
        ("own", "0.1", False, False),
        ("rake", "13.2.1", False, True),
    ]
    assert [(host["scheme"], host["host"]) for host in document.data["hosts"]] == [
        ("https", "github.com"),
        ("http", "gems.example.com"),
    ]
    assert document.data["unhashed"] == unhashed
    assert line(document, "/packages/2") == GEMS.split("\n").index("    rake (13.2.1)") + 1
