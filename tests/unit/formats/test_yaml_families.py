"""The families that stand on YAML: which file is whose, what it gives, and what it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from complygate.model import plugins
from complygate.model.document import Document
from complygate.model.pointer import resolve
from complygate.model.problem import Problem, ProblemKind
from complygate.model.source import Files, Source
from complygate.model.tree import Span


def scan(texts: Mapping[str, str], root: Path = Path("/nowhere")) -> list[Document | Problem]:
    """Offer each file to the formats in their order, as discovery does, and read what they claim."""
    files = Files(root, frozenset(texts))
    groups: dict[tuple[str, str], tuple[plugins.Format, list[Source]]] = {}
    for path, text in texts.items():
        source = Source(path, dedent(text), files)
        for form in plugins.formats():
            group = form.claims(source)
            if group is not None:
                groups.setdefault((form.NAME, group), (form, []))[1].append(source)
                break
    return [item for form, sources in groups.values() for item in form.read(sources)]


def documents(texts: Mapping[str, str], root: Path = Path("/nowhere")) -> list[Document]:
    items = scan(texts, root)
    assert not [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Document)]


def problems(texts: Mapping[str, str], root: Path = Path("/nowhere")) -> list[Problem]:
    return [item for item in scan(texts, root) if isinstance(item, Problem)]


def family(path: str, text: str = "", *others: str) -> str:
    """Return the name of the format that takes `path`, or ""."""
    source = Source(path, text, Files(Path("/nowhere"), frozenset({path, *others})))
    return next((form.NAME for form in plugins.formats() if form.claims(source) is not None), "")


WORKLOAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {}
  template:
    spec:
      containers: [{name: a, image: b}]
"""


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.yaml", WORKLOAD, "kubernetes"),
        ("a.yml", "---\n# c\n---\nkind: Pod\napiVersion: v1\n", "kubernetes"),
        ("a.json", '{"apiVersion": "v1", "kind": "Pod"}', "kubernetes"),
        ("a.json", '{\n  "metadata": {},\n  "kind": "Pod",\n  "apiVersion": "v1"\n}', "kubernetes"),
        ("a.json", '{"x": {"apiVersion": "v1", "kind": "Pod"}}', ""),
        ("a.txt", WORKLOAD, ""),
        ("values.yaml", "extra:\n  apiVersion: v1\n  kind: Pod\n", ""),
        ("a.yaml", "apiVersion: backstage.io/v1alpha1\nkind: API\n", "backstage"),
        ("x/kustomization.yaml", "resources: []\n", "kustomize"),
        ("x/Kustomization", "resources: []\n", "kustomize"),
        (
            "kustomization.yaml",
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
            "kubernetes",
        ),
        ("x/Chart.yaml", "", "helm"),
        ("values.yaml", "a: 1\n", ""),
        ("compose.yaml", "services: {}\n", "compose"),
        ("x/docker-compose.prod.yml", "version: '3'\nservices:\n", "compose"),
        ("docker-compose-dev.yaml", "services:\n", "compose"),
        ("compose.yaml", "a: 1\n", ""),
        ("composer.yaml", "services:\n", ""),
        (".github/workflows/a.yml", "", "github-actions"),
        ("x/.github/workflows/a.yaml", "", "github-actions"),
        (".github/workflows/x/a.yml", "", ""),
        (".github/actions/a/action.yml", "runs: {}\n", "github-actions"),
        ("action.yml", "on: x\n", ""),
        (".github/dependabot.yml", "", "dependabot"),
        ("dependabot.yml", "", ""),
        (".pre-commit-config.yaml", "", "pre-commit"),
        ("x/.pre-commit-config.yml", "", "pre-commit"),
        (".pre-commit-hooks.yaml", "- id: a\n", ""),
        (".gitlab-ci.yml", "", "gitlab-ci"),
        ("x/build.gitlab-ci.yml", "", "gitlab-ci"),
        (".gitlab/ci/a.yml", "a:\n  script: [x]\n", "gitlab-ci"),
        (".gitlab/ci/a.yml", "a: 1\n", ""),
        (".gitlab/os-linux.yml", "a:\n  script: [x]\n", "gitlab-ci"),
        (".gitlab/agents/prod/config.yaml", "a:\n  script: [x]\n", ""),
        (".gitlab/security-policies/policy.yml", "a:\n  script: [x]\n", ""),
        (".gitlab/labels.yml", "a: {color: red}\n", ""),
        ("templates/a.yml", "# c\nspec:\n  inputs:\n    x:\n---\na: {script: x}\n", "gitlab-ci"),
        ("azure-pipelines.yml", "", "azure-pipelines"),
        ("azure-pipelines-release.yaml", "", "azure-pipelines"),
        (".azure-pipelines/a.yml", "steps:\n", "azure-pipelines"),
        (".azuredevops/x/a.yml", "- a\n", ""),
        ("eng/pipelines/a.yml", "jobs:\n- job: a\n  steps:\n  - task: Bash@3\n", "azure-pipelines"),
        ("build/a.yml", "steps:\n- checkout: self\n", "azure-pipelines"),
        ("build/a.yml", "steps:\n- task: compile\n", ""),
        ("build/a.yml", "other:\n- task: Bash@3\n", ""),
        ("src/a.yml", "steps:\n- task: Bash@3\n", ""),
        (".circleci/config.yml", "", "circleci"),
        (".circleci/more.yml", "jobs:\n", "circleci"),
        (".circleci/other.yml", "a: 1\n", ""),
        ("bitbucket-pipelines.yml", "", "bitbucket-pipelines"),
    ],
)
def test_which_file_is_whose(path: str, text: str, name: str) -> None:
    assert family(path, text) == name


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: v1, kind: Pod, metadata: {name: web}}",
        "{metadata: {name: web}, kind: Pod, apiVersion: v1}",
        "--- {kind: Pod, apiVersion: v1, metadata: {name: web}}\n",
        '{"metadata":{"name":"web"},"kind":"Pod","apiVersion":"v1"}',
        "{\n  'kind' : Pod, 'apiVersion' : v1,\n  metadata: {name: web}}",
        "  apiVersion: v1\n  kind: Pod\n  metadata: {name: web}\n",
        "# one\na: 1\n---\n  { kind: Pod, metadata: {name: web}, apiVersion: v1 }\n",
        '? apiVersion\n: v1\n? "kind"\n: Pod\n? metadata\n: name: web\n',
        '"apiV\\x65rsion": v1\n"k\\u0069nd": Pod\nmetadata: {name: web}\n',
        "!!str apiVersion: v1\n&k kind: Pod\nmetadata: {name: web}\n",
        "- {kind: Pod}\n---\n&b { <<: &c {apiVersion: v1, kind: Pod}, metadata: {name: web}}",
    ],
)
def test_a_manifest_is_seen_in_whatever_style_it_is_written(text: str) -> None:
    assert [(d.kind, d.name) for d in documents({"a.yaml": text})] == [("kubernetes/Pod", "Pod/web")]


@pytest.mark.parametrize(
    "text",
    [
        '{"metadata":{"name":"web"},"kind":"Pod","apiVersion":"v1"}',
        '{"metadata":{"name":"web"},\n\t\t\t"kind":"Pod",\n\t\t\t"apiVersion":"v1"}',
        '{"metadata":{"name":"web"},"k\\u0069nd":"Pod","apiV\\u0065rsion":"v1"}',
    ],
)
def test_a_json_manifest_is_seen_in_whatever_order_it_is_written(text: str) -> None:
    assert [(d.kind, d.name) for d in documents({"a.json": text})] == [("kubernetes/Pod", "Pod/web")]


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("compose.yaml", "{name: x, services: {}}", "compose"),
        ("compose.yaml", "  services: {}", "compose"),
        ("compose.yaml", "{x: {services: {}}}", ""),
        ("a/action.yml", "{name: x, 'runs': {}}", "github-actions"),
        (".azure-pipelines/a.yml", '{x: 1, "steps": []}', "azure-pipelines"),
        (".azure-pipelines/a.yml", '"steps":\n- a\n', "azure-pipelines"),
        (".azure-pipelines/a.yml", "{a: {steps: []}}", ""),
        (".circleci/more.yml", '{"jobs": {}}', "circleci"),
        (".gitlab/ci/a.yml", '{"include": []}', "gitlab-ci"),
        (".gitlab/ci/a.yml", "{a: {script: [x]}}", "gitlab-ci"),
        (".gitlab/ci/a.yml", "{a: {b: {script: [x]}}}", ""),
        ("a.yaml", "{kind: API, apiVersion: backstage.io/v1alpha1}", "backstage"),
        ("a.yaml", '"apiVersion": backstage.io/v1alpha1\nkind: API\n', "backstage"),
        ("a.yaml", "{x: {apiVersion: v1, kind: Pod}}", ""),
        ("a.yaml", "[{apiVersion: v1, kind: Pod}]", ""),
        ("a.yaml", "a: apiVersion\nb: kind\nc: [\n", ""),
        ("a.json", '{"a": "apiVersion", "b": "kind", ', ""),
        ("a.json", '[{"apiVersion": "v1", "kind": "Pod"}]', ""),
    ],
)
def test_a_key_is_seen_in_flow_style_and_in_quotes(path: str, text: str, name: str) -> None:
    assert family(path, text) == name


@pytest.mark.parametrize(
    "text",
    ["{apiVersion: v1, kind: Pod, metadata: {", "---\n# c\n{metadata: {}, kind: Pod, 'apiVersion': [v1}"],
)
def test_a_broken_manifest_in_flow_style_is_a_problem(text: str) -> None:
    (problem,) = problems({"a.yaml": text})
    assert problem.kind is ProblemKind.PARSE_ERROR


@pytest.mark.parametrize("depth", [600, 100_000])
def test_json_that_is_too_deep_to_be_looked_at_is_a_problem(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    (problem,) = problems({"a.json": f'{{"x": {deep}, "kind": "Pod", "apiVersion": "v1"}}'})
    assert problem.kind is ProblemKind.PARSE_ERROR


# Kubernetes


def test_an_object_has_a_name_that_stays() -> None:
    text = WORKLOAD + "---\n---\nkind: Namespace\napiVersion: v1\nmetadata: {name: shop}\n---\n"
    text += "kind: Job\napiVersion: batch/v1\nmetadata: {generateName: once-}\n"
    found = documents({"a.yaml": text})
    assert [(d.kind, d.name) for d in found] == [
        ("kubernetes/Deployment", "Deployment/shop/web"),
        ("kubernetes/Namespace", "Namespace/shop"),
        ("kubernetes/Job", "Job/once-"),
    ]


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        ("Pod", ""),
        ("PodTemplate", "/template"),
        ("Job", "/spec/template"),
        ("StatefulSet", "/spec/template"),
        ("DaemonSet", "/spec/template"),
        ("ReplicaSet", "/spec/template"),
        ("ReplicationController", "/spec/template"),
        ("Rollout", "/spec/template"),
        ("CronJob", "/spec/jobTemplate/spec/template"),
    ],
)
def test_every_workload_offers_its_pod(kind: str, base: str) -> None:
    data = "{spec: {containers: [{name: a, image: b}]}}"
    for part in reversed(base.split("/")[1:]):
        data = f"{{{part}: {data}}}"
    text = f"{{apiVersion: v1, kind: {kind}, {data[1:]}\n"
    (document,) = documents({"a.yaml": text.replace(", kind", ",\nkind")})
    (view,) = document.views
    assert view.kind == "kubernetes/Pod"
    assert view.base == base
    assert view.data["spec"]["containers"][0]["name"] == "a"
    assert resolve(document.data, view.to_document("/spec/containers/0/image")) == "b"


@pytest.mark.parametrize(
    ("version", "kind", "spec", "bases"),
    [
        ("serving.knative.dev/v1", "Service", "{template: POD}", ["/spec/template"]),
        ("batch.volcano.sh/v1alpha1", "Job", "{tasks: [{template: POD}, {}, {template: POD}]}",
         ["/spec/tasks/0/template", "/spec/tasks/2/template"]),
        ("kubeflow.org/v1", "PyTorchJob",
         "{pytorchReplicaSpecs: {Master: {template: POD}, a/b: {template: POD}}}",
         ["/spec/pytorchReplicaSpecs/Master/template", "/spec/pytorchReplicaSpecs/a~1b/template"]),
        ("ray.io/v1", "RayJob",
         ("{rayClusterSpec: {headGroupSpec: {template: POD}, workerGroupSpecs: [{template: POD}]},"
         " submitterPodTemplate: POD}"),
         ["/spec/rayClusterSpec/headGroupSpec/template", "/spec/rayClusterSpec/workerGroupSpecs/0/template",
          "/spec/submitterPodTemplate"]),
        ("agones.dev/v1", "Fleet", "{template: {spec: {template: POD}}}", ["/spec/template/spec/template"]),
        ("keda.sh/v1alpha1", "ScaledJob", "{jobTargetRef: {template: POD}}", ["/spec/jobTargetRef/template"]),
        ("apps.kruise.io/v1beta1", "StatefulSet", "{template: POD}", ["/spec/template"]),
        ("argoproj.io/v1alpha1", "Experiment", "{templates: [{template: POD}]}",
         ["/spec/templates/0/template"]),
        ("argoproj.io/v1alpha1", "AnalysisTemplate",
         "{metrics: [{provider: {job: {spec: {template: POD}}}}, {provider: {web: {}}}]}",
         ["/spec/metrics/0/provider/job/spec/template"]),
        ("v1", "Service", "{template: POD}", []),
        ("batch.volcano.sh/v1alpha1", "Job", "{tasks: 3, template: POD}", []),
        ("example.com/v1", "Notebook", "{template: POD}", []),
    ],
)  # fmt: skip
def test_pod_templates_of_custom_resources(version: str, kind: str, spec: str, bases: list[str]) -> None:
    spec = spec.replace("POD", "{spec: {containers: [{name: a, image: b}]}}")
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"
    (document,) = documents({"a.yaml": text})
    assert [view.base for view in document.views] == bases
    assert all(view.data["spec"]["containers"][0]["image"] == "b" for view in document.views)


@pytest.mark.parametrize("kind", ["Service", "ConfigMap", "Deploy", "Widget"])
def test_what_is_no_workload_offers_no_pod(kind: str) -> None:
    (document,) = documents({"a.yaml": WORKLOAD.replace("Deployment", kind)})
    assert document.views == ()


def test_items_of_a_list_are_documents_with_their_real_places() -> None:
    text = """\
    apiVersion: v1
    kind: List
    items:
    - apiVersion: v1
      kind: Pod
      metadata: {name: a}
      spec: {containers: []}
    - apiVersion: v1
      kind: ServiceList
      items:
      - metadata: {name: b}
    """
    pod, service = documents({"a.yaml": text})
    assert (pod.kind, pod.name, pod.base) == ("kubernetes/Pod", "Pod/a", "/items/0")
    assert pod.tree.keys[pod.base + "/metadata/name"] == Span(6, 14, 6, 18)
    assert pod.views[0].base == ""
    assert (service.kind, service.name, service.base) == (
        "kubernetes/Service",
        "Service/b",
        "/items/1/items/0",
    )


def test_a_json_manifest() -> None:
    (document,) = documents({"a.json": '{"apiVersion": "v1",\n "kind": "Pod", "metadata": {"name": "a"}}'})
    assert document.name == "Pod/a"
    assert document.tree.values["/kind"].line == 2


def test_other_documents_of_a_file_are_left_alone() -> None:
    assert [d.name for d in documents({"a.yaml": "a: 1\n---\n- b\n---\n" + WORKLOAD})] == [
        "Deployment/shop/web"
    ]


def test_a_manifest_that_does_not_parse_is_a_problem_with_a_place() -> None:
    (problem,) = problems({"a.yaml": WORKLOAD + "  - x\n"})
    assert problem.kind is ProblemKind.PARSE_ERROR
    assert problem.path == "a.yaml"
    assert problem.span is not None
    assert problem.span.line == 9


def test_json_that_may_as_well_be_something_else_is_no_problem() -> None:
    assert problems({"a.json": '{\n  "kind": 1,\n  "apiVersion": [\n}'}) == []
    (problem,) = problems({"a.json": '{"apiVersion": "v1", "kind": "Pod", '})
    assert problem.kind is ProblemKind.PARSE_ERROR


def test_a_duplicate_key_is_a_problem_and_the_object_is_there() -> None:
    items = scan({"a.yaml": WORKLOAD + "kind: Other\n"})
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert problem.kind is ProblemKind.PARSE_ERROR
    assert problem.span == Span(9, 1, 9, 5)
    assert [item.kind for item in items if isinstance(item, Document)] == ["kubernetes/Other"]


@pytest.mark.parametrize(
    "line",
    ["image: {{ image }}", "{{- if .Values.x }}", "{% if x %}", "name: a-{{ x }}: b", "- {{ x }}"],
)
def test_a_template_outside_a_chart_is_not_rendered(line: str) -> None:
    (problem,) = problems({"a.yaml": f"apiVersion: v1\nkind: Pod\n{line}\n"})
    assert problem.kind is ProblemKind.NOT_RENDERED


def test_quoted_placeholders_are_text() -> None:
    (document,) = documents({"a.yaml": "apiVersion: v1\nkind: Pod\nx: '{{ y }}'\nz: a{{ y }}\n"})
    assert document.data["x"] == "{{ y }}"


# Kustomize

PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n"


@pytest.mark.parametrize(
    "listed",
    ["patches: [{path: web.yaml}]", "patchesStrategicMerge: [./web.yaml]", "patches:\n- path: ../x/web.yaml"],
)
def test_a_patch_is_judged_once_applied(listed: str, tmp_path: Path) -> None:
    texts = {"x/kustomization.yaml": f"resources: [base]\n{listed}\n", "x/web.yaml": PATCH}
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    items = scan(texts, tmp_path)
    assert [item.kind for item in items] == ["kustomize/Kustomization", ProblemKind.NOT_RENDERED]


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("default/manager_auth_proxy_patch.yaml", []),
        ("overlays/prod/patches/web.yaml", []),
        ("patch-web.yml", []),
        ("patch.yaml", []),
        ("dispatch.yaml", ["kubernetes/Deployment"]),
        ("patching/web.yaml", ["kubernetes/Deployment"]),
        ("web.yaml", ["kubernetes/Deployment"]),
    ],
)
def test_what_is_named_a_patch_and_is_not_whole_is_one(path: str, kinds: list[str]) -> None:
    assert [d.kind for d in documents({path: PATCH})] == kinds
    assert [d.kind for d in documents({path: WORKLOAD})] == ["kubernetes/Deployment"]


def test_a_patch_that_deletes_an_object_is_no_object(tmp_path: Path) -> None:
    text = "$patch: delete\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
    texts = {"kustomization.yaml": "patches: [{path: gone.yaml}]\n", "gone.yaml": text}
    for path, content in texts.items():
        (tmp_path / path).write_text(content)
    items = scan(texts, tmp_path)
    assert [item.kind for item in items] == ["kustomize/Kustomization", ProblemKind.NOT_RENDERED]


def test_what_is_whole_is_judged_even_if_it_is_listed_as_a_patch(tmp_path: Path) -> None:
    texts = {"kustomization.yaml": "patches: [{path: web.yaml}]\n", "web.yaml": WORKLOAD}
    for path, text in texts.items():
        (tmp_path / path).write_text(text)
    assert "kubernetes/Deployment" in [item.kind for item in scan(texts, tmp_path)]


def test_an_object_that_nobody_lists_as_a_patch_is_judged() -> None:
    assert [d.name for d in documents({"web.yaml": PATCH})] == ["Deployment/web"]


def test_patches_are_counted_once_for_a_kustomization() -> None:
    text = "patches:\n- path: a.yaml\n- patch: |\n    - op: add\n  target: {kind: X}\n"
    (problem,) = problems({"k/kustomization.yaml": text})
    assert (problem.kind, problem.count) == (ProblemKind.NOT_RENDERED, 2)
    assert "kustomize build k" in problem.hint


# Helm


def test_a_chart_is_one_problem_however_many_templates_it_has() -> None:
    texts = {
        "charts/web/Chart.yaml": "apiVersion: v2\nname: web\n",
        "charts/web/values.yaml": "image: nginx\n",
        "charts/web/values-prod.yaml": "image: nginx\n",
        "charts/web/templates/a.yaml": "apiVersion: v1\nkind: {{ .Values.kind }}\n",
        "charts/web/templates/x/b.yaml": "{{- range .Values.x }}\na: 1\n{{- end }}\n",
        "charts/web/templates/_helpers.tpl": '{{- define "x" }}{{ end }}',
        "charts/web/templates/plain.yaml": WORKLOAD,
        "charts/web/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\n",
        "charts/web/charts/sub/templates/c.yaml": "a: {{ b }}\n",
    }
    items = scan(texts)
    found = {(item.path, item.kind, getattr(item, "count", 0)) for item in items}
    assert found == {
        ("charts/web/Chart.yaml", "helm/Chart", 0),
        ("charts/web/values.yaml", "helm/values", 0),
        ("charts/web/values-prod.yaml", "helm/values", 0),
        ("charts/web/Chart.yaml", ProblemKind.NOT_RENDERED, 2),
        ("charts/web/templates/plain.yaml", "kubernetes/Deployment", 0),
        ("charts/web/charts/sub/Chart.yaml", "helm/Chart", 0),
        ("charts/web/charts/sub/Chart.yaml", ProblemKind.NOT_RENDERED, 1),
    }
    hint = next(item.hint for item in items if isinstance(item, Problem) and item.count == 2)
    assert "helm template web charts/web --output-dir rendered" in hint


def test_a_chart_at_the_root() -> None:
    texts = {"Chart.yaml": "name: a\n", "values.yaml": "b: 1\n", "templates/a.yaml": "{{ x }}"}
    (problem,) = problems(texts)
    assert problem.path == "Chart.yaml"
    assert "helm template chart . " in problem.hint


# Compose and the CI systems


def views(path: str, text: str) -> list[tuple[str, str]]:
    (document,) = documents({path: text})
    for view in document.views:
        assert resolve(document.data, view.base) is view.data
    return [(view.kind.partition("/")[2], view.base) for view in document.views]


def test_compose_services() -> None:
    text = "x-base: &b {image: a}\nservices:\n  web: {<<: *b, ports: [80]}\n  db/1: *b\n  no:\n"
    assert views("compose.yaml", text) == [("service", "/services/web"), ("service", "/services/db~11")]


def test_workflow_jobs_and_steps() -> None:
    text = """\
    on: [push]
    jobs:
      a:
        steps: [{run: x}, {uses: y}, z]
      b:
        uses: ./.github/workflows/b.yml
      c: nothing
    """
    assert views(".github/workflows/a.yml", text) == [
        ("job", "/jobs/a"),
        ("step", "/jobs/a/steps/0"),
        ("step", "/jobs/a/steps/1"),
        ("job", "/jobs/b"),
    ]


def test_a_workflow_keeps_on_as_a_key() -> None:
    (document,) = documents({".github/workflows/a.yml": "on: push\njobs: {}\n"})
    assert document.data["on"] == "push"


def test_the_expressions_of_a_workflow_are_no_template() -> None:
    (problem,) = problems({".github/workflows/a.yml": "jobs:\n  a: ${{ x }}\n b: 1\n"})
    assert problem.kind is ProblemKind.PARSE_ERROR
    (problem,) = problems({".github/workflows/a.yml": "name: {{ cookiecutter.name }}\n"})
    assert problem.kind is ProblemKind.NOT_RENDERED


@pytest.mark.parametrize("path", [".github/workflows/a.yml", ".gitlab-ci.yml", ".github/dependabot.yml"])
def test_what_must_be_a_map_and_is_none_is_a_problem(path: str) -> None:
    (problem,) = problems({path: "- a\n"})
    assert problem.kind is ProblemKind.PARSE_ERROR


def test_steps_of_an_action() -> None:
    text = "runs:\n  using: composite\n  steps:\n  - run: x\n"
    assert views("a/action.yml", text) == [("step", "/runs/steps/0")]
    assert views("action.yaml", "runs: {using: node20, main: x.js}\n") == []


def test_gitlab_jobs() -> None:
    text = """\
    stages: [a]
    variables: {A: b}
    default: {image: x}
    .hidden: {script: [x]}
    build:
      script:
      - !reference [.hidden, script]
    pages: {script: x}
    """
    assert views(".gitlab-ci.yml", text) == [("job", "/.hidden"), ("job", "/build"), ("job", "/pages")]
    (document,) = documents({".gitlab-ci.yml": text})
    assert document.data["build"]["script"] == [[".hidden", "script"]]
    assert document.tree.tags["/build/script/0"] == "!reference"


def test_the_header_of_a_gitlab_component_is_no_pipeline() -> None:
    text = "spec:\n  inputs:\n    stage:\n---\na:\n  stage: $[[ inputs.stage ]]\n  script: x\n"
    assert views("templates/a/template.yml", text) == [("job", "/a")]


def test_azure_jobs_and_steps_wherever_they_stand() -> None:
    text = """\
    stages:
    - stage: a
      jobs:
      - job: b
        steps:
        - script: x
        - ${{ if eq(1, 2) }}:
          - script: y
      - deployment: c
        strategy:
          runOnce:
            deploy:
              steps: [{script: z}]
      - ${{ each e in parameters.e }}:
        - job: d
    """
    assert views("azure-pipelines.yml", text) == [
        ("job", "/stages/0/jobs/0"),
        ("step", "/stages/0/jobs/0/steps/0"),
        ("step", "/stages/0/jobs/0/steps/1/${{ if eq(1, 2) }}/0"),
        ("job", "/stages/0/jobs/1"),
        ("step", "/stages/0/jobs/1/strategy/runOnce/deploy/steps/0"),
        ("job", "/stages/0/jobs/2/${{ each e in parameters.e }}/0"),
    ]


def test_circleci_jobs_and_steps() -> None:
    text = """\
    version: 2.1
    commands:
      c:
        steps: [{run: x}]
    jobs:
      a:
        steps:
        - checkout
        - run: make
        - when:
            condition: true
            steps: [{run: y}]
    """
    assert views(".circleci/config.yml", text) == [
        ("job", "/jobs/a"),
        ("step", "/jobs/a/steps/1"),
        ("step", "/jobs/a/steps/2"),
        ("step", "/jobs/a/steps/2/when/steps/0"),
        ("step", "/commands/c/steps/0"),
    ]


def test_bitbucket_steps_once_each() -> None:
    text = """\
    definitions:
      steps:
      - step: &build {script: [make]}
    pipelines:
      default:
      - step: *build
      - parallel:
        - step: {script: [x]}
        - step: *build
    """
    assert views("bitbucket-pipelines.yml", text) == [
        ("step", "/definitions/steps/0/step"),
        ("step", "/pipelines/default/1/parallel/0/step"),
    ]


def test_a_hint_that_is_pasted_runs_nothing_that_the_repository_chose() -> None:
    folder = "a;touch x"
    (chart,) = problems({f"{folder}/Chart.yaml": "name: a\n", f"{folder}/templates/a.yaml": "{{ x }}"})
    assert f"'{folder}'" in chart.hint
    (patched,) = problems({f"{folder}/kustomization.yaml": "patches: [{path: a.yaml}]\n"})
    assert f"'{folder}'" in patched.hint
