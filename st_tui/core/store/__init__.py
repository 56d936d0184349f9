"""Where a vault's data is kept: the only SQL.

`database` is what the store asks of an engine, `sqlite` the engine there is. The other modules are
functions over a `Database`, one module for each kind of data.
"""
