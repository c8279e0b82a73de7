"""The door for time."""

from datetime import timedelta

from contracts.notifications import ReportUnknownRecipients

from chassis.schedule import Every

schedule = (Every(timedelta(minutes=10), ReportUnknownRecipients()),)
