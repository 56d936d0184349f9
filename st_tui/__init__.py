"""Manage Infisical-style service tokens in the terminal, and see live what each may do."""

__version__ = "0.1.0"
