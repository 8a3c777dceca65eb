"""Loading a set loads no library that only a mistake needs."""

from __future__ import annotations

import subprocess
import sys


def test_a_right_set_loads_no_library_for_mistakes() -> None:
    program = (
        "import sys; from pathlib import Path; from complygate import policy;"
        "policy.load('builtin:strict', base=Path('/'));"
        "print([m for m in ('jsonschema', 'difflib', 'click', 'git', 'checkov') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
