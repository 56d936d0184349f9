"""What a token's holder asks of the vault: authenticated, decided, done and audited."""
