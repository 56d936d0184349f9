"""The demo in a browser: `st-tui web` starts one demo for each visitor, on textual-serve.

server      routes, and what a request must have: the key of the link, Host and Origin
visitor     one visitor's demo: a process of its own, with nothing of the presenter's
page.html   the page that holds the terminal; it asks no other machine for anything
    page.js     lets keys reach the terminal without a click
"""
