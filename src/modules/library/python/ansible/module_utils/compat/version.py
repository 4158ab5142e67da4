"""Versions that are compared part by part."""
import re
from functools import total_ordering


@total_ordering
class LooseVersion:
    component_re = re.compile(r'(\d+|[a-z]+|\.)', re.I)

    def __init__(self, vstring=None):
        self.vstring = vstring or ''
        self.version = [
            int(part) if part.isdigit() else part
            for part in self.component_re.split(self.vstring)
            if part and part != '.'
        ]

    def _key(self, other):
        theirs = other if isinstance(other, LooseVersion) else LooseVersion(str(other))
        # Numbers and words cannot be compared with each other: words come first.
        def key(parts):
            return [(1, part, '') if isinstance(part, int) else (0, 0, part) for part in parts]
        return key(self.version), key(theirs.version)

    def __eq__(self, other):
        mine, theirs = self._key(other)
        return mine == theirs

    def __lt__(self, other):
        mine, theirs = self._key(other)
        return mine < theirs

    def __hash__(self):
        return hash(self.vstring)

    def __str__(self):
        return self.vstring

    def __repr__(self):
        return "LooseVersion ('%s')" % self.vstring


StrictVersion = LooseVersion
