"""The scanned tree: which files are read, which are not and why, and the documents that they hold.

`git` asks git, `walk` lists files, `sources` opens them, `read` turns them into documents. May import
`formats` (through `model.plugins`) and what lies below; never `evaluate`, `findings`, `triage` or `gate`.
"""

from complygate.discover.read import Progress, Reader
from complygate.discover.walk import Tree, find_root, list_tree

__all__ = ["Progress", "Reader", "Tree", "find_root", "list_tree"]
