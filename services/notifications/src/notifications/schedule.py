"""The door for time."""

from datetime import timedelta

from chassis.schedule import Every
from contracts.notifications import ForgetLetters, ReportUnknownRecipients, SweepBounces

schedule = (
    Every(timedelta(minutes=10), ReportUnknownRecipients()),
    Every(timedelta(hours=1), SweepBounces()),
    Every(timedelta(hours=1), ForgetLetters()),
)
