"""Where a dataset is written: a folder of this machine, or one in an object store (`s3://`, `gs://` ...).

`store.py` says what a store can do, `local.py` and `objects.py` do it, `lease.py` keeps two builders from
writing into one object store, `opening.py` opens a store by its path or URL.
"""

from notehead.stores.opening import is_url, open_store, place
from notehead.stores.store import Store

__all__ = ["Store", "is_url", "open_store", "place"]
