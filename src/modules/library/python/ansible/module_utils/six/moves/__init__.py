import builtins  # noqa: F401
import configparser  # noqa: F401
import http.client as http_client  # noqa: F401
import http.cookiejar as http_cookiejar  # noqa: F401
import pickle as cPickle  # noqa: F401
import queue  # noqa: F401
import shlex as _shlex
from functools import reduce  # noqa: F401
from importlib import reload as reload_module  # noqa: F401
from io import StringIO  # noqa: F401
from itertools import filterfalse, zip_longest  # noqa: F401

filter = filter
input = input
map = map
range = range
xrange = range
zip = zip
shlex_quote = _shlex.quote
