"""One round of work on letters: what is due is claimed, acted on and settled."""

from chassis.working import Work
from notifications.settings import Settings

_QUICK = {
    "http_port": 1,
    "identity_url": "http://identity.test",
    "database_url": "unused",
    "amqp_url": "unused",
    "portal_url": "http://portal.test",
    "link_key": "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s",
    "documents_url": "http://documents.test",
    "client_id": "notifications",
    "client_secret": "unused",
    "smtp_host": "127.0.0.1",
    "smtp_port": 1,
    "retry_schedule": ["1s", "1s"],
    "evidence_after_seconds": 0,
    "lease_seconds": 1,
}


def impatient(**knobs) -> Settings:
    """Return settings that wait for nothing; knobs may be turned."""
    return Settings(**(_QUICK | knobs))


async def one_round(database, the: Work, gateways) -> list:
    """Do all that is due, once; return what came of each."""
    async with database.transaction() as session:
        claimed = await the.claim(session, 100)
    outcomes = []
    for each in claimed:

        async def mark(each=each):
            async with database.transaction() as session:
                assert await the.mark(session, [each]) == [True]

        outcome = await the.act(each, gateways, mark)
        async with database.transaction() as session:
            await the.settle(session, [(each, outcome)])
        outcomes.append(outcome)
    return outcomes
