package main

import rego.v1

# METADATA
# title: Images are built from a base with a fixed tag
# custom:
#   severity: medium
deny contains msg if {
	some command in input
	command.Cmd == "from"
	image := command.Value[0]
	endswith(image, ":latest")
	msg := sprintf("base image %s changes under the build", [image])
}
