"""A bug for the auditor to find: a marked letter is sent again, whatever the relay says."""

import sys

if sys.orig_argv[-2:] == ["-m", "notifications"]:
    from notifications.evidence import Postbox

    async def has_nothing(_postbox, _message_id):
        return False

    Postbox.has = has_nothing
