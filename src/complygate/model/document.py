"""What rules judge: one unit of a file, with its kind, its name and the views it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from complygate.model.tree import Tree
from complygate.values import dataclass

REPOSITORY = "repository"
"""The kind of the one document that stands for the repository as a whole."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from the files.

    Attributes:
        reason: why, for a person: 'var.environment has no default'.
        present: True when the value surely exists (a reference to another resource's attribute), False
            when it may as well be absent or null (a variable without a default).
    """

    reason: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A part of a document offered under a kind of its own, such as a workload's `kubernetes/Pod`.

    Attributes:
        kind: the kind that rules name in `applies_to`.
        data: what a rule sees as the root. Often a part of the document's data, by reference; where
            shapes differ (Terraform's `kubernetes_deployment`), data made from it.
        base: pointer of the view's root in the document.
        mapping: turns a pointer in `data` into one in the document, where adding `base` in front is not
            enough; else None.
        name: what the part is called in messages, where it has a name of its own (a CloudFormation
            resource's logical id); "" for the document's.
    """

    kind: str
    data: Any
    base: str = ""
    mapping: Callable[[str], str] | None = None
    name: str = ""

    def to_document(self, pointer: str) -> str:
        """Return where `pointer`, an address in this view's data, stands in the document."""
        return self.mapping(pointer) if self.mapping else self.base + pointer


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed unit of a file.

    Attributes:
        kind: such as `kubernetes/Deployment` or `terraform/aws_s3_bucket`: family, "/", what it is.
        name: what the unit is called inside its file, stable when it moves: `Deployment/shop/web`,
            `aws_s3_bucket.logs`, or "" for a file that is one unit. Part of a finding's fingerprint.
        tree: the text's places. Pointers of `data` gain `base` in front to become pointers of the tree.
        data: plain JSON values. An unknown value is None here and named in `unknowns`.
        base: where `data` starts in the tree ("/items/0" for an item of a Kubernetes List).
        views: what else this unit is offered as.
        unknowns: pointers, into `data`, of values that cannot be known.
    """

    kind: str
    name: str
    tree: Tree
    data: Any
    base: str = ""
    views: tuple[View, ...] = ()
    unknowns: Mapping[str, Unknown] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The file, relative to the scanned root."""
        return self.tree.path
