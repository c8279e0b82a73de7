"""The door for time."""

from datetime import timedelta

from chassis.schedule import Every
from contracts.documents import SweepRenditions, SweepUploads

schedule = (
    Every(timedelta(hours=1), SweepUploads()),
    Every(timedelta(days=1), SweepRenditions()),
)
