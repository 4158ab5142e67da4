from pkgutil import extend_path

# What is not here may be installed on the host.
__path__ = extend_path(__path__, __name__)
