"""Protocols of other embedding services, one file each, served only where the operator names them."""
