"""What st-tui costs, as ratios to something everybody has: `python -m tests.benchmarks`.

The figures of one run are comparable with each other, on whatever machine; no test asserts on them.
"""
