"""What the holders of tokens ask of the vault, through the HTTP door.

A request's way:

    group_commit                  takes it into a batch with others
    gateway                       the batch: one transaction, durable before anybody is answered
    admission                     lets the token in, or counts the failure
    holder                        decides where the token may go
    request                       what a route gets: it enters a folder, and acts there through
    secrets, folders, imports     … which decide about every further folder
    entries                       the audit entries, written at the end of the batch
"""
