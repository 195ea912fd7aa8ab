"""Jobs over HTTP: listed, followed and steered, alike in every service that runs some."""
