"""What is derived from the permissions: their letters and their order."""

from __future__ import annotations

from st_tui.core.model import Permission, in_order


def test_each_permission_has_a_letter_of_its_own() -> None:
    assert "".join(permission.letter for permission in Permission) == "RW"


def test_permissions_stand_in_their_own_order() -> None:
    assert in_order(frozenset({Permission.WRITE, Permission.READ})) == list(Permission)
    assert in_order(frozenset()) == []
