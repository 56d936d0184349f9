"""What is left when a program is killed, at any point."""
