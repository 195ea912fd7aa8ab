"""What every table shares: the collection they belong to, and keys that are never given twice."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData()

#: Integer key that grows for ever and is never given twice, also after deletes.
SERIAL = BigInteger().with_variant(Integer, "sqlite")
