"""Pinakes finds, explains and resolves duplicate pictures, and serves the models that understand them."""

__version__ = "0.1.0"
