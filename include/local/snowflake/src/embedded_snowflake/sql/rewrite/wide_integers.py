"""Make room for whole numbers of more than 64 bits.

NUMBER(38, 0), which INT, BIGINT and NUMBER mean too, is DuckDB's BIGINT here: joins, groups and results of ordinary
numbers stay quick. A statement that fails because a number does not fit is run again with 128 bits (see
state/execution.py): its casts take DuckDB's HUGEINT, and arithmetic.py makes its operators do so.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sql.rewrite.conversions import is_integer

_NARROW = {f"{PREFIX}to_integer": f"{PREFIX}to_wide_integer", f"{PREFIX}try_to_integer": f"{PREFIX}try_to_wide_integer"}


def widen(tree: exp.Expr) -> exp.Expr:
    """Widen the types of casts and new columns to 128 bits.

    Args:
        tree: Statement with conversions called by name, its types still Snowflake's.

    Returns:
        The tree, changed in place.
    """
    for kind in tree.find_all(exp.DataType):
        if is_integer(kind):
            kind.replace(exp.DataType(this=exp.DataType.Type.INT128))
    for call in tree.find_all(exp.Anonymous):
        if call.name in _NARROW:
            call.set("this", _NARROW[call.name])
    return tree
