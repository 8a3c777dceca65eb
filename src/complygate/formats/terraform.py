"""Terraform and OpenTofu: every module of the tree, evaluated as far as its files decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complygate.errors import SyntaxProblem
from complygate.formats._problems import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complygate.formats._terraform_tree import Folder
    from complygate.model.document import Document
    from complygate.model.problem import Problem
    from complygate.model.source import Source
    from complygate.syntax.hcl import HclFile

NAME = "terraform"
KINDS = ("terraform/*", "kubernetes/Pod")
ORDER = 10
ENDINGS = frozenset({".tf", ".tofu", ".tfvars", ".json", ""})
EXAMPLE_PATHS = {"terraform/*": "main.tf"}

_CODE = (".tf", ".tofu")
_JSON_CODE = (".tf.json", ".tofu.json")
_VALUES = (".tfvars", ".tfvars.json")


def claims(source: Source) -> str | None:
    """Return one group for the whole tree: modules call one another across folders."""
    return NAME if source.name.endswith((*_CODE, *_JSON_CODE, *_VALUES)) else None


def read(sources: Sequence[Source]) -> Iterator[Document | Problem]:
    """Yield the blocks of every root module and of the modules that they call."""
    from complygate.formats._terraform_documents import Documents  # noqa: PLC0415 - only with Terraform about
    from complygate.formats._terraform_tree import Forest  # noqa: PLC0415

    if not sources:
        return
    folders: dict[str, Folder] = {}
    for source in sorted(sources, key=_load_order):
        yield from _take(source, folders)
    yield from Documents(Forest(folders, sources[0].files)).all()


def _load_order(source: Source) -> tuple[str, int, str]:
    """Return the order in which Terraform reads: code, terraform.tfvars, then *.auto.tfvars by name."""
    name = source.name
    rank = 0
    if name.endswith(_VALUES):
        rank = 1 if name == "terraform.tfvars" else 2 if name == "terraform.tfvars.json" else 3
    return source.folder, rank, name


def _take(source: Source, folders: dict[str, Folder]) -> Iterator[Document | Problem]:
    """Read one file into the folder that it belongs to, yielding mistakes, and what a file of values says."""
    from complygate.formats import _terraform_json as as_json  # noqa: PLC0415 - only with Terraform about
    from complygate.formats._terraform_tree import Folder  # noqa: PLC0415
    from complygate.formats._terraform_values import values  # noqa: PLC0415
    from complygate.syntax import hcl  # noqa: PLC0415

    folder = folders.setdefault(source.folder, Folder(source.folder))
    try:
        file = as_json.parse(source) if source.name.endswith(".json") else hcl.parse(source)
    except SyntaxProblem as problem:
        folder.broken.append(source.path)
        folder.broken_values = source.path if source.name.endswith(_VALUES) else folder.broken_values
        yield unreadable(source.path, problem)
        return
    for mistake in file.problems[:1]:
        folder.broken.append(source.path)
        yield unreadable(source.path, mistake)
    if source.name.endswith(_VALUES):
        _take_values(source, file, folder)
        if file.attributes:
            yield values(source, file)
        return
    folder.texts[source.path] = hcl.normal(source.text)
    for block in file.blocks:
        folder.add(block, source.path)


def _take_values(source: Source, file: HclFile, folder: Folder) -> None:
    """Read a file of variables' values, if it is one that Terraform loads by itself."""
    from complygate.syntax import hcl  # noqa: PLC0415 - only with Terraform about

    if not (source.name.startswith("terraform.tfvars") or ".auto.tfvars" in source.name):
        return
    if file.problems:
        folder.broken_values = source.path
        return
    folder.tfvars.update({name: item.expression for name, item in file.attributes.items()})
    folder.value_files.append(source.path)
    folder.texts[source.path] = hcl.normal(source.text)
