"""A bug for the auditor to find: no message is known from before."""

import sys

if sys.orig_argv[-2:] == ["-m", "documents"]:
    from chassis import inbox

    async def all_are_new(_session, _consumer, arrivals):
        return [True] * len(arrivals)

    inbox.remember = all_are_new
