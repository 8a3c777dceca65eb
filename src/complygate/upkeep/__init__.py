"""Keeping waivers and baselines: what the commands of these names do, apart from printing and writing.

Each scans the repository (`survey`), and returns what a file is to say.
"""
