"""The door for time."""

from datetime import timedelta

from chassis.schedule import Every
from contracts.documents import (
    CheckArchive,
    DropDoomedFiles,
    ForgetExports,
    MakeHeads,
    SweepRenditions,
    SweepUploads,
)

schedule = (
    Every(timedelta(minutes=10), CheckArchive()),
    Every(timedelta(days=1), MakeHeads()),
    Every(timedelta(hours=1), DropDoomedFiles()),
    Every(timedelta(hours=1), SweepUploads()),
    Every(timedelta(hours=1), ForgetExports()),
    Every(timedelta(days=1), SweepRenditions()),
)
