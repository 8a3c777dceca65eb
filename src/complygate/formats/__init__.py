"""Families of files: which file is one, and the documents and views that it gives; a module for each."""
