"""Every message there is, found by reading the modules of this package."""

import pkgutil
from importlib import import_module
from inspect import cleandoc

import contracts
from contracts.message import Message


def messages() -> list[type[Message]]:
    """Return the classes of all messages, by routing key."""
    names = [module.name for module in pkgutil.iter_modules(contracts.__path__)]
    modules = [import_module(f"contracts.{name}") for name in names if not name.startswith("_")]
    found = [
        each
        for module in modules
        for each in vars(module).values()
        if is_message(each) and each.__module__ == module.__name__
    ]
    return sorted(found, key=lambda each: each.routing_key)


def is_message(thing: object) -> bool:
    """Tell whether something is the class of a message that has an owner, and so travels."""
    return isinstance(thing, type) and issubclass(thing, Message) and "routing_key" in vars(thing)


def entry(message: type[Message]) -> str:
    """Return what a message is for: the first line of its docstring."""
    return cleandoc(message.__doc__ or "").partition("\n")[0]
