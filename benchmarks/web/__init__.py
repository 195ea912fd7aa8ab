"""A made-up library of any size, the application over it, and a browser that scrolls it and is watched."""
