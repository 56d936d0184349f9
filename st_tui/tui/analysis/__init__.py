"""An overview of all tokens at work beside the screen that shows it, for as long as that is open.

While the tokens are few, it works in threads of the app: the answer is there at once. With many it
works in a process of its own: no key waits for Python's lock, and when the screen is closed, the
process is killed, and its memory and its load are gone.

The overview stays where it works. Only questions and what is to be shown go to and fro.
"""
