"""The HTTP door: Infisical's routes, fields and error bodies over the vault's gateway.

A request's way:

    protocol, server      uvicorn, with bounds on connections and heads
    application           finds the route, an `Operation` of a module in `routes`
    request_handler       reads who asks and the body
    http_job              reads the fields; in a batch of the vault's group commit it calls the
                          operation's handler, which enters a folder and acts there
    problems              words what the vault refused
    json_responses        encodes the answer, once the batch is durable
"""
