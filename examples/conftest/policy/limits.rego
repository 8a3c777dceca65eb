# Written before Rego 1.0, and taken as it is.
package main

import data.lib.kubernetes

violation[{"msg": msg, "details": {"container": container.name}}] {
	container := kubernetes.containers[_]
	not container.resources.limits.memory
	msg := sprintf("container %v has no memory limit", [container.name])
}

warn_latest[msg] {
	container := kubernetes.containers[_]
	endswith(container.image, ":latest")
	msg := sprintf("container %v runs whatever is latest", [container.name])
}
