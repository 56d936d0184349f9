"""What a secret is, references between secrets, and files that hold them."""
