"""Callers of our services that speak the same protocols as the parts in this process."""
