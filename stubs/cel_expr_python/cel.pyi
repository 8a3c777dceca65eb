# As much of cel-expr-python's interface as complygate uses; the package ships types without declaring them.
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

class Type:
    BOOL: ClassVar[Type]
    BYTES: ClassVar[Type]
    DOUBLE: ClassVar[Type]
    DYN: ClassVar[Type]
    INT: ClassVar[Type]
    LIST: ClassVar[Type]
    MAP: ClassVar[Type]
    NULL: ClassVar[Type]
    STRING: ClassVar[Type]
    def name(self) -> str: ...

class Overload:
    def __init__(
        self,
        id: str,  # noqa: A002 - the library's name
        return_type: Type,
        parameters: Sequence[Type],
        is_member: bool,
        impl: Callable[..., Any],
    ) -> None: ...

class FunctionDecl:
    def __init__(self, name: str, overloads: Sequence[Overload]) -> None: ...

class Value:
    def type(self) -> Type: ...
    def value(self) -> Any: ...

class Expression:
    def eval(self, *, data: Mapping[str, Any]) -> Value: ...
    def return_type(self) -> Type: ...
    def serialize(self) -> bytes: ...

class EnvConfig: ...

class Env:
    def compile(self, expression: str) -> Expression: ...
    def deserialize(self, serialized: bytes) -> Expression: ...

def NewEnv(  # noqa: N802 - the library's name
    *, config: EnvConfig, functions: Sequence[FunctionDecl] = ...
) -> Env: ...
def NewEnvConfigFromYaml(yaml: str) -> EnvConfig: ...  # noqa: N802 - the library's name
