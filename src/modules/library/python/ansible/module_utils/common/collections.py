"""Questions about collections."""
from collections.abc import Hashable, Mapping, MutableMapping, MutableSequence, Sequence  # noqa: F401


def is_string(seq):
    return isinstance(seq, (str, bytes))


def is_iterable(seq, include_strings=False):
    if not include_strings and is_string(seq):
        return False
    try:
        iter(seq)
    except TypeError:
        return False
    return True


def is_sequence(seq, include_strings=False):
    if not include_strings and is_string(seq):
        return False
    return isinstance(seq, Sequence)


def count(seq):
    counts = {}
    for entry in seq:
        counts[entry] = counts.get(entry, 0) + 1
    return counts


class ImmutableDict(Hashable, Mapping):
    def __init__(self, *args, **kwargs):
        self._store = dict(*args, **kwargs)

    def __getitem__(self, key):
        return self._store[key]

    def __iter__(self):
        return iter(self._store)

    def __len__(self):
        return len(self._store)

    def __hash__(self):
        return hash(frozenset(self._store.items()))

    def __eq__(self, other):
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __repr__(self):
        return 'ImmutableDict(%r)' % (self._store,)

    def union(self, other):
        return ImmutableDict(self._store, **other)

    def difference(self, keys):
        return ImmutableDict({k: v for k, v in self._store.items() if k not in keys})
