"""Programs of the house that ship with the repository and not with the product."""
