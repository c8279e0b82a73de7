"""What the token of a session says: of somebody signed in, or of staff at work, or looking.

Each of these has a scope of its own, and a token is for one of them. What ends a session is heard
elsewhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

PERSON = "me"
"""The scope of a person who is signed in."""

DESK = "desk"
"""The scope of somebody at work for an issuer, beside those of what they may do."""

VIEW = "view"
"""The scope of somebody at work who looks as a customer does. There is none beside it."""

_TWO_FACTORS = 2


@dataclass(frozen=True)
class SignedIn:
    """What a token says of a person beside who it is: by which session, and how well proved."""

    person_id: UUID
    session_id: UUID
    strength: int
    """1: by one factor. 2: by two."""
    proved_at: datetime
    """When it was last proved who it is."""
    group: str
    """The group of issuers that the person is known to."""

    @classmethod
    def read(cls, claims: dict[str, Any]) -> "SignedIn":
        """Read it from claims. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        if "issuer" in claims:
            raise ValueError("a person is no issuer's")
        return cls(
            person_id=UUID(str(claims["sub"])),
            session_id=UUID(str(claims["sid"])),
            strength=int(claims["acr"]),
            proved_at=datetime.fromtimestamp(int(claims["proved_at"]), UTC),
            group=str(claims["group"]),
        )

    @property
    def ended_by(self) -> tuple[UUID, ...]:
        """Return what ends it, by id."""
        return (self.session_id,)


@dataclass(frozen=True)
class StaffAtWork:
    """Somebody who works for an issuer, and does what its machines may; by which session."""

    person_id: UUID
    session_id: UUID
    issuer: str

    @classmethod
    def read(cls, claims: dict[str, Any]) -> "StaffAtWork":
        """Read it from claims. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        _check_strength(claims)
        return cls(
            person_id=UUID(str(claims["sub"])),
            session_id=UUID(str(claims["sid"])),
            issuer=_issuer(claims),
        )

    @property
    def ended_by(self) -> tuple[UUID, ...]:
        """Return what ends it, by id."""
        return (self.session_id,)


@dataclass(frozen=True)
class Viewing:
    """Somebody at work who sees what a customer sees of their issuer, and changes nothing."""

    person_id: UUID
    """Whose eyes they look with."""
    staff_id: UUID
    issuer: str
    session_id: UUID
    """Of who looks."""
    view_id: UUID
    """Under which it was written down that they look."""

    @classmethod
    def read(cls, claims: dict[str, Any]) -> "Viewing":
        """Read it from claims. Raises ``ValueError``, ``KeyError`` or ``TypeError``."""
        _check_strength(claims)
        if claims["scope"] != VIEW:
            raise ValueError("who looks may do nothing else")
        return cls(
            person_id=UUID(str(claims["sub"])),
            staff_id=UUID(str(claims["act"]["sub"])),
            issuer=_issuer(claims),
            session_id=UUID(str(claims["sid"])),
            view_id=UUID(str(claims["view"])),
        )

    @property
    def ended_by(self) -> tuple[UUID, ...]:
        """Return what ends it, by id: the session of who looks, or the looking itself."""
        return (self.session_id, self.view_id)


Holder = SignedIn | StaffAtWork | Viewing
"""Somebody in front of a browser: their tokens are good no longer than their session."""

_KINDS: dict[str, type[SignedIn] | type[StaffAtWork] | type[Viewing]] = {
    PERSON: SignedIn,
    DESK: StaffAtWork,
    VIEW: Viewing,
}


def holder_of(claims: dict[str, Any], scopes: frozenset[str]) -> Holder | None:
    """Read whose session a token is of; None for a machine or a guest, who have none.

    Raises ``ValueError``, ``KeyError`` or ``TypeError`` for what is neither.
    """
    kinds = scopes & _KINDS.keys()
    if not kinds and "sid" not in claims:
        return None
    if len(kinds) != 1:
        raise ValueError("the token of a session is for one kind of work")
    return _KINDS[next(iter(kinds))].read(claims)


def _check_strength(claims: dict[str, Any]) -> None:
    if int(claims["acr"]) < _TWO_FACTORS:
        raise ValueError("who works for an issuer comes with two factors")


def _issuer(claims: dict[str, Any]) -> str:
    issuer = claims["issuer"]
    if not isinstance(issuer, str) or not issuer:
        raise ValueError("who is at work works for an issuer")
    return issuer
