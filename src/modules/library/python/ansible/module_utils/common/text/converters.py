"""Conversions between text and bytes, and JSON."""
import datetime
import json
from collections.abc import Mapping, Set

_HANDLERS = (None, 'surrogate_or_strict', 'surrogate_or_replace', 'surrogate_then_replace')


def _handler(errors):
    if errors in _HANDLERS:
        return 'surrogateescape'
    return errors


def _other(obj, nonstring):
    if nonstring == 'simplerepr':
        return str(obj)
    if nonstring == 'empty':
        return ''
    if nonstring == 'strict':
        raise TypeError('neither text nor bytes: %r' % (obj,))
    raise TypeError('nonstring must be simplerepr, passthru, empty or strict, not %r' % (nonstring,))


def to_text(obj, encoding='utf-8', errors=None, nonstring='simplerepr'):
    if isinstance(obj, str):
        return obj
    if isinstance(obj, (bytes, bytearray)):
        return bytes(obj).decode(encoding, _handler(errors))
    if nonstring == 'passthru':
        return obj
    return _other(obj, nonstring)


def to_bytes(obj, encoding='utf-8', errors=None, nonstring='simplerepr'):
    if isinstance(obj, bytes):
        return obj
    if isinstance(obj, str):
        try:
            return obj.encode(encoding, _handler(errors))
        except UnicodeEncodeError:
            if errors in (None, 'surrogate_or_replace', 'surrogate_then_replace'):
                return obj.encode(encoding, 'replace')
            raise
    if nonstring == 'passthru':
        return obj
    return _other(obj, nonstring).encode(encoding)


to_native = to_text


def _json_default(value):
    if isinstance(value, bytes):
        return to_text(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return list(value)
    return str(value)


def jsonify(data, **kwargs):
    return json.dumps(data, default=_json_default, **kwargs)


def _container(value, convert):
    if isinstance(value, (str, bytes)):
        return convert(value)
    if isinstance(value, Mapping):
        return {_container(key, convert): _container(entry, convert) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_container(entry, convert) for entry in value)
    return value


def container_to_text(d, encoding='utf-8', errors='surrogate_or_strict'):
    return _container(d, lambda value: to_text(value, encoding, errors))


def container_to_bytes(d, encoding='utf-8', errors='surrogate_or_strict'):
    return _container(d, lambda value: to_bytes(value, encoding, errors))
