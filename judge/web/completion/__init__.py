"""Names, signatures and first lines of the installed libraries, for the editor's completion.

collect.py     modules in, the table out            __main__.py     the process that imports JAX for it
table.py       one table a server, cached           signatures.py   one callable as a short text

The table is made from what is installed beside the server, when the first editor asks for it, in a process of its own:
a wheel is built where JAX can't be imported, and the server itself never imports it.
"""
