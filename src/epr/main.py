"""`eprcli`: the upstream SDK's command line (epr-python 0.1.0), for scripts that use it.

Same commands, flags and output (one line of JSON). What upstream got wrong works here: `--token`
is sent, `--jsonpath` and `--dry-run` do what they say, `--fields` takes one name, `--success` in a
search takes true or false, no match gives an empty list, and an error is one line and status 1.
For people there is `epr`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from . import constants, create, search
from .common import find_jsonpath
from .config import Config
from .errors import EPRError
from .models import Event, EventReceiver, EventReceiverGroup, Model

_UNIT = ["name", "version", "release", "platform_id", "package", "description", "payload"]
_RECEIVER = ["name", "type", "version", "description", "schema"]
_GROUP = ["name", "type", "version", "description", "event_receiver_ids"]
_CREATE = {
    "event": [*_UNIT, "event_receiver_id"],
    "event-receiver": _RECEIVER,
    "event-receiver-group": _GROUP,
}
_SEARCH = {
    "event": ["id", *_UNIT, "success", "event_receiver_id"],
    "event-receiver": ["id", *_RECEIVER],
    "event-receiver-group": ["id", *_GROUP, "enabled"],
}
_LISTS = {
    "event": ("events", "event_fields"),
    "event-receiver": ("event_receivers", "event_receiver_fields"),
    "event-receiver-group": ("event_receiver_groups", "event_receiver_group_fields"),
}
_MODELS: dict[str, type[Model]] = {
    "event": Event,
    "event-receiver": EventReceiver,
    "event-receiver-group": EventReceiverGroup,
}


class CmdLine:
    """Reads the command line and runs it. `arguments`: default `sys.argv[1:]`."""

    def __init__(self, arguments: Sequence[str] | None = None) -> None:
        self.arguments = list(sys.argv[1:] if arguments is None else arguments)
        parser = argparse.ArgumentParser(prog="eprcli", description="EPR CLI")
        parser.add_argument("command", choices=["create", "search", "version"])
        command = parser.parse_args(self.arguments[:1]).command
        getattr(self, command)()

    def create(self) -> dict[str, Any]:
        """Create events, event receivers and event receiver groups."""
        parser, kinds = _parser("create")
        for kind, names in _CREATE.items():
            for name in names:
                optional = (kind, name) == ("event-receiver-group", "type")
                kinds[kind].add_argument(_flag(name), dest=name, required=not optional)
        kinds["event"].add_argument("--success", action="store_true")
        kinds["event-receiver-group"].add_argument("--disable", action="store_true")
        args = parser.parse_args(self.arguments[1:])
        kind = args.subparser_name
        values = {name: getattr(args, name) for name in _CREATE[kind] if getattr(args, name)}
        if kind == "event":
            values["success"] = args.success
        if kind == "event-receiver-group":
            values["event_receiver_ids"] = _names(args.event_receiver_ids)
            values["enabled"] = not args.disable
        return self._run(args, create.create, _MODELS[kind](**values), None)

    def search(self) -> dict[str, Any]:
        """Search events, event receivers and event receiver groups."""
        parser, kinds = _parser("search")
        for kind, names in _SEARCH.items():
            for name in names:
                kinds[kind].add_argument(_flag(name), dest=name)
            kinds[kind].add_argument("--fields", help="comma separated")
        args = parser.parse_args(self.arguments[1:])
        kind = args.subparser_name
        values = {name: getattr(args, name) for name in _SEARCH[kind] if getattr(args, name)}
        for name in ("success", "enabled"):
            if name in values:
                values[name] = _boolean(parser, name, values[name])
        fields = _names(args.fields) if args.fields else None
        return self._run(args, search.search, _MODELS[kind](**values), fields)

    def version(self) -> None:
        """Print name and version."""
        print(constants.info())

    def _run(
        self, args: argparse.Namespace, action: Any, model: Model, fields: list[str] | None
    ) -> dict[str, Any]:
        objects, field_list = _LISTS[args.subparser_name]
        if args.debug:
            logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
        config = Config(args.epr_url, args.epr_api_token, args.debug)
        setattr(config, objects, [model])
        setattr(config, field_list, fields)
        if args.dryrun:
            result = {objects: [model.as_dict_query()]}
            print(json.dumps(result))
        elif args.jsonpath_expr:
            with contextlib.redirect_stdout(io.StringIO()):
                result = action(config)
            print(json.dumps(find_jsonpath(result, args.jsonpath_expr)))
        else:
            result = action(config)
        return result


def main() -> None:
    """Entry point of `eprcli`."""
    try:
        CmdLine()
    except EPRError as error:
        sys.exit(f"eprcli: {' '.join(str(error).split())}")


def _parser(command: str) -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    parser = argparse.ArgumentParser(
        prog=f"eprcli {command}",
        description=f"{command} Events, Event Receivers, and Event Receiver Groups",
    )
    parser.add_argument("--token", dest="epr_api_token", help="EPR Access Token")
    parser.add_argument("--url", dest="epr_url", help="EPR Server URL")
    parser.add_argument("--jsonpath", dest="jsonpath_expr", help="Apply jsonpath to the results")
    parser.add_argument("--dry-run", dest="dryrun", action="store_true", help="Do not do anything")
    parser.add_argument("--debug", action="store_true", help="Turn debug on")
    kinds = parser.add_subparsers(dest="subparser_name", required=True)
    return parser, {kind: kinds.add_parser(kind) for kind in _MODELS}


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _boolean(parser: argparse.ArgumentParser, name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        parser.error(f"{_flag(name)}: {text!r} is neither true nor false")
    return text.lower() == "true"


if __name__ == "__main__":
    main()
