"""Looking for programs."""
import os


def get_bin_path(arg, opt_dirs=None, required=None):
    own = [folder for folder in (opt_dirs or []) if folder is not None and os.path.exists(folder)]
    paths = own + [folder for folder in os.environ.get('PATH', '').split(os.pathsep) if folder]
    paths += [folder for folder in ('/sbin', '/usr/sbin', '/usr/local/sbin') if folder not in paths]
    for folder in paths:
        path = os.path.join(folder, arg)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise ValueError('Failed to find required executable "%s" in paths: %s' % (arg, os.pathsep.join(paths)))
