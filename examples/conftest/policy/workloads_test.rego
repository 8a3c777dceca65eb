package main

import rego.v1

test_root_is_denied if {
	count(deny) == 1 with input as {"kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{
		"name": "a",
		"image": "registry.harrowvale.example/a:1",
	}]}} with data.registries as {"ours": ["registry.harrowvale.example/"]}
}
