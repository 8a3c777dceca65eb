from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from complygate.discover import find_root, list_tree
from complygate.discover import git as git_module
from complygate.discover.walk import Root
from complygate.errors import UsageError

Git = Callable[..., str]


def write(root: Path, *paths: str, text: str = "x") -> None:
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def left_out(root: Path, **options: object) -> dict[str, str]:
    return {item.path: item.reason for item in list_tree(Root(root), **options).left_out}  # type: ignore[arg-type]


@pytest.fixture(params=["git", "no git"])
def tree(request: pytest.FixtureRequest, tmp_path: Path, git: Git) -> Path:
    """A folder that is, or is not, a git repository."""
    if request.param == "git":
        git("init", "-q")
    return tmp_path


def test_lists_files_in_order_and_says_why_others_are_left_out(tree: Path) -> None:
    write(tree, "b.yaml", "a/x.yaml", "node_modules/m/package.json", "vendor/v.yaml", "build/out.yaml")
    (tree / ".gitignore").write_text("build/\n")
    assert list_tree(Root(tree)).paths == [".gitignore", "a/x.yaml", "b.yaml"]
    assert left_out(tree) == {"build/": "ignored", "node_modules/": "vendored", "vendor/": "vendored"}


def test_a_nested_ignore_file_speaks_for_its_folder_and_can_take_back(tree: Path) -> None:
    write(tree, "a/x.log", "a/keep.log", "b/x.log")
    (tree / ".gitignore").write_text("*.log\n")
    (tree / "a/.gitignore").write_text("!keep.log\n")
    assert [p for p in list_tree(Root(tree)).paths if p.endswith(".log")] == ["a/keep.log"]


@pytest.mark.parametrize("pattern", ["*a" * 12 + "b", "x" + "*" * 40 + "y*a*b", "**/a/" * 12 + "b"])
def test_an_ignore_file_made_to_do_harm_is_not_honoured(tmp_path: Path, pattern: str) -> None:
    deep = "a/" * 60 + "a" * 200
    write(tmp_path, deep, "a.log")
    (tmp_path / ".gitignore").write_text(f"*.log\n{pattern}\n")
    assert list_tree(Root(tmp_path)).paths == [".gitignore", "a.log", deep]


def test_common_ignore_patterns_are_honoured(tmp_path: Path) -> None:
    write(tmp_path, "x/lib.egg-info/PKG", "x/a/b/c.pyc", "x/npm-debug-1.log", "keep")
    (tmp_path / ".gitignore").write_text(
        "# * * * x * * *\n**/*.egg-info/**\n**/a/**/*.py[cod]\nnpm-*-*.log\n"
    )
    assert list_tree(Root(tmp_path)).paths == [".gitignore", "keep"]


def test_policy_excludes_and_scope(tree: Path) -> None:
    write(tree, "app/a.yaml", "docs/d.yaml", "app/generated/g.yaml")
    found = list_tree(Root(tree), exclude=["**/generated/**"], scope=["app/**"])
    assert found.paths == ["app/a.yaml"]
    assert {i.path: i.reason for i in found.left_out} == {
        "app/generated/g.yaml": "excluded",
        "docs/d.yaml": "out-of-scope",
    }


def test_excludes_are_read_from_the_top_level(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    write(tmp_path, "svc/a.yaml", "svc/b.yaml")
    root = find_root([Path("svc")], tmp_path)
    assert root.prefix == "svc/"
    assert list_tree(root, exclude=["svc/a.yaml"]).paths == ["b.yaml"]


def test_a_tracked_file_cannot_be_hidden_by_an_ignore_file(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    write(tmp_path, "deploy.yaml")
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    git("add", "-f", "deploy.yaml")
    assert "deploy.yaml" in list_tree(Root(tmp_path)).paths


def test_ignore_files_are_not_honoured_where_git_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    git("init", "-q")
    write(tmp_path, "deploy.yaml")
    (tmp_path / ".gitignore").write_text("*.yaml\n")
    monkeypatch.setattr(git_module, "_program", lambda: None)
    assert "deploy.yaml" in list_tree(Root(tmp_path)).paths


def test_settings_of_the_scanned_repository_run_nothing(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    write(tmp_path, "a.yaml")
    trap = tmp_path.parent / "trap"
    for name in ("core.fsmonitor", "core.hooksPath", "core.pager", "core.sshCommand"):
        git("config", name, f"touch {trap}; false")
    assert list_tree(Root(tmp_path)).paths == ["a.yaml"]
    git_module.provenance(tmp_path)
    assert not trap.exists()


def test_no_link_leads_out_of_the_tree(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "secret.yaml", "d/e.yaml")
    write(tree, "real.yaml")
    (tree / "out.yaml").symlink_to(outside / "secret.yaml")
    (tree / "outdir").symlink_to(outside / "d")
    (tree / "broken.yaml").symlink_to(tree / "nowhere.yaml")
    (tree / "same.yaml").symlink_to(tree / "real.yaml")
    assert list_tree(Root(tree)).paths == ["real.yaml"]
    assert {path.rstrip("/") for path in left_out(tree)} == {"out.yaml", "outdir", "broken.yaml", "same.yaml"}


def test_a_link_to_a_file_that_would_be_left_out_is_scanned(tree: Path) -> None:
    write(tree, "vendor/deploy.yaml")
    (tree / "deploy.yaml").symlink_to(tree / "vendor/deploy.yaml")
    found = list_tree(Root(tree))
    assert found.paths == ["deploy.yaml"]
    assert found.links == {"deploy.yaml": "vendor/deploy.yaml"}


def test_a_deleted_tracked_file_is_missing(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    write(tmp_path, "a.yaml", "b.yaml")
    git("add", ".")
    (tmp_path / "a.yaml").unlink()
    assert list_tree(Root(tmp_path)).paths == ["b.yaml"]
    assert left_out(tmp_path) == {"a.yaml": "missing"}


def test_files_select_what_is_reported_in_their_repository(tmp_path: Path, git: Git) -> None:
    git("init", "-q")
    write(tmp_path, "a/x.yaml", "b/y.yaml")
    root = find_root([Path("x.yaml")], tmp_path / "a")
    assert root.folder == tmp_path.resolve()
    assert root.selects("a/x.yaml")
    assert not root.selects("b/y.yaml")
    assert list_tree(root).paths == ["a/x.yaml", "b/y.yaml"]


def test_files_outside_git_are_judged_in_the_current_folder_or_their_own(tmp_path: Path) -> None:
    write(tmp_path, "a/x.yaml", "b/y.yaml")
    assert find_root([Path("a/x.yaml")], tmp_path).folder == tmp_path.resolve()
    assert find_root([tmp_path / "a/x.yaml"], tmp_path / "b").folder == (tmp_path / "a").resolve()


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nope: no such file or folder"):
        find_root([Path("nope")], tmp_path)


def test_paths_of_two_repositories_are_an_error(tmp_path: Path, git: Git) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        git("init", "-q", cwd=tmp_path / name)
    with pytest.raises(UsageError, match="different repositories"):
        find_root([Path("one"), Path("two")], tmp_path)
