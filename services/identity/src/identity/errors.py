"""What identity refuses, and why."""

from chassis.failures import Conflict, Invalid, NotAllowed, NotFound


class IssuerUnknown(NotFound):
    """No such issuer was admitted."""

    def __init__(self, issuer: str) -> None:
        """Name it."""
        super().__init__(f"no issuer is called {issuer}", rule="issuer_unknown")


class CustomerOfAnotherIssuer(Invalid):
    """A customer number carries another issuer's prefix."""

    def __init__(self, customer_number: str, prefix: str) -> None:
        """Say which prefix it should be."""
        super().__init__(
            f"{customer_number} is not yours: your customer numbers begin with {prefix}-",
            pointer="/customer_number",
            rule="issuer_prefix",
        )


class CustomerNumberUnknown(NotFound):
    """There is no such customer number, or it is another issuer's."""

    def __init__(self, customer_number: str) -> None:
        """Name it."""
        super().__init__(
            f"no customer number {customer_number} is known here", rule="customer_number_unknown"
        )


class SharedUserUnknown(NotFound):
    """The customer number is not shared with that address."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("it is not shared with that address", rule="shared_user_unknown")


class SharedUserNotRegistered(Conflict):
    """Whoever answers for a number must be able to sign in."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "this shared user has not registered yet", rule="shared_user_not_registered"
        )


class NamesAreTheirOwn(Conflict):
    """Whoever registered, or is known to others too, is not named by one main contact."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "this shared user's name and language are not yours to change",
            rule="names_are_their_own",
        )


class NothingShared(Invalid):
    """Somebody is to be a shared user, of nothing."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "share a customer number, or the numbers that are to come",
            pointer="/numbers",
            rule="nothing_shared",
        )


class IsTheMainContact(Conflict):
    """The main contact sees everything already."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "that address is the main contact's, who sees everything already",
            rule="is_main_contact",
        )


class DecidesForAll(Conflict):
    """What comes with a main contact's mails are the settings of the customer number."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "a main contact's mails follow the settings of the customer number",
            rule="is_main_contact",
        )


class AddressUnusable(Invalid):
    """No mail can be sent to such an address."""

    def __init__(self, pointer: str, detail: str) -> None:
        """Say what is wrong with it."""
        super().__init__(detail, pointer=pointer, rule="email")


class LinkUnknown(NotFound):
    """A link opens nothing: forged, expired or revoked, and nobody learns which."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this link opens nothing", rule="link_unknown")


class SignInRefused(Invalid):
    """Who it is was not proved; nobody learns whether there is such an account."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the address or the password is not right", rule="sign_in_refused")


class SessionUnknown(NotFound):
    """Nobody is signed in by that cookie, or not any more."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("nobody is signed in by this", rule="session_unknown")


class PasswordRefused(Invalid):
    """A password is not good enough to keep an account."""

    def __init__(self, detail: str, rule: str) -> None:
        """Say what it lacks."""
        super().__init__(detail, pointer="/password", rule=rule)


class PasswordTooShort(PasswordRefused):
    """It has too few characters."""

    def __init__(self, at_least: int) -> None:
        """Say how many it takes."""
        super().__init__(f"a password has at least {at_least} characters", "too_short")


class PasswordTooLong(PasswordRefused):
    """It has too many characters."""

    def __init__(self, at_most: int) -> None:
        """Say how many it may have."""
        super().__init__(f"a password has at most {at_most} characters", "too_long")


class PasswordTooEasy(PasswordRefused):
    """It can be guessed from what is known of the person, or from plain words."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this password is too easy to guess", "too_easy")


class PasswordTooCommon(PasswordRefused):
    """It is one of those that are tried first."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this password is used by many, and tried first", "too_common")


class CodeWrong(Invalid):
    """It is not the code that was sent."""

    def __init__(self, left: int) -> None:
        """Say how many tries are left."""
        tries = "try" if left == 1 else "tries"
        super().__init__(
            f"this is not the code; {left} {tries} left", pointer="/code", rule="code_wrong"
        )


class CodeUnusable(Invalid):
    """A code or link was used, is too old, was tried too often or was never sent: one answer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this code cannot be used any more", pointer="/code", rule="code_unusable")


class CodeMissing(Invalid):
    """Neither a code nor a link was given."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "it takes the code or the link of the mail", pointer="/code", rule="missing"
        )


class ProofUnusable(Conflict):
    """A proof was used, is too old or was taken back; nobody learns which."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this link cannot be used any more", rule="proof_unusable")


class ProofUnknown(NotFound):
    """A proof was not made by us."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this link proves nothing", rule="proof_unknown")


class ProofNeeded(NotAllowed):
    """It is too long ago that it was proved who is signed in."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("prove first that it is you", rule="proof_needed")


class SecondFactorNeeded(NotAllowed):
    """Whoever works for an issuer gets a second factor before all else."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("get a second factor first", rule="second_factor_needed")


class SecondStepRefused(Invalid):
    """A second step was wrong, was used before, or was not asked for: one answer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this second step is not right", rule="second_step_refused")


class ProofRefused(Invalid):
    """It was not proved who is signed in."""

    def __init__(self, pointer: str) -> None:
        """Point at what is missing or not right."""
        super().__init__(
            "this does not prove that it is you", pointer=pointer, rule="proof_refused"
        )


class CurrentPasswordWrong(Invalid):
    """The password there is now was not given right."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this is not your password", pointer="/current", rule="password_wrong")


class SecondFactorUnknown(NotFound):
    """There is no such second factor."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("you have no such second factor", rule="second_factor_unknown")


class PasskeyUnusable(Invalid):
    """What a browser made is no passkey that could be kept."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this passkey cannot be kept", pointer="/passkey", rule="passkey_unusable")


class LastSecondFactor(Conflict):
    """Whoever works for an issuer keeps a second factor."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("who works here keeps a second factor", rule="last_second_factor")


class PasswordShortAlone(Conflict):
    """A password is long enough beside a second factor only."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            "choose a longer password first: this one is too short alone", rule="password_short"
        )


class AddressIsYours(Invalid):
    """The address asked for is the one there is."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this is your address already", pointer="/address", rule="address_yours")


class AddressTaken(Conflict):
    """Somebody else is registered with the address."""

    def __init__(self) -> None:
        """Say so, to whoever has the mailbox."""
        super().__init__("somebody is registered with this address", rule="address_taken")


class StaffUnknown(NotFound):
    """Nobody with that address works for the issuer."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("nobody with that address works there", rule="staff_unknown")


class NobodyThere(NotFound):
    """Nobody of that id has a claim on the customer number."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("nobody of that id is known for this number", rule="person_unknown")


class HasAccount(Conflict):
    """Whoever has an account changes their address themselves."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "who has an account changes the address there, and nobody else does", rule="has_account"
        )


class AddressIsTheirs(Invalid):
    """The address to be given is the one there is."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this is the address already", pointer="/address", rule="address_same")


class NotRegistered(Conflict):
    """Who never registered has no pages to look at."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this reader has no account", rule="not_registered")


class ViewUnknown(NotFound):
    """There is no such view, or it is another's."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("you have no such view", rule="view_unknown")


class ViewOver(Conflict):
    """A view has ended."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("this view has ended", rule="view_over")
