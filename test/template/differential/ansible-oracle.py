# Answers the cases on standard input by the Templar of the ansible-core that is installed here.
import json
import re
import sys
from datetime import date, datetime, timedelta

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from jinja2 import DictLoader
from jinja2.runtime import Undefined


class Captured(Exception):
    def __init__(self, value):
        self.value = value


def capture(*values, **named):
    raise Captured(values[0] if values else None)


def tagged(value):
    if isinstance(value, Undefined):
        return {"error": "undefined"}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < 2**53 else {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "replace")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (list, tuple)):
        return list_of(value)
    if isinstance(value, dict):
        items = [[tagged(key), tagged(item)] for key, item in value.items()]
        bad = [part for pair in items for part in pair if is_error(part)]
        return bad[0] if bad else {"dict": items}
    if isinstance(value, (datetime, date, timedelta)):
        return {"object": type(value).__name__}
    if isinstance(value, (set, frozenset)):
        return list_of(sorted(value, key=repr))
    if callable(value) and not hasattr(value, "__iter__"):
        return {"error": "function"}
    if hasattr(value, "__iter__"):
        return list_of(value)
    return {"object": type(value).__name__}


def list_of(values):
    items = [tagged(item) for item in values]
    bad = [item for item in items if is_error(item)]
    return bad[0] if bad else items


def is_error(value):
    return isinstance(value, dict) and "error" in value


def answer(case, request):
    loader = DataLoader()
    variables = json.loads(request["values"])
    variables["omit"] = "__omit_place_holder__"
    templar = Templar(loader=loader, variables=variables)
    kind, text = case["kind"], case["text"]
    if kind == "expression":
        templar.environment.globals["capture_it"] = capture
        try:
            templar.template("{{ capture_it((%s)) }}" % text, escape_backslashes=False, convert_data=False)
        except Captured as captured:
            return tagged(captured.value)
        raise ValueError("nothing was captured")
    if kind == "play":
        return templar.template(text, convert_data=False)
    whitespace = case.get("whitespace", {})
    fresh = templar.copy_with_new_env(
        trim_blocks=whitespace.get("trim", True), lstrip_blocks=whitespace.get("lstrip", False)
    )
    fresh.environment.loader = DictLoader(request["loader"])
    return fresh.do_template(text, preserve_trailing_newlines=True, escape_backslashes=False, convert_data=False)


def main():
    request = json.load(sys.stdin)
    answers = []
    for case in request["cases"]:
        try:
            answers.append(answer(case, request))
        except RecursionError:
            answers.append({"error": "recursion"})
        except Exception as error:
            cause = error
            while getattr(cause, "orig_exc", None) is not None:
                cause = cause.orig_exc
            if isinstance(cause, Captured):
                answers.append(tagged_or_error(cause.value))
            else:
                answers.append({"error": re.sub("^.*[.]", "", type(cause).__name__)})
    json.dump(answers, sys.stdout)


def tagged_or_error(value):
    try:
        return tagged(value)
    except Exception as error:
        return {"error": type(error).__name__}


main()
