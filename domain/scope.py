"""What a reader may see: a subtree of organisations, and how much of people and contacts in it."""

from dataclasses import dataclass

from domain.vocabulary import Role


@dataclass(frozen=True)
class Scope:
    """The reader's right, part of every query and of every cache key.

    `path` is the materialised path of the account's organisation ("/1/3/"); all paths that begin with it are inside.
    """

    org_id: int
    path: str
    role: Role

    @property
    def names_members(self) -> bool:
        """True where members' names are shown in full: to secretaries, within their own subtree."""
        return self.role is Role.SECRETARY

    @property
    def lists_members(self) -> bool:
        """True where single members may be listed at all (masked unless `names_members`)."""
        return self.role in (Role.SECRETARY, Role.LEADER, Role.PRESENTER)

    @property
    def shows_contacts(self) -> bool:
        """True where organisations' contact details are shown."""
        return self.role in (Role.SECRETARY, Role.LEADER, Role.STEWARD)

    @property
    def upper(self) -> str:
        """The first path after the subtree: `path <= p < upper` is exactly the subtree, and uses the index."""
        return self.path[:-1] + "0"

    def holds(self, path: str) -> bool:
        """True where an organisation's path lies in the subtree."""
        return path.startswith(self.path)

    def person(self, name: str | None) -> str | None:
        """Return a person's name as this reader may see it: in full, masked, or None where single members are not shown."""
        if name is None or not self.lists_members:
            return None
        return name if self.names_members else masked(name)


def masked(name: str) -> str:
    """Mask a person's name: 张三 → 张*, 欧阳明月 → 欧***. An empty name stays empty."""
    return name[:1] + "*" * (len(name) - 1)
