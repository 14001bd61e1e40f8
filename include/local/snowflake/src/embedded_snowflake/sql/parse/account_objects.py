"""Statements about roles, users, warehouses, resource monitors and network policies.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/create-role, …/create-user, …/create-warehouse,
…/create-resource-monitor, …/create-network-policy, and those of ALTER, DROP, COMMENT, SHOW and DESCRIBE. Of these
sqlglot reads the shortest only.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.words import WordParser

_SHOWN = {
    "ROLES": "ROLE",
    "USERS": "USER",
    "WAREHOUSES": "WAREHOUSE",
    "RESOURCE MONITORS": "RESOURCE MONITOR",
    "NETWORK POLICIES": "NETWORK POLICY",
}
KINDS = tuple(_SHOWN.values())
_COMMENTED = ("ROLE", "USER", "WAREHOUSE", "NETWORK POLICY")


class AccountObjectParser(WordParser):
    """Parses the statements about them; each method gives None for a statement about others."""

    def _parse_create_account_object(self) -> exp.Expr | None:
        start = self._index
        replace = self._match_text_seq("OR", "REPLACE")
        kind = self._take_words(*KINDS)
        if kind is None:
            self._retreat(start)
            return None
        exists = self._match_text_seq("IF", "NOT", "EXISTS")
        name = self._parse_account_object_name()
        exists = exists or self._match_text_seq("IF", "NOT", "EXISTS")
        self._take("WITH")
        properties = self._parse_word_properties()
        return nodes.CreateAccountObject(this=name, kind=kind, replace=replace, exists=exists, expressions=properties)

    def _parse_alter_account_object(self) -> exp.Expr | None:
        kind = self._take_words(*KINDS)
        if kind is None:
            return None
        altered = nodes.AlterAccountObject(kind=kind, exists=self._match_text_seq("IF", "EXISTS"))
        if kind != "WAREHOUSE" or not self._at("SUSPEND", "RESUME", "SET", "UNSET", "RENAME"):
            altered.set("this", self._parse_account_object_name())
        if self._match_text_seq("RENAME", "TO"):
            altered.set("new_name", self._parse_account_object_name())
        elif self._take("SET") or (kind == "RESOURCE MONITOR" and self._at("TRIGGERS")):
            altered.set("properties", self._parse_word_properties())
        elif self._take("UNSET"):
            names = [self._parse_stored_word()]
            while self._take(","):
                names.append(self._parse_stored_word())
            altered.set("unset", names)
        elif kind == "WAREHOUSE" and self._at("SUSPEND", "RESUME"):
            altered.set("state", self._take("SUSPEND", "RESUME"))
            if altered.args["state"] == "RESUME":
                altered.set("if_suspended", self._match_text_seq("IF", "SUSPENDED"))
        else:
            raise not_supported(f"ALTER {kind} … {self._rest()[:40]}")
        self._expect_end()
        return altered

    def _parse_drop_account_object(self) -> exp.Expr | None:
        kind = self._take_words(*KINDS)
        if kind is None:
            return None
        exists = self._match_text_seq("IF", "EXISTS")
        dropped = nodes.DropAccountObject(this=self._parse_account_object_name(), kind=kind, exists=exists)
        self._expect_end()
        return dropped

    def _parse_comment_on_account_object(self) -> exp.Expr | None:
        start = self._index
        exists = self._match_text_seq("IF", "EXISTS")
        kind = self._take_words(*_COMMENTED) if self._take("ON") else None
        if kind is None:
            self._retreat(start)
            return None
        name = self._parse_account_object_name()
        self._expect("IS")
        comment = nodes.CommentOnAccountObject(this=name, kind=kind, exists=exists, expression=self._parse_text_value())
        self._expect_end()
        return comment

    def _parse_describe_account_object(self) -> exp.Expr | None:
        kind = self._take_words("WAREHOUSE", "NETWORK POLICY")
        if kind is None:
            return None
        described = nodes.DescribeAccountObject(this=self._parse_account_object_name(), kind=kind)
        self._expect_end()
        return described

    def _parse_show_account_objects(self) -> exp.Expr | None:
        start = self._index
        terse = bool(self._take("TERSE"))
        kind = _SHOWN.get(self._take_words(*_SHOWN) or "")
        if kind is None:
            self._retreat(start)
            return None
        like = self._parse_text_value() if self._take("LIKE") else None
        beginning = self._parse_text_value() if self._match_text_seq("STARTS", "WITH") else None
        limit = self._parse_row_limit()
        self._expect_end()
        return nodes.ShowAccountObjects(kind=kind, terse=terse, like=like, starts_with=beginning, limit=limit)

    def _parse_word_properties(self) -> list[exp.Expr]:
        """Read name = value … to the statement's end; a value may be a list of texts in parentheses."""
        properties: list[exp.Expr] = []
        while self._curr:
            if self._take(","):
                continue
            name = self._parse_stored_word()
            if name == "TAG" and not self._at("="):
                self._parse_stored_word()  # of a tag, which is refused as such
            if name == "TRIGGERS":
                properties.append(exp.Property(this=exp.var(name), value=self._parse_triggers()))
                continue
            self._take("=")
            value = exp.Tuple(expressions=self._parse_text_values()) if self._at("(") else self._parse_text_value()
            while self._match(TokenType.DOT):  # DEFAULT_NAMESPACE = database.schema
                value = exp.Literal.string(f"{value.name}.{self._parse_text_value().name}")
            properties.append(exp.Property(this=exp.var(name), value=value))
        return properties

    def _parse_triggers(self) -> exp.Tuple:
        """Read ON threshold PERCENT DO action …, each as the text "threshold action"."""
        triggers: list[exp.Expr] = []
        while self._take("ON"):
            threshold = self._parse_text_value()
            self._expect("PERCENT")
            self._expect("DO")
            action = self._take("SUSPEND_IMMEDIATE", "SUSPEND", "NOTIFY")
            if action is None or not threshold.name.isdecimal():
                raise self._unexpected(None if action is None else threshold.name)
            triggers.append(exp.Literal.string(f"{threshold.name} {action}"))
        if not triggers:
            raise self._unexpected()
        return exp.Tuple(expressions=triggers)
