"""The domain: tokens, scopes, decisions, and the vault that keeps them."""
