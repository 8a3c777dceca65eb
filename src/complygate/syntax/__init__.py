"""Languages: text in, plain data with places out. Knows nothing of what the data means.

Each module offers `parse(source)`, which remembers its result in the source, and a function on plain text
for readers that have no source. Malformed text raises `errors.SyntaxProblem` with its place.
"""
