"""The part of the interface of modules that runbook gives to the modules of a project."""
from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
__version__ = '2.14.0'
