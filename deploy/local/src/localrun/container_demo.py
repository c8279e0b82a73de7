"""The demo in containers: ``python -m localrun.container_demo`` plays the billing systems once.

Exits 0 only if every mail arrived exactly once.
"""

import asyncio
import sys

from localrun import container_keys, demo
from localrun.environment import read_exports
from localrun.keys import Keys

if __name__ == "__main__":
    # What the command line of identity is given beside this container's own environment.
    given = read_exports(container_keys.HANDED_OUT / "deploying" / "identity.env")
    inside = container_keys.addresses(Keys(container_keys.KEPT))
    sys.exit(not asyncio.run(demo.play(inside, given, once=True)))
