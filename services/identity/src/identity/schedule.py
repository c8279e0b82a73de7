"""The door for time."""

from datetime import timedelta

from chassis.schedule import Every
from contracts.identity import ForgetAccess, SealAudit

schedule = (
    Every(timedelta(minutes=1), SealAudit()),
    Every(timedelta(hours=1), ForgetAccess()),
)
