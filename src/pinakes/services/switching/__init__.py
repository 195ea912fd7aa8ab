"""Indexes of several models side by side: listed, built, compared, and made to answer."""
