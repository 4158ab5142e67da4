"""Starts one module of the project; the first argument is its dotted name below this folder."""
import runpy
import sys


def main():
    name = sys.argv.pop(1)
    runpy.run_module(name, run_name='__main__', alter_sys=True)


if __name__ == '__main__':
    main()
