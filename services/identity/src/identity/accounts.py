"""The nouns of a way in: passwords, sessions, proofs of a mailbox, second factors."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from identity.tables import Table


class Account(Table):
    """How a registered person gets in."""

    __tablename__ = "accounts"

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    password_hash: Mapped[str | None]
    """argon2id; None where there is only a passkey."""
    password_changed_at: Mapped[datetime | None]
    needs_second_factor: Mapped[bool] = mapped_column(default=False)
    """The password is good enough beside a second factor only: the last one stays until then."""
    registered_at: Mapped[datetime]


class Session(Table):
    """Someone is signed in with one browser; its cookie is kept as a hash only."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    former_sha256: Mapped[bytes | None] = mapped_column(unique=True)
    former_until: Mapped[datetime | None]
    """Until then the cookie it had before is good too: pages asked for with it are on their way."""
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"))
    """By whose door it was entered: whose look the pages have."""
    staff: Mapped[bool]
    strength: Mapped[int]
    """1: a password. 2: a second factor too, or a passkey."""
    browser: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    proved_at: Mapped[datetime]
    """When it was last proved who it is: some acts ask for that anew."""
    ends_at: Mapped[datetime] = mapped_column(index=True)
    """The latest it can last."""
    ended_at: Mapped[datetime | None]

    def lives(self, at: datetime, idle: timedelta) -> bool:
        """Say whether it is good still: neither ended, nor too old, nor left alone too long."""
        return self.ended_at is None and at < self.ends_at and at < self.seen_at + idle


class Device(Table):
    """A browser that a person signed in with before: strangers' tries do not keep it out."""

    __tablename__ = "devices"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class CredentialKind(StrEnum):
    """What a proof of a mailbox is for."""

    REGISTER = "register"
    RESET = "reset"
    EMAIL_CONFIRM = "email_confirm"
    EMAIL_CANCEL = "email_cancel"
    STAFF = "staff"


class Credential(Table):
    """A proof of a mailbox that was sent out: a link and a code, good once.

    Neither is kept, not even as a hash: both are made from the id, with the key of links.
    """

    __tablename__ = "credentials"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[CredentialKind]
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    """None for one that was asked for an address nobody registered, and sent to nobody."""
    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"))
    address: Mapped[str]
    """The address it was sent to, as typed; of a reset nobody looked up yet, what was asked for."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """What is to happen when it is used, such as the names given at registration."""
    made_at: Mapped[datetime]
    link_until: Mapped[datetime] = mapped_column(index=True)
    code_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    """Codes that were tried so far."""
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    def is_usable(self, at: datetime) -> bool:
        """Say whether its link would still be taken."""
        unused = self.used_at is None and self.withdrawn_at is None
        return unused and self.person_id is not None and at < self.link_until


class FactorKind(StrEnum):
    """What a second step asks for."""

    TOTP = "totp"
    PASSKEY = "passkey"


class SecondFactor(Table):
    """Something a person has beside a password."""

    __tablename__ = "second_factors"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    kind: Mapped[FactorKind]
    name: Mapped[str]
    sealed_secret: Mapped[bytes | None]
    """Of a TOTP, encrypted: the key is a setting."""
    last_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The last time step a TOTP was accepted for: none is good twice."""
    passkey_id: Mapped[bytes | None] = mapped_column(unique=True)
    public_key: Mapped[bytes | None]
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class RecoveryCode(Table):
    """A way in for who lost the second factor; good once, kept as a hash (it has 120 bits)."""

    __tablename__ = "recovery_codes"

    code_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    used_at: Mapped[datetime | None]


class Challenge(Table):
    """What was asked of a browser in the middle of signing in, or of making a passkey."""

    __tablename__ = "challenges"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("people.id"))
    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"))
    nonce: Mapped[bytes | None]
    """What a passkey is to sign."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class Throttle(Table):
    """How often something was tried lately (GCRA): when the bucket is empty again."""

    __tablename__ = "throttles"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 (SQLAlchemy's name)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    empty_at: Mapped[datetime] = mapped_column(index=True)


class Staff(Table):
    """Someone who works for an issuer; signs in with a second factor, or not at all."""

    __tablename__ = "staff"

    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("people.id"), primary_key=True, index=True
    )
    admin: Mapped[bool]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class StandingShare(Table):
    """A main contact shares each number they will be given with someone, from the start."""

    __tablename__ = "standing_shares"

    main_contact: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("people.id"), primary_key=True, index=True
    )
    portal: Mapped[bool]
    mail: Mapped[bool]
    since: Mapped[datetime]
