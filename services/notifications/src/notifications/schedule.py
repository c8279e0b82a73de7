"""The door for time."""

from datetime import timedelta

from chassis.schedule import Every
from contracts.notifications import ReportUnknownRecipients

schedule = (Every(timedelta(minutes=10), ReportUnknownRecipients()),)
