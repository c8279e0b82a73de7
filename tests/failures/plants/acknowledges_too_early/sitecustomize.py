"""A bug for the auditor to find: a message is acknowledged before what it asks is committed."""

import sys

if sys.orig_argv[-2:] == ["-m", "documents"]:
    from chassis.doormat import Doormat

    receive = Doormat.receive

    async def acknowledge_and_receive(doormat, raw):
        await raw.ack()
        await receive(doormat, raw)

    Doormat.receive = acknowledge_and_receive
