"""Customers also bought."""
