"""A repository's file is written as a policy is: its schema says of entries what the policy's says."""

from __future__ import annotations

import copy

from complygate.policy.files import schema_of


def test_entries_and_undecided_are_those_of_a_policy() -> None:
    policy, repository = schema_of("policy"), schema_of("repository")
    wanted = copy.deepcopy(policy["$defs"])
    del wanted["entry"]["properties"]["overridable"]  # the last layer has none below it
    for name, found in repository["$defs"].items():
        if name == "scope":  # a repository does not say for which repositories it is
            assert found["properties"] == {"paths": wanted["scope"]["properties"]["paths"]}
        else:
            assert found == wanted[name], name
    kinds = repository["properties"]["undecided"]["properties"]
    assert kinds == policy["properties"]["undecided"]["properties"]
