"""Roles: those that carry what a member may do, and those with a name that can be mentioned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.standin.refusals import JSON
from tests.standin.snowflakes import snowflake

if TYPE_CHECKING:
    from tests.standin.world import Guild


@dataclass(eq=False)
class Role:
    """A role that nobody needs to have: it can be chosen and mentioned.

    A mention of one that is not `mentionable` pings nobody, unless who wrote it may mention everyone.
    """

    guild: Guild = field(repr=False)
    name: str
    mentionable: bool = True
    id: int = field(default_factory=snowflake)

    def json(self) -> JSON:
        """The role object."""
        return role_json(self.id, self.name, 0, mentionable=self.mentionable)

    def resolved(self) -> JSON:
        """The particulars that go with an interaction that names this role."""
        return {"roles": {str(self.id): self.json()}}


def role_json(role_id: int, name: str, permissions: int, *, mentionable: bool = False) -> JSON:
    """A role object."""
    return {
        "id": str(role_id),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(int(permissions)),
        "managed": False,
        "mentionable": mentionable,
        "flags": 0,
    }
