"""What the page with the tokens knows of its project besides the lines of its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from st_tui.core.model import Environment, Project

if TYPE_CHECKING:
    from st_tui.core.vault import Vault


@dataclass(frozen=True)
class KnownProject:
    """A project as it was read last."""

    project: Project
    environments: Sequence[Environment]
    folders: Mapping[str, Sequence[str]]
    tokens: int
    is_demo: bool
    """Whether the tour's tokens are here: a person's own project may be called demo too."""

    @property
    def places(self) -> object:
        """What the test-access pane is told."""
        return self.project, self.environments, self.folders


def read_known(vault: Vault, project: Project) -> KnownProject:
    """Read what is to be known of a project."""
    is_demo = False
    if project.slug == "demo":
        from st_tui.demo.tour import TOUR

        is_demo = vault.tokens.count(project, TOUR[0].token) > 0
    return KnownProject(
        project,
        vault.environments.every(project),
        vault.folders.of_each(project),
        vault.tokens.count(project),
        is_demo,
    )
