"""Modes of files."""
import os
import re
import stat

FILE_ATTRIBUTES = {}
_PERMISSIONS = {'r': 4, 'w': 2, 'x': 1}


def is_executable(path):
    return bool(os.stat(path).st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH))


def mode_of(mode, path_stat):
    """The permission bits that a mode, octal or symbolic, means for a file. Raises ValueError."""
    if isinstance(mode, int):
        return mode
    text = str(mode).strip()
    if re.match(r'^(0o)?[0-7]+$', text):
        return int(text.replace('0o', ''), 8)
    bits = stat.S_IMODE(path_stat.st_mode)
    for clause in text.split(','):
        bits = _clause(clause.strip(), bits, stat.S_ISDIR(path_stat.st_mode))
    return bits


def _clause(clause, bits, is_directory):
    match = re.match(r'^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$', clause)
    if match is None:
        raise ValueError("mode must be in octal or symbolic form: bad symbolic permission '%s'" % clause)
    users = match.group(1) or 'a'
    users = 'ugo' if 'a' in users else users
    # Without users the umask has its say.
    mask = _umask() if match.group(1) == '' else 0
    for operator, wanted in re.findall(r'([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)', match.group(2)):
        value = _value(users, wanted, bits, is_directory) & ~mask
        if operator == '+':
            bits |= value
        elif operator == '-':
            bits &= ~value
        else:
            bits = (bits & ~_all_bits(users)) | value
    return bits


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _all_bits(users):
    bits = 0
    for user, shift, special in (('u', 6, stat.S_ISUID), ('g', 3, stat.S_ISGID), ('o', 0, stat.S_ISVTX)):
        if user in users:
            bits |= 7 << shift | special
    return bits


def _value(users, wanted, bits, is_directory):
    value = 0
    for user, shift, special in (('u', 6, stat.S_ISUID), ('g', 3, stat.S_ISGID), ('o', 0, 0)):
        if user not in users:
            continue
        if wanted in ('u', 'g', 'o'):
            value |= ((bits >> {'u': 6, 'g': 3, 'o': 0}[wanted]) & 7) << shift
            continue
        for letter in wanted:
            if letter in _PERMISSIONS:
                value |= _PERMISSIONS[letter] << shift
            elif letter == 'X' and (is_directory or bits & 0o111):
                value |= 1 << shift
            elif letter == 's':
                value |= special
            elif letter == 't':
                value |= stat.S_ISVTX
    return value
