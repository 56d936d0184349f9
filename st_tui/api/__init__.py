"""The HTTP door: Infisical's routes, fields and error bodies over the vault's gateway.

A request's way: `application` reads it, `batches` lets it into a transaction together with others,
the handler of its `Operation` decides and acts through the gateway's request, `problems` words what
was refused, and the answer leaves when the batch is durable.
"""
