"""What parameters may be: their types and the rules between them."""
import ast
import json
import os
import re

from ansible.module_utils.common.text.converters import jsonify, to_native
from ansible.module_utils.parsing.convert_bool import boolean


def count_terms(terms, parameters):
    names = [terms] if isinstance(terms, str) else terms
    return len(set(names) & set(parameters))


def check_mutually_exclusive(terms, parameters, options_context=None):
    for group in terms or []:
        if count_terms(group, parameters) > 1:
            raise TypeError('parameters are mutually exclusive: %s%s' % ('|'.join(group), _within(options_context)))
    return []


def check_required_one_of(terms, parameters, options_context=None):
    for group in terms or []:
        if count_terms(group, parameters) == 0:
            raise TypeError('one of the following is required: %s%s' % (', '.join(group), _within(options_context)))
    return []


def check_required_together(terms, parameters, options_context=None):
    for group in terms or []:
        counts = [count_terms(name, parameters) for name in group]
        if any(counts) and not all(counts):
            raise TypeError('parameters are required together: %s%s' % (', '.join(group), _within(options_context)))
    return []


def check_required_by(requirements, parameters, options_context=None):
    missing = {}
    for key, needed in (requirements or {}).items():
        if parameters.get(key) is None:
            continue
        names = [needed] if isinstance(needed, str) else needed
        absent = [name for name in names if parameters.get(name) is None]
        if absent:
            raise TypeError("missing parameter(s) required by '%s': %s%s" % (key, ', '.join(absent), _within(options_context)))
    return missing


def check_required_arguments(argument_spec, parameters, options_context=None):
    missing = [name for name, spec in argument_spec.items() if spec.get('required', False) and name not in parameters]
    if missing:
        raise TypeError('missing required arguments: %s%s' % (', '.join(sorted(missing)), _within(options_context)))
    return missing


def check_required_if(requirements, parameters, options_context=None):
    for rule in requirements or []:
        key, value, needed = rule[0], rule[1], rule[2]
        one_is_enough = len(rule) > 3 and rule[3]
        if key not in parameters or parameters[key] != value:
            continue
        missing = [name for name in needed if parameters.get(name) is None]
        if missing and (not one_is_enough or len(missing) == len(needed)):
            word = 'any' if one_is_enough else 'all'
            raise TypeError('%s is %s but %s of the following are missing: %s%s' % (
                key, value, word, ', '.join(missing), _within(options_context)))
    return []


def check_missing_parameters(parameters, required_parameters=None):
    missing = [name for name in required_parameters or [] if not parameters.get(name)]
    if missing:
        raise TypeError('missing required arguments: %s' % ', '.join(missing))
    return missing


def _within(context):
    return ' found in %s' % ' -> '.join(context) if context else ''


def check_type_str(value, allow_conversion=True, param=None, prefix=''):
    if isinstance(value, str):
        return value
    if allow_conversion and value is not None:
        return to_native(value)
    raise TypeError('%r is not a string and conversion is not allowed' % (value,))


def check_type_list(value):
    if isinstance(value, list):
        return value
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return value.split(',')
    if isinstance(value, (int, float)):
        return [str(value)]
    raise TypeError('%s cannot be converted to a list' % type(value).__name__)


def safe_eval(value, locals=None, include_exceptions=False):
    try:
        result, problem = ast.literal_eval(value), None
    except (ValueError, SyntaxError, TypeError) as error:
        result, problem = value, error
    return (result, problem) if include_exceptions else result


def _words(value):
    """`a=b, c="d, e"` as a mapping."""
    found = {}
    for word in re.findall(r'''((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^,\s])+)''', value):
        key, separator, rest = word.partition('=')
        if not separator:
            raise TypeError('unable to read "%s" as key=value' % word)
        if len(rest) > 1 and rest[0] == rest[-1] and rest[0] in '"\'':
            rest = rest[1:-1]
        found[key.strip()] = re.sub(r'\\(.)', r'\1', rest)
    return found


def check_type_dict(value):
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        text = value.strip()
        if text.startswith('{'):
            try:
                parsed = json.loads(text)
            except ValueError:
                parsed = safe_eval(text)
            if isinstance(parsed, dict):
                return parsed
            raise TypeError('unable to evaluate string as dictionary')
        if '=' in text:
            return _words(text)
        raise TypeError('dictionary requested, could not parse JSON or key=value')
    raise TypeError('%s cannot be converted to a dict' % type(value).__name__)


def check_type_bool(value):
    if isinstance(value, bool):
        return value
    if isinstance(value, (str, int, float)):
        return boolean(value)
    raise TypeError('%s cannot be converted to a bool' % type(value).__name__)


def check_type_int(value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError('%s cannot be converted to an int' % type(value).__name__)
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        if value.is_integer():
            return int(value)
        raise TypeError('%r is not a whole number' % (value,))
    try:
        return int(value.strip())
    except ValueError:
        raise TypeError('"%s" cannot be converted to an int' % value) from None


def check_type_float(value):
    if isinstance(value, float):
        return value
    if isinstance(value, (str, bytes, int)):
        try:
            return float(value)
        except ValueError:
            pass
    raise TypeError('%r cannot be converted to a float' % (value,))


def check_type_path(value):
    return os.path.expanduser(os.path.expandvars(check_type_str(value)))


def check_type_raw(value):
    return value


_UNITS = ('', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y')


def human_to_bytes(number, default_unit=None, isbits=False):
    match = re.match(r'^\s*(\d*\.?\d*)\s*([A-Za-z]+)?\s*$', str(number), re.ASCII)
    if match is None or match.group(1) in ('', '.'):
        raise ValueError("'%s' is no size, expected something like 10M" % (number,))
    unit = match.group(2) or default_unit or ''
    letter = unit[:1].upper()
    rest = unit[1:] if letter in _UNITS[1:] else unit
    if letter not in _UNITS[1:]:
        letter = ''
    expected = ('', 'b', 'bit') if isbits else ('', 'B', 'byte', 'b' if len(unit) == 1 else 'B')
    if rest not in expected and rest.lower() not in ('bit', 'byte', 'bits', 'bytes'):
        raise ValueError("'%s' has an unknown unit %s" % (number, unit))
    return int(round(float(match.group(1)) * 1024 ** _UNITS.index(letter)))


def check_type_bytes(value):
    try:
        return human_to_bytes(value)
    except ValueError:
        raise TypeError('%r cannot be converted to a number of bytes' % (value,)) from None


def check_type_bits(value):
    try:
        return human_to_bytes(value, isbits=True)
    except ValueError:
        raise TypeError('%r cannot be converted to a number of bits' % (value,)) from None


def check_type_jsonarg(value):
    if isinstance(value, (str, bytes)):
        return value.strip()
    if isinstance(value, (list, tuple, dict)):
        return jsonify(value)
    raise TypeError('%s cannot be converted to JSON text' % type(value).__name__)


TYPE_CHECKERS = {
    'str': check_type_str,
    'list': check_type_list,
    'dict': check_type_dict,
    'bool': check_type_bool,
    'int': check_type_int,
    'float': check_type_float,
    'path': check_type_path,
    'raw': check_type_raw,
    'json': check_type_jsonarg,
    'jsonarg': check_type_jsonarg,
    'bytes': check_type_bytes,
    'bits': check_type_bits,
}
