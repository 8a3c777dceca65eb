"""Rules meet documents: which rule sees which node, and what its engine says.

Speaks in pointers only; `findings` knows lines. May import the engines (through `model.plugins`) and what
lies below; never `discover`, `findings`, `triage` or `gate`.
"""

from complygate.evaluate.judge import Judge, Judged
from complygate.evaluate.program import CompiledRule, CompileError, compile_rules
from complygate.evaluate.repository import Repository
from complygate.evaluate.tools import Remarked, ToolsAnswer, ToolsSettings, ask_tools

__all__ = [
    "CompileError",
    "CompiledRule",
    "Judge",
    "Judged",
    "Remarked",
    "Repository",
    "ToolsAnswer",
    "ToolsSettings",
    "ask_tools",
    "compile_rules",
]
