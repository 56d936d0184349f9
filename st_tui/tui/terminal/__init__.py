"""What the app does for the terminal it runs in, and needs of it."""
