"""The HTTP API's routes: each module declares the `OPERATIONS` of one kind of thing."""
