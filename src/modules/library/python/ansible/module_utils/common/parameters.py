"""Reads parameters by an argument spec, and keeps secrets out of what is printed."""
import os
from collections.abc import Mapping

from ansible.module_utils.common import validation
from ansible.module_utils.common.text.converters import to_native, to_text
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE

PASS_VARS = {
    'check_mode': ('check_mode', False),
    'debug': ('_debug', False),
    'diff': ('_diff', False),
    'keep_remote_files': ('_keep_remote_files', False),
    'module_name': ('_name', None),
    'no_log': ('no_log', False),
    'remote_tmp': ('_remote_tmp', None),
    'selinux_special_fs': ('_selinux_special_fs', []),
    'shell_executable': ('_shell', '/bin/sh'),
    'socket': ('_socket_path', None),
    'string_conversion_action': ('_string_conversion_action', 'warn'),
    'syslog_facility': ('_syslog_facility', 'INFO'),
    'tmpdir': ('_tmpdir', None),
    'verbosity': ('_verbosity', 0),
    'version': ('ansible_version', '0.0'),
}
NO_LOG_TEXT = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'


class AnsibleFallbackNotFound(Exception):
    pass


def env_fallback(*args, **kwargs):
    for name in args:
        if name in os.environ:
            return os.environ[name]
    raise AnsibleFallbackNotFound


class Reading:
    """One pass over the parameters of a module."""

    def __init__(self):
        self.no_log_values = set()
        self.warnings = []
        self.deprecations = []

    def read(self, spec, params, rules, context=()):
        """Fills, checks and converts `params` in place. Raises TypeError for the first mistake."""
        self._fall_back(spec, params)
        names = self._resolve_aliases(spec, params)
        self._collect_secrets(spec, params)
        unknown = sorted(str(key) for key in params if key not in names)
        validation.check_mutually_exclusive(rules.get('mutually_exclusive'), params, context)
        for name, entry in spec.items():
            if name not in params and entry.get('default') is not None:
                params[name] = entry['default']
        self._collect_secrets(spec, params)
        validation.check_required_arguments(spec, params, context)
        self._convert(spec, params, context)
        self._check_choices(spec, params, context)
        validation.check_required_together(rules.get('required_together'), params, context)
        validation.check_required_one_of(rules.get('required_one_of'), params, context)
        validation.check_required_if(rules.get('required_if'), params, context)
        validation.check_required_by(rules.get('required_by'), params, context)
        for name in spec:
            params.setdefault(name, None)
        self._read_options(spec, params, context)
        if unknown:
            raise TypeError('Unsupported parameters: %s. Supported parameters include: %s.' % (
                ', '.join('.'.join(context + (key,)) for key in unknown), ', '.join(sorted(spec))))

    def _fall_back(self, spec, params):
        for name, entry in spec.items():
            fallback = entry.get('fallback')
            given = [name] + list(entry.get('aliases') or [])
            if not fallback or any(one in params for one in given):
                continue
            args, kwargs = [], {}
            for extra in fallback[1:]:
                if isinstance(extra, dict):
                    kwargs = extra
                else:
                    args = extra
            try:
                params[name] = fallback[0](*args, **kwargs)
            except AnsibleFallbackNotFound:
                continue

    def _resolve_aliases(self, spec, params):
        names = set(spec)
        for name, entry in spec.items():
            if entry.get('removed_in_version') or entry.get('removed_at_date'):
                if name in params:
                    self.deprecations.append({
                        'msg': "Param '%s' is deprecated. See the module docs for more information" % name,
                        'version': entry.get('removed_in_version')})
            for alias in entry.get('aliases') or []:
                names.add(alias)
                if alias not in params:
                    continue
                if name in params and params[name] is not None:
                    self.warnings.append('Both option %s and its alias %s are set.' % (name, alias))
                params[name] = params[alias]
        return names

    def _collect_secrets(self, spec, params):
        for name, entry in spec.items():
            for given in [name] + list(entry.get('aliases') or []):
                if entry.get('no_log') is True and params.get(given):
                    self.no_log_values.update(_texts(params[given]))

    def _convert(self, spec, params, context):
        for name, entry in spec.items():
            if params.get(name) is None:
                continue
            wanted = entry.get('type') or 'str'
            params[name] = convert(params[name], wanted, name, context)
            elements = entry.get('elements')
            if wanted == 'list' and elements:
                params[name] = [convert(one, elements, name, context) for one in params[name]]

    def _check_choices(self, spec, params, context):
        for name, entry in spec.items():
            choices = entry.get('choices')
            if choices is None or params.get(name) is None:
                continue
            value = params[name]
            if isinstance(value, list):
                wrong = [one for one in value if one not in choices]
                if wrong:
                    raise TypeError('value of %s must be one or more of: %s. Got no match for: %s%s' % (
                        name, ', '.join(map(str, choices)), ', '.join(map(str, wrong)), _within(context)))
                continue
            if value in choices:
                continue
            # What YAML made true or false of may have been one of the words.
            words = BOOLEANS_FALSE if value in ('False', False) else BOOLEANS_TRUE if value in ('True', True) else ()
            meant = [one for one in choices if isinstance(one, str) and one in words]
            if len(meant) != 1:
                raise TypeError('value of %s must be one of: %s, got: %s%s' % (
                    name, ', '.join(map(str, choices)), value, _within(context)))
            params[name] = meant[0]

    def _read_options(self, spec, params, context):
        for name, entry in spec.items():
            options = entry.get('options')
            if options is None:
                continue
            wanted = entry.get('type') or 'str'
            if not (wanted == 'dict' or (wanted == 'list' and entry.get('elements', 'dict') == 'dict')):
                continue
            if params.get(name) is None:
                if not entry.get('apply_defaults', False):
                    continue
                params[name] = {}
            given = params[name] if isinstance(params[name], list) else [params[name]]
            for index, one in enumerate(given):
                if not isinstance(one, dict):
                    raise TypeError("value of '%s' must be of type dict or list of dicts" % name)
                copy = dict(one)
                self.read(options, copy, entry, context + (name,))
                given[index] = copy
            params[name] = given if isinstance(params[name], list) else given[0]


def convert(value, wanted, name, context=()):
    checker = wanted if callable(wanted) else validation.TYPE_CHECKERS.get(wanted)
    if checker is None:
        raise TypeError("unknown type %s of argument '%s'" % (wanted, name))
    if value is None:
        return None
    try:
        return checker(value)
    except (TypeError, ValueError) as error:
        label = wanted.__name__ if callable(wanted) else wanted
        raise TypeError("argument '%s' is of type %s and we were unable to convert to %s: %s%s" % (
            name, type(value).__name__, label, error, _within(context))) from None


def _within(context):
    return ' found in %s' % ' -> '.join(context) if context else ''


def _texts(value):
    """All texts in a value, as they may come back in a result."""
    if isinstance(value, (str, bytes)):
        text = to_native(value)
        return {text} if text else set()
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, (int, float)):
        return {str(value)}
    entries = value.values() if isinstance(value, Mapping) else value
    found = set()
    for entry in entries:
        found |= _texts(entry)
    return found


def remove_values(value, no_log_strings):
    """A copy of a value without the given texts in it."""
    secrets = sorted((to_text(one) for one in no_log_strings), key=len, reverse=True)
    return _remove(value, secrets) if secrets else value


def _remove(value, secrets):
    if isinstance(value, (str, bytes)):
        text = to_text(value)
        if text in secrets:
            return NO_LOG_TEXT
        for secret in secrets:
            text = text.replace(secret, '********')
        return text
    if isinstance(value, Mapping):
        return {key: _remove(entry, secrets) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_remove(entry, secrets) for entry in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)) and str(value) in secrets:
        return NO_LOG_TEXT
    return value


def sanitize_keys(obj, no_log_strings, ignore_keys=frozenset()):
    """A copy of a value without the given texts in its keys."""
    secrets = sorted((to_text(one) for one in no_log_strings), key=len, reverse=True)

    def walk(value):
        if isinstance(value, Mapping):
            return {
                key if key in ignore_keys or str(key).startswith('_ansible') else _remove(key, secrets): walk(entry)
                for key, entry in value.items()
            }
        return [walk(entry) for entry in value] if isinstance(value, (list, tuple)) else value

    return walk(obj)
