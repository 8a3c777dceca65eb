"""Which files Helm and Kustomize are given."""

from __future__ import annotations

from complygate.engines.checkov.rendering import needed

TREE = {
    "base/kustomization.yaml": "resources: [pod.yaml, ../shared/role.yml]\nbases:\n  - ../shared\n",
    "base/pod.yaml": "kind: Pod\nname: other.yaml\n",
    "base/other.yaml": "",
    "shared/role.yml": "",
    "shared/Kustomization": "configMapGenerator:\n- files:\n  - 'a b.txt'\n  - key=sub/c.ini\n"
    '  envs: ["d.env"]\n',
    "shared/a b.txt": "",
    "shared/sub/c.ini": "",
    "shared/d.env": "",
    "shared/unused.env": "",
    "patched/kustomization.yml": "patches: [{path: p.json}]\ngenerators: [g.yaml]\nresources: [../x]\n",
    "patched/p.json": "",
    "patched/g.yaml": "kind: ConfigMapGenerator\nfiles: [e.txt]\n",
    "patched/e.txt": "",
    "chart/Chart.yaml": "name: c\n",
    "chart/files/x.bin": "",
    "charts.yaml": "",
}


def given(name: str) -> set[str]:
    return set(needed(name, sorted(TREE), lambda path: TREE[path].encode()))


def test_kustomize_gets_what_kustomizations_name() -> None:
    assert given("kustomize") == set(TREE) - {
        "base/other.yaml", "shared/unused.env", "chart/Chart.yaml", "chart/files/x.bin", "charts.yaml",
    }  # fmt: skip


def test_helm_gets_what_is_below_a_chart() -> None:
    assert given("helm") == {"chart/Chart.yaml", "chart/files/x.bin"}


def test_a_chart_at_the_top_is_given_the_whole_tree() -> None:
    assert needed("helm", ["Chart.yaml", "a.txt"], lambda _: b"") == ["Chart.yaml", "a.txt"]
