"""Transformations of mappings."""
import re
from copy import deepcopy


def dict_merge(a, b):
    if not isinstance(b, dict):
        return b
    merged = deepcopy(a)
    for key, value in b.items():
        if key in merged and isinstance(merged[key], dict):
            merged[key] = dict_merge(merged[key], value)
        else:
            merged[key] = deepcopy(value)
    return merged


def recursive_diff(dict1, dict2):
    left = {k: v for k, v in dict1.items() if k not in dict2}
    right = {k: v for k, v in dict2.items() if k not in dict1}
    for key in set(dict1) & set(dict2):
        one, two = dict1[key], dict2[key]
        if isinstance(one, dict) and isinstance(two, dict):
            inner = recursive_diff(one, two)
            if inner:
                left[key], right[key] = inner
        elif one != two:
            left[key], right[key] = one, two
    return (left, right) if left or right else None


def _snake(name):
    with_breaks = re.sub(r'([^_])([A-Z][a-z]+)', r'\1_\2', name)
    return re.sub(r'([a-z0-9])([A-Z])', r'\1_\2', with_breaks).lower()


def _camel(name, first=False):
    head, rest = name.split('_')[0], name.split('_')[1:]
    return (head.capitalize() if first else head) + ''.join(word.capitalize() or '_' for word in rest)


def _keys(value, convert):
    if isinstance(value, dict):
        return {convert(k) if isinstance(k, str) else k: _keys(v, convert) for k, v in value.items()}
    if isinstance(value, list):
        return [_keys(entry, convert) for entry in value]
    return value


def camel_dict_to_snake_dict(camel_dict, reversible=False, ignore_list=()):
    return {
        _snake(k): v if k in ignore_list else _keys(v, _snake)
        for k, v in camel_dict.items()
    }


def snake_dict_to_camel_dict(snake_dict, capitalize_first=False):
    return _keys(snake_dict, lambda name: _camel(name, capitalize_first))
