"""A locale whose output programs can read."""


def get_best_parsable_locale(module, preferences=None, raise_on_locale=False):
    rc, out, _err = module.run_command(['locale', '-a'])
    available = out.split() if rc == 0 else []
    for wanted in preferences or ['C.utf8', 'C.UTF-8', 'en_US.utf8', 'en_US.UTF-8', 'C', 'POSIX']:
        if wanted in available:
            return wanted
    return 'C'
