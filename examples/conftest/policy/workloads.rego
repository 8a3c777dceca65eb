package main

import rego.v1

import data.lib.kubernetes
import data.registries

# METADATA
# title: Containers do not run as root
# description: Root in a container is root on the node once it breaks out.
# related_resources:
# - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
# custom:
#   id: HV-001
#   severity: high
#   remediation: Set `securityContext.runAsNonRoot` to true.
deny contains result if {
	some i, container in kubernetes.containers
	not kubernetes.non_root(container)
	result := {
		"msg": sprintf("container %s of %s may run as root", [container.name, kubernetes.name]),
		"path": array.concat(kubernetes.pod_path, ["spec", "containers", i, "securityContext", "runAsNonRoot"]),
	}
}

# METADATA
# title: Images come from a registry of ours
# custom:
#   id: HV-002
#   severity: critical
deny contains result if {
	some container in kubernetes.containers
	not from_ours(container.image)
	result := {
		"msg": sprintf("container %s takes %s from elsewhere", [container.name, container.image]),
		"metadata": {"image": container.image},
	}
}

from_ours(image) if {
	some registry in registries.ours
	startswith(image, registry)
}

deny_single_replica contains msg if {
	input.kind == "Deployment"
	input.metadata.labels.tier == "production"
	input.spec.replicas < 2
	msg := sprintf("%s runs one replica in production", [kubernetes.name])
}

warn contains msg if {
	kubernetes.is_workload
	not input.metadata.labels.team
	msg := sprintf("%s %s names no team", [input.kind, kubernetes.name])
}
