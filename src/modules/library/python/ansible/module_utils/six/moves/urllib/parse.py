from urllib.parse import *  # noqa: F401,F403
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit  # noqa: F401
