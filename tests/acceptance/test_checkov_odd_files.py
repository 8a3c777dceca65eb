"""Files whose size or encoding would hide them from Checkov."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.acceptance.conftest import Run, write

if TYPE_CHECKING:
    from pathlib import Path

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: app
      image: registry.example.com/app:1.0
      securityContext:
        privileged: true
"""
POLICY = "name: p\ntitle: P\nrules: [{select: {checkov: [CKV_K8S_16]}}]\n"


def test_no_file_hides_by_its_size_or_its_encoding(run: Run, tmp_path: Path) -> None:
    root, chosen = tmp_path / "tree", tmp_path / "set"
    write(chosen, "policies/p.yaml", POLICY)
    write(root, "padded.yaml", POD + "# padding\n" * 900_000)
    write(root, "data.json", "[" + "1," * 5_000_000 + "1]")  # as large, and no manifest
    (root / "marked.yaml").write_bytes(POD.encode("utf-8-sig"))
    (root / "wide.yaml").write_bytes(POD.encode("utf-16"))
    said = json.loads(run("scan", root, "--policy", chosen, "--format", "json", "--no-cache").out)
    found = [(f["path"], f["span"]["line"], f["span"]["column"]) for f in said["findings"]]
    assert found == [("marked.yaml", 9, 9), ("wide.yaml", 9, 9)]
    (problem,) = said["problems"]
    assert (problem["kind"], problem["path"]) == ("parse-error", "padded.yaml")
    assert "larger than 8 MiB" in problem["message"]
