"""What rules on `repository` see beside documents: ecosystems in use, and who owns each document."""

from __future__ import annotations

from complygate.evaluate import Repository, ecosystems
from complygate.model.document import Document
from complygate.syntax import codeowners
from complygate.syntax.yaml import parse_text

PATHS = [
    "web/package.json", "package.json", "services/a/go.mod", "testdata/go.mod", ".github/workflows/ci.yml",
    "docs/Gemfile", ".devcontainer/Dockerfile", "uv.lock", "src/App.csproj", "vendor/Cargo.toml",
    ".github/workflows/nested/x.yml", "Gemfile.lock",
]  # fmt: skip


def test_ecosystems_are_known_by_their_files_where_these_are_ones_own() -> None:
    assert ecosystems.of(PATHS) == [
        {"name": "github-actions", "names": ["github-actions"], "folders": ["/"]},
        {"name": "gomod", "names": ["gomod"], "folders": ["/services/a"]},
        {"name": "npm", "names": ["npm", "bun"], "folders": ["/web", "/"]},
        {"name": "nuget", "names": ["nuget"], "folders": ["/src"]},
        {"name": "uv", "names": ["uv", "pip"], "folders": ["/"]},
    ]
    many = ecosystems.of(f"service-{number}/package.json" for number in range(100))
    assert len(many[0]["folders"]) == 20


def repository(owners: str | None, *reads: str) -> list[object]:
    """Return what a rule that reads `reads` sees of two documents."""
    trees = [parse_text(path, "a: 1\n")[0] for path in ("deploy/a.yaml", "docs/b.yaml")]
    documents = [Document("kubernetes/ConfigMap", tree.path, tree, tree.data) for tree in trees]
    context = []
    if owners is not None:
        tree = codeowners.parse_text("CODEOWNERS", owners)
        context = [Document("codeowners/file", "", tree, tree.data)]
    found = Repository([d.path for d in documents], context, ["kubernetes/ConfigMap", *reads])
    for document in documents:
        found.add(document)
    seen = found.document().data["documents"]["kubernetes/ConfigMap"]
    return [one.get("owners", "not asked") for one in seen]


def test_documents_say_who_owns_them_where_a_rule_reads_codeowners() -> None:
    text = "* @a\n/docs/\n/deploy/ @b\n"
    assert repository(text, "codeowners/file") == [["@b"], []]
    assert repository(text) == ["not asked", "not asked"]
    assert repository(None, "codeowners/file") == [[], []]
    assert repository("[ab].yaml @a\n* @b\n[c]*.yaml @c\nx[d] @d\n", "codeowners/file") == [None, None]
