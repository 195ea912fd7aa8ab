"""Browsing the groups of a review: any order, any filter, any place in it, however many there are."""
