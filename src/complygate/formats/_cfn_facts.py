"""Parameters and mappings of a CloudFormation template, as far as the file tells.

Reference: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from typing import Any

from complygate.model.document import Unknown

_LONGEST = 1 << 16
_LISTS = ("CommaDelimitedList", "List<")


class Facts:
    """What a template says about names.

    Attributes:
        mappings: its `Mappings`.
        resources: the logical ids of its resources.
    """

    def __init__(self, template: dict[str, Any]) -> None:
        self.mappings = _map(template, "Mappings")
        self.resources = frozenset(_map(template, "Resources"))
        self._parameters = {
            name: _parameter(name, about) for name, about in _map(template, "Parameters").items()
        }

    def ref(self, name: str) -> Any:
        """Return the value of `Ref: name`, or why it cannot be known."""
        if name in self._parameters:
            return self._parameters[name]
        if name in self.resources:
            return Unknown(f"a reference to the resource {name}, which exists only after the deployment")
        if name.startswith("AWS::"):
            return Unknown(f"{name} is known only at the deployment")
        return Unknown(f"{name} is not defined in this template")

    def find(self, table: Any, first: Any, second: Any) -> Any:
        """Return an entry of `Mappings`, or why it cannot be known."""
        found: Any = self.mappings
        for key in (table, first, second):
            if not isinstance(found, dict) or str(key) not in found:
                return Unknown(f"the mapping {table} has no entry {first}.{second}")
            found = found[str(key)]
        return found


def _map(template: dict[str, Any], section: str) -> dict[str, Any]:
    found = template.get(section)
    return found if isinstance(found, dict) else {}


def _parameter(name: str, about: Any) -> Any:
    """Return a parameter's default as the type that the template declares, or why there is none."""
    kind = str(about.get("Type", "String")) if isinstance(about, dict) else "String"
    default = about.get("Default") if isinstance(about, dict) else None
    if default is None or isinstance(default, dict | list):
        return Unknown(f"the parameter {name} has no default")
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return Unknown(f"the parameter {name} is read from the parameter store at the deployment")
    text = _text(default)
    if len(text) > _LONGEST:
        return Unknown(f"the default of the parameter {name} is too long")
    if kind.startswith(_LISTS):
        items = [item.strip() for item in text.split(",")]
        return [_number(item) for item in items] if kind == "List<Number>" else items
    return _number(text) if kind == "Number" else text


def _text(value: Any) -> str:
    """Return a scalar as CloudFormation writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(text: str) -> Any:
    """Return the number that `text` is, or `text`."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return number if number - number == 0 else text  # neither infinite nor "nan"
