from __future__ import annotations

import copy
import io
import json
from typing import Any

import jsonschema
import pytest
from tests.unit.reporters import reports

from complygate.model.report import Provenance
from complygate.reporters import json as json_report

SCHEMA = json_report.schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
REPORTS = ("empty", "rich", "undecided", "baselined", "hostile")


def written(which: str) -> dict[str, Any]:
    out = io.StringIO()
    json_report.render(getattr(reports, which)(), out)
    data: dict[str, Any] = json.loads(out.getvalue())
    return data


def objects(schema: Any) -> list[dict[str, Any]]:
    """Return every part of a schema that describes an object with properties."""
    found = []
    if isinstance(schema, dict):
        if "properties" in schema:
            found.append(schema)
        for value in schema.values():
            found += objects(value)
    elif isinstance(schema, list):
        for value in schema:
            found += objects(value)
    return found


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("which", REPORTS)
def test_output_is_what_the_schema_says(which: str) -> None:
    VALIDATOR.validate(written(which))


def test_the_schema_is_strict_and_describes_every_field() -> None:
    for part in objects(SCHEMA):
        if part is SCHEMA["$defs"]:
            continue
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])
        for name, field in part["properties"].items():
            described = field.get("description") or field.get("$ref")
            assert described, name


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(more=1),
        lambda d: d.pop("verdict"),
        lambda d: d.update(schema="complygate/report-v2"),
        lambda d: d["findings"][0].update(severity="severe"),
        lambda d: d["findings"][0]["span"].update(line=0),
        lambda d: d["verdict"].update(outcome="green"),
        lambda d: d.update(day="21.11.2026"),
    ],
)
def test_the_schema_refuses_another_shape(spoil: Any) -> None:
    data = copy.deepcopy(written("rich"))
    spoil(data)
    assert not VALIDATOR.is_valid(data)


def test_every_finding_is_there_with_its_fate() -> None:
    data = written("rich")
    fates = [(f["path"], f["disposition"], f["blocks"]) for f in data["findings"]]
    assert fates == [(f.region.path, str(f.disposition), f.blocks) for f in reports.rich().findings]
    excuses = [f["excuse"]["reason"] for f in data["findings"] if f["disposition"] == "waived"]
    assert excuses == ["node agent", "replaced in spring"]


def test_verdict_counts_agree_with_the_findings() -> None:
    data = written("rich")
    assert data["verdict"]["blocking"] == sum(f["blocks"] for f in data["findings"])
    assert data["verdict"]["waived"] == sum(f["disposition"] == "waived" for f in data["findings"])


def test_rules_and_controls_named_by_findings_can_be_looked_up() -> None:
    data = written("rich")
    rules = {rule["id"]: rule for rule in data["rules"]}
    controls = {control["id"] for control in data["controls"]}
    for finding in data["findings"]:
        assert finding["rule"] in rules
        assert set(finding["controls"]) <= controls


def test_a_calendar_is_told_with_its_dates() -> None:
    data = written("rich")
    rules = {rule["id"]: rule["enforcement"] for rule in data["rules"]}
    assert rules["kubernetes/no-privileged"] == [{"from": None, "level": "enforce"}]
    assert rules["docker/pinned-image"][1] == {"from": "2027-02-01", "level": "enforce"}
    assert {
        "from": "2027-02-01",
        "level": "enforce",
        "days": 72,
        "text": "warns now, blocks from 2027-02-01 (72 days left)",
    } in [f["next_level"] for f in data["findings"]]


def test_the_remote_is_told_without_credentials() -> None:
    report = reports.rich(provenance=Provenance("https://user:secret@example.com/shop/storefront.git", "4b"))
    assert (
        json_report.to_data(report)["provenance"]["repository"] == "https://example.com/shop/storefront.git"
    )
