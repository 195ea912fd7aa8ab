"""What crosses a wire: the request and response types of every service."""
