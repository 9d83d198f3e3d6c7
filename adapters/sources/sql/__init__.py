"""Any database that SQLAlchemy has a dialect for, read as a source: tables and views, strictly read-only.

`address` finds the driver and says errors in words, `readonly` keeps writes out, `layout` and `columns` tell what there
is, `matching` and `guesses` give it its names, `paging` and `blobs` read it, `describe` and `probe` report on it.
"""

from adapters.sources.sql.source import SqlSource as SqlSource
