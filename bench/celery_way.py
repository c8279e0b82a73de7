"""What people use instead: Celery, SQLAlchemy with psycopg, EmailMessage and smtplib.

As its documentation teaches: a task keeps the document and its letters, then starts a task for each
letter, which sends it and writes down that it did. Tasks are acknowledged late and published with
confirms, as what must last; prefork workers, on the classic queue that Celery declares by itself.
Each worker keeps its line to the relay open, which is more than most do. The mails say the same
words, from the suite's own templates.
"""

import base64
import hashlib
import json
import smtplib
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from celery import Celery, Task
from celery.signals import worker_process_init
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    sessionmaker,
)

from notifications import composing

QUEUE = "bench.celery"
TASK = "publish_document"

_LANGUAGES = ("nl", "fr", "de", "en")
# Small: a task is large beside a message, and workers should not sit on what others could do.
_PREFETCH = 8

# What a service would have read from the XML.
_SAID: dict[str, Any] = {
    "issue_date": date(2026, 3, 2),
    "due_date": date(2026, 4, 1),
    "total": Decimal("498.94"),
    "amount_due": Decimal("498.94"),
    "currency": "EUR",
    "type": "invoice",
    "payment_reference": "+++000/0001/00000+++",
    "registered": False,
    "main_contact_name": "Noor Peeters",
}

app = Celery("bench")
app.conf.update(
    task_default_queue=QUEUE,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=_PREFETCH,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"confirm_publish": True},
)


class Base(DeclarativeBase):
    """A table."""


class Reader(Base):
    """Someone who reads a customer's documents."""

    __tablename__ = "readers"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_number: Mapped[str] = mapped_column(index=True)
    email: Mapped[str]
    language: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]


class Blob(Base):
    """The bytes of a file."""

    __tablename__ = "blobs"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Document(Base):
    """A document."""

    __tablename__ = "documents"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    message_id: Mapped[UUID] = mapped_column(unique=True)
    customer_number: Mapped[str]
    number: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(sa.ForeignKey("blobs.sha256"))


class Letter(Base):
    """A mail owed to one reader of a document."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"), index=True)
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("readers.id"))
    state: Mapped[str] = mapped_column(default="owed")
    sent_at: Mapped[datetime | None] = mapped_column(sa.DateTime(timezone=True))
    document: Mapped[Document] = relationship()
    reader: Mapped[Reader] = relationship()


class Way:
    """What a worker process keeps: its database, its line to the relay, the templates."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        """Connect to nothing yet."""
        self._smtp_port = wanted["smtp_port"]
        self._line: smtplib.SMTP | None = None
        self.mail: dict[str, Any] = wanted["mail"]
        self.sessions = sessionmaker(sa.create_engine(_url(wanted["database"])))
        self.press = composing.Letterpress()

    def send(self, message: EmailMessage) -> None:
        """Send a mail over the kept line; a line that broke is opened anew by the next try."""
        if self._line is None:
            self._line = smtplib.SMTP("127.0.0.1", self._smtp_port)
        try:
            self._line.send_message(message)
        except OSError:
            self._line = None
            raise


def prepare(database: str, readers: Iterable[tuple[str, ...]]) -> None:
    """Make its tables and its readers (number, address, language, names, role)."""
    engine = sa.create_engine(_url(database))
    Base.metadata.create_all(engine)
    columns = ("customer_number", "email", "language", "first_name", "last_name", "role")
    with Session(engine) as session:
        session.add_all(Reader(**dict(zip(columns, row, strict=True))) for row in readers)
        session.commit()
    engine.dispose()


def message(task_id: str, body: str) -> tuple[dict[str, Any], str]:
    """Return the headers and the body with which Celery itself would have started the task."""
    headers = {"lang": "py", "task": TASK, "id": task_id, "root_id": task_id, "parent_id": None}
    return headers, f'[[{body}], {{}}, {{"callbacks": null, "errbacks": null, "chain": null}}]'


@app.task(name=TASK, bind=True, autoretry_for=(OSError,), max_retries=None)
def publish_document(self: Task, body: dict[str, Any]) -> None:
    """Keep a document and its letters, and start a task for each letter."""
    file = body["files"][0]
    content = base64.b64decode(file["content"])
    sha256 = hashlib.sha256(content).digest()
    with self.app.way.sessions() as session:
        document = session.scalar(
            sa.select(Document).where(Document.message_id == UUID(self.request.id))
        )
        if document is None:
            session.merge(Blob(sha256=sha256, content=content))
            document = Document(
                message_id=UUID(self.request.id),
                customer_number=body["customer_number"],
                number=file["name"].removesuffix(".xml"),
                sha256=sha256,
            )
            session.add(document)
            readers = sa.select(Reader).where(Reader.customer_number == body["customer_number"])
            session.add_all(
                Letter(document=document, reader=reader) for reader in session.scalars(readers)
            )
            session.flush()
        owed = sa.select(Letter.id).where(Letter.document_id == document.id)
        letters = session.scalars(owed.where(Letter.state == "owed")).all()
        session.commit()
    for letter in letters:
        send_letter.delay(str(letter))


@app.task(name="send_letter", bind=True, autoretry_for=(OSError,), max_retries=None)
def send_letter(self: Task, letter_id: str) -> None:
    """Send a letter, and write down that it is about to be sent and that it was."""
    way = self.app.way
    with way.sessions(expire_on_commit=False) as session:
        letter = session.get(
            Letter,
            UUID(letter_id),
            options=(joinedload(Letter.document), joinedload(Letter.reader)),
        )
        if letter.state != "owed":
            return
        mail = _mail(letter, way)
        letter.state = "sending"
        session.commit()
        way.send(mail)
        letter.state, letter.sent_at = "sent", datetime.now(UTC)
        session.commit()


def _mail(letter: Letter, way: Way) -> EmailMessage:
    document, reader = letter.document, letter.reader
    facts = composing.NewDocument(
        letter_id=letter.id,
        correlation_id=str(document.message_id),
        recipient=reader.email,
        language=reader.language,
        first_name=reader.first_name,
        last_name=reader.last_name,
        role=reader.role,
        customer_number=document.customer_number,
        number=document.number,
        **_SAID,
        **way.mail,
    )
    words = composing._words(facts)
    subject, text, html = (
        way.press._templates[facts.language, part].render(words)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    mail = EmailMessage()
    mail["From"] = formataddr((facts.issuer_name, facts.sender))
    mail["To"] = formataddr((f"{facts.first_name} {facts.last_name}", facts.recipient))
    mail["Subject"] = subject.strip()
    mail["Date"] = format_datetime(datetime.now(UTC))
    for header in composing._machine_headers(facts, facts.sender):
        name, _, value = header.partition(": ")
        mail[name] = value.strip()
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def _url(database: str) -> str:
    return database.replace("postgresql://", "postgresql+psycopg://", 1)


def main(wanted: dict[str, Any]) -> None:
    """Work until told to stop, in so many worker processes."""
    app.conf.broker_url = wanted["amqp"]

    @worker_process_init.connect(weak=False)
    def _begin(**_: object) -> None:
        app.way = Way(wanted)

    without = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    workers = ("--pool", "prefork", "--concurrency", str(wanted["workers"]))
    app.worker_main(["worker", "--loglevel", "WARNING", *workers, *without])


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))
