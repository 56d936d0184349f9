"""What a secret is, references between secrets, and the files that hold them."""
