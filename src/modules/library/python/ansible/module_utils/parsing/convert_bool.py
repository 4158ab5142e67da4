"""Words that mean true and false."""

BOOLEANS_TRUE = frozenset(('y', 'yes', 'on', '1', 'true', 't', 1, 1.0, True))
BOOLEANS_FALSE = frozenset(('n', 'no', 'off', '0', 'false', 'f', 0, 0.0, False))
BOOLEANS = BOOLEANS_TRUE | BOOLEANS_FALSE


def boolean(value, strict=True):
    if isinstance(value, bool):
        return value
    word = value.decode('utf-8', 'replace') if isinstance(value, bytes) else value
    if isinstance(word, str):
        word = word.lower().strip()
    try:
        if word in BOOLEANS_TRUE:
            return True
        if word in BOOLEANS_FALSE:
            return False
    except TypeError:
        pass
    if not strict:
        return False
    raise TypeError("%r is not a valid boolean: expected one of yes, no, on, off, true, false, 1, 0" % (value,))
