"""English, as it is written in Britain."""

WORDS = {
    # the frame of every page
    "error_title": "Error",
    "documents": "Documents",
    "customer_numbers": "Customer numbers",
    "shared_users": "Shared users",
    "help": "Help",
    "help_here": "Help with this page",
    "account_menu": "My account",
    "sign_out": "Sign out",
    "sign_in": "Sign in",
    "close_menu": "Close menu",
    "at_time": "{day} at {time}",
    "save": "Save",
    "cancel": "Cancel",
    "change": "Change",
    "continue": "Continue",
    "back": "Back",
    "back_to": "Back to {page}",
    "busy": "One moment",
    "show": "Show",
    "hide": "Hide",
    "close": "Close",
    "optional": "optional",
    # errors of forms
    "form_refused": "Something is not right yet",
    "rule_other": "This is not possible as it is. Check it and try again.",
    "empty_first_name": "Enter your first name.",
    "empty_last_name": "Enter your last name.",
    "empty_email": "Enter an e-mail address.",
    "empty_username": "Enter your user name.",
    "empty_password": "Enter your password.",
    "empty_current": "Enter your current password.",
    "empty_new": "Choose a new password.",
    "empty_code": "Enter the code.",
    "empty_address": "Enter the new e-mail address.",
    "empty_name": "Give it a name.",
    "empty_understood": "Tick that you understand this.",
    "rule_email": "Enter an e-mail address such as name@example.be.",
    "rule_too_long": "This is too long.",
    "rule_too_short": "Choose a longer password: at least {least} characters. A few words in a "
    "row work well.",
    "rule_too_easy": "This password is too easy to guess. Choose words that have nothing to do "
    "with each other.",
    "rule_too_common": "This password is in lists of common passwords. Choose another.",
    "rule_code_wrong": "This code is not right. Use the code from the newest mail.",
    "rule_code_unusable": "This code does not work any more: a code lasts 10 minutes and works "
    "once. Ask for a new mail.",
    "rule_proof_unusable": "This link does not work any more: a link works once, and not for long.",
    "rule_sign_in_refused": "The user name or password is not right. Try again or choose a new "
    "password.",
    "rule_second_step_refused": "This is not right. Take a new code and try again.",
    "rule_proof_refused": "This is not right. Try again.",
    # pages that help
    "missing_title": "This page is not here",
    "missing": "The address is not right, or what was here belongs to a customer number that is "
    "not shared with you.",
    "missing_ask": "Missing a document? Ask the main contact of the customer number.",
    "to_start": "To your documents",
    "not_allowed_title": "You may not do this here",
    "not_allowed": "Only the main contact of the customer number can do this. Ask that person.",
    "strange_title": "This did not come from a page of ours",
    "strange": "For your safety nothing was done. Open the page again and try once more.",
    "too_often_title": "That was too often in a row",
    "too_often_seconds": "You can try again in {count} seconds.",
    "too_often_minutes": "You can try again in {count} minutes.",
    "too_often_why": "This is how we stop people who guess passwords and codes. Nothing was "
    "changed.",
    "too_often_mail": "Password forgotten? Ask for a mail to choose a new one.",
    "nothing_new_mail": "Send me a new mail",
    "nothing_new_mail_why": "Is your link too old? We send a new one to the address we know.",
    "renewed_title": "Look in your mail",
    "renewed": "If the link belongs to a customer number, a new mail is on its way to the address "
    "we know.",
    "renewed_spam": "Nothing within five minutes? Look in your junk mail, or ask the sender of "
    "the invoice for help.",
}
