package main

import rego.v1

# The one-off jobs of the data team are not scaled.
exception contains rules if {
	input.metadata.labels.team == "data"
	rules := ["single_replica"]
}
