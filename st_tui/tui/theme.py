"""The two themes: quiet grounds, one blue for where you are, green and red only for verdicts."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="st-tui-dark",
    dark=True,
    primary="#6cb2f0",
    secondary="#8fa3bf",
    accent="#e5b567",
    success="#5fcf94",
    warning="#e5b567",
    error="#f07f7a",
    foreground="#d9dfe8",
    background="#12161d",
    surface="#171c25",
    panel="#1e2530",
    variables={
        "block-cursor-blurred-background": "#2a3a50",
        "border": "#33404f",
        "border-blurred": "#2a3442",
        "input-cursor-background": "#6cb2f0",
        "input-selection-background": "#2f5b86",
        "text-muted": "#93a0b2",
        "text-primary": "#6cb2f0",
        "text-success": "#5fcf94",
        "text-warning": "#e5b567",
        "text-error": "#f07f7a",
    },
)

LIGHT = Theme(
    name="st-tui-light",
    dark=False,
    primary="#1764a8",
    secondary="#4a6078",
    accent="#8a5a00",
    success="#176b3f",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1d2430",
    background="#fafbfc",
    surface="#f1f3f6",
    panel="#e7ebf0",
    variables={
        "block-cursor-blurred-background": "#cfe0f2",
        "border": "#b9c3cf",
        "border-blurred": "#d3dae2",
        "input-cursor-background": "#1764a8",
        "input-selection-background": "#a9cbea",
        "text-muted": "#586574",
        "text-primary": "#1764a8",
        "text-success": "#176b3f",
        "text-warning": "#8a5a00",
        "text-error": "#b3261e",
    },
)
