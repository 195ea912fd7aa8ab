"""What the pages look at and nothing else needs: folders, the timeline, larger pictures, counts of groups."""
