"""One output each: `render(report, out)` of `model.plugins.Reporter`.

Modules whose names start with "_" are shared by them: `_plain` (text that is safe to print), `_words`
(what levels, dates and verdicts are called), `_markdown`, `_links` and the parts of SARIF.
"""
