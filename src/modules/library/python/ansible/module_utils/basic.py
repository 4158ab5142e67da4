"""The interface that modules are written against."""
import atexit
import grp
import hashlib
import json
import os
import platform
import pwd
import re
import select  # noqa: F401
import shlex
import shutil
import signal  # noqa: F401
import stat
import subprocess
import sys
import tempfile
import time
import traceback
import types  # noqa: F401
from collections.abc import Mapping, MutableMapping, Sequence  # noqa: F401

from ansible.module_utils._text import to_bytes, to_native, to_text
from ansible.module_utils.common.collections import is_iterable
from ansible.module_utils.common.file import is_executable, mode_of  # noqa: F401
from ansible.module_utils.common.parameters import (  # noqa: F401
    PASS_VARS, AnsibleFallbackNotFound, Reading, env_fallback, remove_values, sanitize_keys)
from ansible.module_utils.common.process import get_bin_path
from ansible.module_utils.common.text.converters import (  # noqa: F401
    container_to_bytes as json_dict_unicode_to_bytes, container_to_text as json_dict_bytes_to_unicode, jsonify)
from ansible.module_utils.common.validation import (  # noqa: F401
    check_missing_parameters, human_to_bytes, safe_eval)
from ansible.module_utils.parsing.convert_bool import BOOLEANS, BOOLEANS_FALSE, BOOLEANS_TRUE, boolean  # noqa: F401
from ansible.module_utils.six import (  # noqa: F401
    PY2, PY3, b, binary_type, integer_types, iteritems, string_types, text_type)

try:
    import syslog
    HAS_SYSLOG = True
except ImportError:
    HAS_SYSLOG = False

HAVE_SELINUX = False
NoneType = type(None)
_PASSWORD_OPTION = re.compile(r'^--?pass(?:-?word|-?wd|-?phrase)?$')
DEFAULT_PERM = 0o666
FILE_COMMON_ARGUMENTS = {
    'mode': {'type': 'raw'},
    'owner': {'type': 'str'},
    'group': {'type': 'str'},
    'seuser': {'type': 'str'},
    'serole': {'type': 'str'},
    'selevel': {'type': 'str'},
    'setype': {'type': 'str'},
    'attributes': {'type': 'str', 'aliases': ['attr']},
    'unsafe_writes': {'type': 'bool', 'default': False, 'fallback': (env_fallback, ['ANSIBLE_UNSAFE_WRITES'])},
}
_loaded = None


def _load_params():
    """The arguments, from the file that is the first argument, else from standard input."""
    global _loaded
    if _loaded is None:
        if len(sys.argv) > 1:
            with open(sys.argv[1], 'rb') as source:
                text = source.read()
        else:
            text = sys.stdin.buffer.read()
        try:
            _loaded = json.loads(text.decode('utf-8'))['ANSIBLE_MODULE_ARGS']
        except (ValueError, KeyError, TypeError):
            print(json.dumps({'failed': True, 'msg': 'the module was given no arguments'}))
            sys.exit(1)
    return dict(_loaded)


def get_platform():
    return platform.system()


def get_distribution():
    names = _os_release()
    return (names.get('NAME') or 'OtherLinux').split(' ')[0] if get_platform() == 'Linux' else get_platform()


def get_distribution_version():
    return _os_release().get('VERSION_ID')


def get_distribution_codename():
    return _os_release().get('VERSION_CODENAME')


def _os_release():
    for path in ('/etc/os-release', '/usr/lib/os-release'):
        try:
            with open(path, encoding='utf-8') as source:
                return dict(
                    (key, ''.join(shlex.split(value)))
                    for key, _, value in (line.strip().partition('=') for line in source)
                    if value)
        except (OSError, ValueError):
            continue
    return {}


def get_all_subclasses(cls):
    found = set(cls.__subclasses__())
    for one in list(found):
        found |= get_all_subclasses(one)
    return found


def get_platform_subclass(cls):
    system, distribution = get_platform(), get_distribution()
    candidates = [one for one in get_all_subclasses(cls) if getattr(one, 'platform', None) == system]
    exact = [one for one in candidates if getattr(one, 'distribution', None) == distribution]
    general = [one for one in candidates if getattr(one, 'distribution', None) is None]
    return (exact + general + [cls])[0]


def load_platform_subclass(cls, *args, **kwargs):
    return object.__new__(get_platform_subclass(cls))


def missing_required_lib(library, reason=None, url=None):
    text = 'Failed to import the required Python library (%s) on %s\'s Python %s.' % (
        library, platform.node(), sys.executable)
    if reason:
        text += ' This is required %s.' % reason
    if url:
        text += ' See %s for more info.' % url
    return text + ' Install it where that Python looks, or set ansible_python_interpreter to one that has it.'


class AnsibleModule:
    def __init__(self, argument_spec, bypass_checks=False, no_log=False, mutually_exclusive=None,
                 required_together=None, required_one_of=None, add_file_common_args=False,
                 supports_check_mode=False, required_if=None, required_by=None):
        self._name = os.path.basename(sys.argv[0])
        self.argument_spec = argument_spec
        self.supports_check_mode = supports_check_mode
        self.bypass_checks = bypass_checks
        self.mutually_exclusive = mutually_exclusive
        self.required_together = required_together
        self.required_one_of = required_one_of
        self.required_if = required_if
        self.required_by = required_by
        self.cleanup_files = []
        self.run_command_environ_update = {}
        self._diff = False
        self._options_context = []
        self._warnings = []
        self._deprecations = []
        self._clean = {}
        self.no_log_values = set()
        if add_file_common_args:
            for name, entry in FILE_COMMON_ARGUMENTS.items():
                self.argument_spec.setdefault(name, entry)
        self._load_params()
        self._take_internal(no_log)
        self.aliases = {}
        reading = Reading()
        rules = {
            'mutually_exclusive': mutually_exclusive, 'required_together': required_together,
            'required_one_of': required_one_of, 'required_if': required_if, 'required_by': required_by}
        problem = None
        try:
            reading.read(argument_spec, self.params, rules)
        except TypeError as error:
            problem = str(error)
        self.no_log_values = reading.no_log_values
        self._warnings += reading.warnings
        self._deprecations += reading.deprecations
        if self.check_mode and not supports_check_mode:
            self.exit_json(skipped=True, msg='the module %s does not support check mode' % self._name)
        if problem is not None and not bypass_checks:
            self.fail_json(msg=problem)

    def _load_params(self):
        self.params = _load_params()

    def _take_internal(self, no_log):
        for name, (attribute, default) in PASS_VARS.items():
            setattr(self, attribute, self.params.pop('_ansible_' + name, default))
        for name in [key for key in self.params if str(key).startswith('_ansible_')]:
            del self.params[name]
        self.no_log = self.no_log or no_log
        self._name = self._name or os.path.basename(sys.argv[0])

    @property
    def tmpdir(self):
        if self._tmpdir is None:
            base = os.path.expanduser(os.path.expandvars(self._remote_tmp or tempfile.gettempdir()))
            if not os.path.isdir(base):
                base = tempfile.gettempdir()
            self._tmpdir = tempfile.mkdtemp(prefix='ansible-moduletmp-%s-' % time.time(), dir=base)
            if not self._keep_remote_files:
                atexit.register(shutil.rmtree, self._tmpdir, True)
        return self._tmpdir

    def warn(self, warning):
        self._warnings.append(to_native(warning))

    def deprecate(self, msg, version=None, date=None, collection_name=None):
        entry = {'msg': to_native(msg), 'collection_name': collection_name}
        entry.update({'date': date} if date is not None else {'version': version})
        self._deprecations.append(entry)

    def debug(self, msg):
        if self._debug:
            self.log('[debug] %s' % msg)

    def log(self, msg, log_args=None):
        if self.no_log or not HAS_SYSLOG:
            return
        text = remove_values(to_native(msg), self.no_log_values)
        syslog.openlog('ansible-%s' % os.path.basename(self._name), 0, syslog.LOG_USER)
        syslog.syslog(syslog.LOG_INFO, text.replace('\0', ' '))

    def boolean(self, arg):
        if arg is None:
            return arg
        try:
            return boolean(arg)
        except TypeError as error:
            self.fail_json(msg=str(error))

    def jsonify(self, data):
        return jsonify(data)

    def from_json(self, data):
        return json.loads(data)

    def safe_eval(self, value, locals=None, include_exceptions=False):
        return safe_eval(value, locals, include_exceptions)

    def add_cleanup_file(self, path):
        if path not in self.cleanup_files:
            self.cleanup_files.append(path)

    def do_cleanup_files(self):
        for path in self.cleanup_files:
            self.cleanup(path)

    def cleanup(self, tmpfile):
        try:
            os.unlink(tmpfile)
        except OSError as error:
            if os.path.exists(tmpfile):
                sys.stderr.write('could not remove %s: %s\n' % (tmpfile, error))

    def _result(self, kwargs):
        if 'invocation' not in kwargs:
            kwargs['invocation'] = {'module_args': self.params}
        for warning in _listed(kwargs.pop('warnings', None)):
            self.warn(warning)
        for one in _listed(kwargs.pop('deprecations', None)):
            if isinstance(one, Mapping):
                self._deprecations.append(dict(one))
            else:
                text, version = (one[0], one[1]) if isinstance(one, (list, tuple)) and len(one) == 2 else (one, None)
                self.deprecate(text, version)
        if self._warnings:
            kwargs['warnings'] = list(self._warnings)
        if self._deprecations:
            kwargs['deprecations'] = list(self._deprecations)
        self.do_cleanup_files()
        sys.stdout.write('\n%s\n' % jsonify(remove_values(kwargs, self.no_log_values)))
        sys.stdout.flush()

    def exit_json(self, **kwargs):
        self._result(kwargs)
        sys.exit(0)

    def fail_json(self, msg, **kwargs):
        kwargs.update(failed=True, msg=msg)
        if 'exception' not in kwargs and sys.exc_info()[2] and (self._debug or self._verbosity >= 3):
            kwargs['exception'] = traceback.format_exc()
        self._result(kwargs)
        sys.exit(1)

    def fail_on_missing_params(self, required_params=None):
        try:
            check_missing_parameters(self.params, required_params)
        except TypeError as error:
            self.fail_json(msg=str(error))

    def get_bin_path(self, arg, required=False, opt_dirs=None):
        try:
            return get_bin_path(arg, opt_dirs)
        except ValueError as error:
            if required:
                self.fail_json(msg=str(error))
            return None

    def run_command(self, args, check_rc=False, close_fds=True, executable=None, data=None, binary_data=False,
                    path_prefix=None, cwd=None, use_unsafe_shell=False, prompt_regex=None, environ_update=None,
                    umask=None, encoding='utf-8', errors='surrogate_or_strict', expand_user_and_vars=True,
                    pass_fds=None, before_communicate_callback=None, ignore_invalid_cwd=True,
                    handle_exceptions=True):
        if not isinstance(args, (str, bytes, list, tuple)):
            self.fail_json(rc=257, cmd=str(args), msg='the argument of run_command must be a list or text')
        command = _command(args, use_unsafe_shell, expand_user_and_vars)
        if use_unsafe_shell and executable is None and self._shell != '/bin/sh':
            executable = self._shell
        shown = _shown(args)
        env = dict(os.environ)
        env.update(self.run_command_environ_update)
        env.update(environ_update or {})
        if path_prefix:
            env['PATH'] = '%s:%s' % (path_prefix, env.get('PATH', ''))
        folder = os.path.abspath(os.path.expanduser(to_native(cwd))) if cwd else None
        if folder is not None and not os.path.isdir(folder):
            if not ignore_invalid_cwd:
                self.fail_json(rc=257, cmd=shown, msg="Provided cwd is not a valid directory: '%s'" % folder)
            folder = None
        give = _input(data, binary_data)
        before = os.umask(umask) if umask is not None else None
        try:
            process = subprocess.Popen(
                command, shell=use_unsafe_shell, executable=executable, close_fds=close_fds, cwd=folder,
                env={to_native(key): to_native(value) for key, value in env.items()},
                pass_fds=pass_fds or (), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                stdin=subprocess.PIPE if give is not None else subprocess.DEVNULL)
            if before_communicate_callback:
                before_communicate_callback(process)
            out, err = self._communicate(process, give, prompt_regex)
        except (OSError, ValueError) as error:
            if not handle_exceptions:
                raise
            self.fail_json(rc=getattr(error, 'errno', None) or 257, stdout='', stderr='', cmd=shown,
                           msg=remove_values(to_native(error), self.no_log_values))
        finally:
            if before is not None:
                os.umask(before)
        rc = process.returncode
        if rc is None:
            return 257, out, 'A prompt was encountered while running a command, but no input data was specified'
        if encoding is not None:
            out, err = to_native(out, encoding, errors), to_native(err, encoding, errors)
        if rc != 0 and check_rc:
            self.fail_json(cmd=shown, rc=rc, stdout=out, stderr=err, msg=to_native(err).rstrip())
        return rc, out, err

    def _communicate(self, process, data, prompt_regex):
        if prompt_regex is None or data is not None:
            return process.communicate(data)
        pattern = re.compile(to_bytes(prompt_regex), re.MULTILINE)
        outputs = {process.stdout: b'', process.stderr: b''}
        waiting = list(outputs)
        while waiting:
            for stream in select.select(waiting, [], [], 1)[0]:
                block = os.read(stream.fileno(), 9000)
                if not block:
                    waiting.remove(stream)
                outputs[stream] += block
                if stream is process.stdout and pattern.search(outputs[stream]):
                    process.kill()
                    process.wait()
                    process.returncode = None
                    return outputs[process.stdout], outputs[process.stderr]
        process.wait()
        return outputs[process.stdout], outputs[process.stderr]

    def append_to_file(self, filename, str):
        with open(os.path.expandvars(os.path.expanduser(filename)), 'a') as target:
            target.write(str)

    def bytes_to_human(self, size):
        for factor, unit in ((1 << 80, 'Y'), (1 << 70, 'Z'), (1 << 60, 'E'), (1 << 50, 'P'), (1 << 40, 'T'),
                             (1 << 30, 'G'), (1 << 20, 'M'), (1 << 10, 'K')):
            if size >= factor:
                return '%.2f %sB' % (size / float(factor), unit)
        return '%.2f Bytes' % size

    pretty_bytes = bytes_to_human

    def human_to_bytes(self, number, isbits=False):
        return human_to_bytes(number, isbits=isbits)

    def digest_from_file(self, filename, algorithm):
        path = to_bytes(filename)
        if not os.path.exists(path):
            return None
        if os.path.isdir(path):
            self.fail_json(msg='attempted to take checksum of directory: %s' % filename)
        try:
            digest = algorithm if hasattr(algorithm, 'hexdigest') else hashlib.new(algorithm)
        except ValueError:
            self.fail_json(msg="Could not hash file '%s' with algorithm '%s'" % (filename, algorithm))
        with open(path, 'rb') as source:
            for block in iter(lambda: source.read(65536), b''):
                digest.update(block)
        return digest.hexdigest()

    def md5(self, filename):
        return self.digest_from_file(filename, 'md5')

    def sha1(self, filename):
        return self.digest_from_file(filename, 'sha1')

    def sha256(self, filename):
        return self.digest_from_file(filename, 'sha256')

    def backup_local(self, fn):
        if not os.path.exists(fn):
            return ''
        name = '%s.%s.%s~' % (fn, os.getpid(), time.strftime('%Y-%m-%d@%H:%M:%S', time.localtime()))
        try:
            self.preserved_copy(fn, name)
        except OSError as error:
            self.fail_json(msg='Could not make backup of %s to %s: %s' % (fn, name, error))
        return name

    def preserved_copy(self, src, dest):
        shutil.copy2(src, dest)
        owner = os.stat(src)
        try:
            os.chown(dest, owner.st_uid, owner.st_gid)
        except PermissionError:
            pass

    def atomic_move(self, src, dest, unsafe_writes=False, keep_dest_attrs=True):
        source, target = to_native(src), os.path.realpath(to_native(dest))
        before = None
        try:
            if os.path.exists(target):
                before = os.stat(target)
                if keep_dest_attrs:
                    os.chmod(source, stat.S_IMODE(before.st_mode))
                    _chown_quietly(source, before.st_uid, before.st_gid)
            else:
                mask = os.umask(0)
                os.umask(mask)
                os.chmod(source, DEFAULT_PERM & ~mask)
            self._rename(source, target, before, unsafe_writes)
        except OSError as error:
            self.fail_json(msg="Could not replace file: %s to %s: %s" % (src, dest, error))

    def _rename(self, source, target, before, unsafe_writes):
        folder = os.path.dirname(target) or '.'
        try:
            descriptor, beside = tempfile.mkstemp(prefix='.ansible_tmp', dir=folder)
        except OSError:
            if not (unsafe_writes and before is not None):
                raise
            shutil.copyfile(source, target)
            os.unlink(source)
            return
        os.close(descriptor)
        try:
            shutil.copy2(source, beside)
            if before is not None:
                _chown_quietly(beside, before.st_uid, before.st_gid)
                os.chmod(beside, stat.S_IMODE(os.stat(source).st_mode))
            os.rename(beside, target)
        except OSError:
            if os.path.exists(beside):
                os.unlink(beside)
            if not unsafe_writes:
                raise
            shutil.copyfile(source, target)
        os.unlink(source)

    def load_file_common_arguments(self, params, path=None):
        given = path if path is not None else params.get('path', params.get('dest'))
        if given is None:
            return {}
        name = os.path.expanduser(os.path.expandvars(to_native(given)))
        if params.get('follow', False) and os.path.islink(name):
            name = os.path.realpath(name)
        secontext = [params.get(key) for key in ('seuser', 'serole', 'setype')]
        return {
            'path': name, 'mode': params.get('mode'), 'owner': params.get('owner'), 'group': params.get('group'),
            'seuser': secontext[0], 'serole': secontext[1], 'setype': secontext[2],
            'selevel': params.get('selevel'), 'secontext': secontext,
            'attributes': params.get('attributes'),
        }

    def selinux_enabled(self):
        return False

    def selinux_mls_enabled(self):
        return False

    def selinux_initial_context(self):
        return [None, None, None]

    def user_and_group(self, path, expand=True):
        found = os.lstat(_expanded(path, expand))
        return found.st_uid, found.st_gid

    def set_fs_attributes_if_different(self, file_args, changed, diff=None, expand=True):
        for name in ('seuser', 'serole', 'setype', 'selevel', 'attributes'):
            if file_args.get(name):
                self.fail_json(path=file_args['path'], msg='%s of a file cannot be set by a module of this project' % name)
        path = file_args['path']
        changed = self.set_owner_if_different(path, file_args.get('owner'), changed, diff, expand)
        changed = self.set_group_if_different(path, file_args.get('group'), changed, diff, expand)
        return self.set_mode_if_different(path, file_args.get('mode'), changed, diff, expand)

    set_file_attributes_if_different = set_fs_attributes_if_different
    set_directory_attributes_if_different = set_fs_attributes_if_different

    def check_file_absent_if_check_mode(self, file_path):
        return self.check_mode and not os.path.exists(file_path)

    def set_owner_if_different(self, path, owner, changed, diff=None, expand=True):
        return self._own(path, owner, 'owner', changed, diff, expand)

    def set_group_if_different(self, path, group, changed, diff=None, expand=True):
        return self._own(path, group, 'group', changed, diff, expand)

    def _own(self, path, name, kind, changed, diff, expand):
        if name is None:
            return changed
        target = _expanded(path, expand)
        if self.check_file_absent_if_check_mode(target):
            return True
        try:
            wanted = int(name)
        except ValueError:
            try:
                wanted = pwd.getpwnam(name).pw_uid if kind == 'owner' else grp.getgrnam(name).gr_gid
            except KeyError:
                self.fail_json(path=path, msg='chown failed: failed to look up %s %s' % (
                    'user' if kind == 'owner' else 'group', name))
        found = self.user_and_group(target, False)[0 if kind == 'owner' else 1]
        if found == wanted:
            return changed
        _note(diff, kind, found, wanted)
        if not self.check_mode:
            try:
                os.lchown(target, *((wanted, -1) if kind == 'owner' else (-1, wanted)))
            except OSError as error:
                self.fail_json(path=path, msg='%s failed: %s' % ('chown' if kind == 'owner' else 'chgrp', error))
        return True

    def set_mode_if_different(self, path, mode, changed, diff=None, expand=True):
        if mode is None:
            return changed
        target = _expanded(path, expand)
        if self.check_file_absent_if_check_mode(target):
            return True
        before = os.lstat(target)
        try:
            wanted = mode_of(mode, before)
        except ValueError as error:
            self.fail_json(path=path, msg=str(error), details=to_native(mode))
        found = stat.S_IMODE(before.st_mode)
        if found == wanted or stat.S_ISLNK(before.st_mode):
            return changed
        _note(diff, 'mode', '0%03o' % found, '0%03o' % wanted)
        if not self.check_mode:
            try:
                os.chmod(target, wanted)
            except OSError as error:
                self.fail_json(path=path, msg='chmod failed: %s' % error)
        return True

    def add_path_info(self, kwargs):
        path = kwargs.get('path', kwargs.get('dest'))
        if path is None or not os.path.lexists(path):
            return kwargs
        found = os.lstat(path)
        kwargs.update(uid=found.st_uid, gid=found.st_gid, mode='0%03o' % stat.S_IMODE(found.st_mode),
                      size=found.st_size, state=_kind(path, found))
        kwargs['owner'] = _name(pwd.getpwuid, found.st_uid)
        kwargs['group'] = _name(grp.getgrgid, found.st_gid)
        return kwargs

    def is_special_selinux_path(self, path):
        return False, None

    def find_mount_point(self, path):
        found = os.path.realpath(os.path.expanduser(os.path.expandvars(path)))
        while not os.path.ismount(found):
            found = os.path.dirname(found)
        return found

    def get_buffer_size(self, fd):
        return 65536


def _listed(value):
    if value is None:
        return []
    return list(value) if is_iterable(value) and not isinstance(value, Mapping) else [value]


def _expanded(path, expand):
    return os.path.expanduser(os.path.expandvars(to_native(path))) if expand else to_native(path)


def _chown_quietly(path, uid, gid):
    try:
        os.chown(path, uid, gid)
    except PermissionError:
        # Only the superuser may give files away.
        pass


def _note(diff, key, before, after):
    if diff is not None:
        diff.setdefault('before', {})[key] = before
        diff.setdefault('after', {})[key] = after


def _name(look_up, number):
    try:
        return look_up(number)[0]
    except KeyError:
        return str(number)


def _kind(path, found):
    if stat.S_ISLNK(found.st_mode):
        return 'link'
    if stat.S_ISDIR(found.st_mode):
        return 'directory'
    return 'hard' if found.st_nlink > 1 else 'file'


def _input(data, binary_data):
    if data is None:
        return None
    give = to_bytes(data)
    return give if binary_data or give.endswith(b'\n') else give + b'\n'


def _command(args, use_shell, expand):
    if use_shell:
        return to_native(args) if isinstance(args, (str, bytes)) else ' '.join(shlex.quote(to_native(one)) for one in args)
    words = shlex.split(to_native(args)) if isinstance(args, (str, bytes)) else [to_native(one) for one in args if one is not None]
    return [os.path.expanduser(os.path.expandvars(one)) for one in words] if expand else words


def _shown(args):
    """A command as messages name it, without the values of options that are passwords."""
    words = shlex.split(to_native(args)) if isinstance(args, (str, bytes)) else [to_native(one) for one in args]
    shown, hide = [], False
    for word in words:
        if hide:
            shown.append('********')
            hide = False
            continue
        name, separator, _value = word.partition('=')
        if _PASSWORD_OPTION.match(name):
            hide = not separator
            word = '%s=********' % name if separator else word
        shown.append(word)
    return ' '.join(shlex.quote(one) for one in shown)
