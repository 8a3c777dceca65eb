package lib.kubernetes

import rego.v1

name := input.metadata.name

is_workload if input.kind in {"Deployment", "StatefulSet", "DaemonSet"}

pod_path := ["spec", "template"] if is_workload

pod_path := [] if input.kind == "Pod"

containers := input.spec.template.spec.containers if is_workload

containers := input.spec.containers if input.kind == "Pod"

non_root(container) if container.securityContext.runAsNonRoot == true

non_root(_) if input.spec.template.spec.securityContext.runAsNonRoot == true
