from . import error, parse, request  # noqa: F401
