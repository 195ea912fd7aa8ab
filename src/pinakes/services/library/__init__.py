"""The application's routes: scans, reviews, resolutions, the journal, and the pictures themselves."""
