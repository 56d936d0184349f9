"""The tour of the demo on the page with the tokens, and the stage: the same for an audience."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import events, on, work

from st_tui.core.model import Endpoint, Permission, ServiceToken
from st_tui.tui.actions import Action
from st_tui.tui.screens.responsive import WIDE
from st_tui.tui.screens.with_access_pane import WithAccessPane
from st_tui.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from st_tui.demo.tour import Step
    from st_tui.tui.widgets.verdict import Question

TOUR_ACTIONS = (
    Action("tour(1)", "f6,N", "tour", "Tour of the demo: the next verdict and why"),
    Action("tour(-1)", "f5,B", "tour: back", "Go back one step of the tour"),
    Action("end_tour", "f8,X", "end the tour", "End the tour"),
    Action("stage", "f4,S", "stage", "Show the verdict large, for an audience"),
)

_START_TOUR = ("F6", "tour")
_STAGE_ROWS = 30
"""Rows from which on the tour is staged, if there is room for the pane beside the list as well."""


class Touring(WithAccessPane[None]):
    """Mixed into the page with the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: bool | None = None
        """Whether the person wants the stage; None leaves it to the tour."""
        self._is_opened = False
        """Whether what the app was started with is shown."""
        self._beginning_tour = asyncio.Lock()

    @property
    def is_demo(self) -> bool:
        """Whether the tour's tokens are here: a person's own project may be called demo too."""
        raise NotImplementedError

    def choose(self, token: ServiceToken) -> None:
        """Put the cursor on a token, if the list has it."""
        raise NotImplementedError

    def leave_test(self) -> None:
        """Go from the test-access pane back to the list."""
        raise NotImplementedError

    # --- the tour --------------------------------------------------------------------------------

    async def action_tour(self, amount: int, at: int | None = None) -> None:
        """Go on with the tour by `amount`, or begin it; `at` is a step to begin with, from 1."""
        from st_tui.tui.widgets.tour import Tour

        async with self._beginning_tour:  # a key may come while the command line's step is shown
            if not self.query(Tour):
                if not self.is_demo:
                    self.host.notify("The tour is for the demo: st-tui demo", severity="warning")
                    return
                await self.mount(Tour(self, at=at), before=1)  # below the bar on top
                self.offer_tour()
            await self._arrange_stage()
            for tour in self.query(Tour):
                await tour.step(amount)

    async def action_end_tour(self) -> None:
        if any(tour.has_focus for tour in self.query("Tour")):
            self.leave_test()
        from st_tui.demo.tour import TOUR

        await self.query("Tour").remove()
        self.reveal_answer()
        for pane in self.panes():  # or the next test begins with what the tour asked last
            pane.preset(TOUR[0].environment, "/", Permission.READ, Endpoint.E2EE, "")
        await self._arrange_stage()
        self.offer_tour()

    async def end_tour_elsewhere(self) -> None:
        """End the tour if another project is shown than its own."""
        from st_tui.tui.widgets.tour import Tour

        if any(tour.is_elsewhere for tour in self.query(Tour)):
            await self.action_end_tour()

    def on_access_pane_left(self) -> None:
        """Go back to the list; or to a question of the tour that waits for its guess."""
        from st_tui.tui.widgets.tour import Tour

        for tour in self.query(Tour):
            if tour.is_guessing:
                tour.focus()
                return
        self.leave_test()

    def offer_tour(self) -> None:
        """Say in the top bar how the tour is started, unless there is none or it is under way."""
        offered = self.is_demo and not self.query("Tour")
        self.query_one(TopBar).offer(*_START_TOUR if offered else ("", ""))
        if self.is_demo and not self._is_opened:
            self._is_opened = True
            self._open_as_started()

    @work
    async def _open_as_started(self) -> None:
        """Show the stage, or a step of the tour, as the command line asked for."""
        opening = self.host.opening
        if opening.stage:
            await self.action_stage()
        if opening.step is not None:
            await self.action_tour(1, opening.step)

    async def demonstrate(self, token: ServiceToken, step: Step, *, concealed: bool) -> None:
        """Show a token and the request of a step in the pane, or with `concealed` no answer yet."""
        self.choose(token)
        pane = await self.open_pane()
        pane.conceal(concealed)
        pane.preset(step.environment, step.path, step.operation, step.endpoint, step.ip or "")
        pane.show(token)

    def reveal_answer(self) -> None:
        """Show the answer that was concealed."""
        for pane in self.panes():
            pane.conceal(False)

    # --- the stage -------------------------------------------------------------------------------

    async def action_stage(self) -> None:
        """Set the stage up, or take it down."""
        self._stage = not self._is_staged
        await self._arrange_stage()

    @property
    def _is_staged(self) -> bool:
        if self._stage is not None:
            return self._stage
        size = self.app.size
        return bool(self.query("Tour")) and size.width >= WIDE and size.height >= _STAGE_ROWS

    @on(events.Resize)
    async def _fit_stage(self) -> None:
        await self._arrange_stage()

    async def _arrange_stage(self) -> None:
        staged = self._is_staged
        self.query("Tour").set_class(staged, "-staged")
        if staged:
            await self.open_pane()  # meanwhile another call may have gone on to the end
            if not self.query("StageVerdict"):
                from st_tui.tui.widgets.stage_verdict import StageVerdict

                await self.mount(StageVerdict(), before="#columns")
        else:
            await self.query("StageVerdict").remove()
        self._show_on_stage()

    def on_access_pane_answered(self) -> None:
        self._show_on_stage()

    def _show_on_stage(self) -> None:
        """Show the pane's verdict large as well."""
        if not self.query("StageVerdict"):
            return
        from st_tui.tui.widgets.stage_verdict import StageVerdict
        from st_tui.tui.widgets.verdict import Verdict

        for bar in self.query(StageVerdict):
            for verdict in self.query(Verdict):
                if verdict.is_concealed:
                    bar.show(None, "", "What do you think?")
                elif verdict.question is None:
                    bar.show(None)
                else:
                    bar.show(*_large(verdict.question))


def _large(question: Question) -> tuple[bool, str, str, str]:
    """A verdict in a few words: whether it is allowed, who asks, for what, and why."""
    from st_tui.core import access
    from st_tui.core.wording import why

    token, request = question.token, question.request
    decision = access.decide(token, request)
    return (
        decision.allowed,
        f"{token.name}   {request.operation.value}",
        f"{request.environment}:{request.path}",
        why(token, request, decision),
    )
