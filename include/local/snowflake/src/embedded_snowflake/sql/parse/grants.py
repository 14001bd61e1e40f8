"""GRANT, REVOKE and SHOW GRANTS.

Grammar: https://docs.snowflake.com/en/sql-reference/sql/grant-privilege, …/grant-ownership, …/grant-role,
…/show-grants, and those of REVOKE. sqlglot has a tree for the shortest of these statements only.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.parse.words import WordParser

OWNERSHIP = "OWNERSHIP"
ACCOUNT_LEVEL = ("DATABASE", "WAREHOUSE", "ROLE", "USER", "ACCOUNT")
# Kinds of objects that privileges are granted on.
SECURABLE_KINDS = (
    "TABLE",
    "VIEW",
    "SEQUENCE",
    "STAGE",
    "FILE FORMAT",
    "FUNCTION",
    "PROCEDURE",
    "DYNAMIC TABLE",
    "EXTERNAL TABLE",
    "MATERIALIZED VIEW",
    "PIPE",
    "STREAM",
    "TASK",
    "SCHEMA",
    *ACCOUNT_LEVEL,
)
_OTHER_GRANTEES = ("DATABASE", "SHARE", "APPLICATION", "USER")


class GrantParser(WordParser):
    """Parses the statements about grants."""

    def _parse_grant_statement(self) -> exp.Expr:
        revoke = self._prev.token_type is TokenType.REVOKE
        if self._take("ROLE"):
            return self._parse_grant_of_role(revoke=revoke)
        if self._at("DATABASE", "APPLICATION", "CALLER", "INHERITED"):
            raise not_supported(f"{'REVOKE' if revoke else 'GRANT'} {' '.join(self._rest().split()[:2])}")
        option = revoke and self._match_text_seq("GRANT", "OPTION", "FOR")
        privileges = self._parse_privileges()
        target = self._parse_grant_target()
        role = self._parse_grantee("FROM" if revoke else "TO")
        if revoke:
            self._take("RESTRICT", "CASCADE")
            self._expect_end()
            return nodes.Revoke(this=role, privileges=privileges, target=target, option=option)
        current = None
        if privileges == [OWNERSHIP] and target.args["scope"] != "FUTURE":
            current = self._parse_current_grants()
        else:
            option = self._match_text_seq("WITH", "GRANT", "OPTION")
            if target.args["scope"] == "FUTURE":
                self._parse_current_grants()  # of FUTURE objects there are none
        self._expect_end()
        return nodes.Grant(this=role, privileges=privileges, target=target, option=option, current_grants=current)

    def _parse_grant_of_role(self, *, revoke: bool) -> exp.Expr:
        role = self._parse_account_object_name()
        self._expect("FROM" if revoke else "TO")
        kind = self._take("ROLE", "USER")
        if kind is None:
            raise self._unexpected()
        holder = self._parse_account_object_name()
        self._expect_end()
        return (nodes.RevokeRole if revoke else nodes.GrantRole)(this=role, kind=kind, holder=holder)

    def _parse_privileges(self) -> list[str]:
        """Read the privileges in front of ON; none for ALL PRIVILEGES."""
        names: list[str] = []
        if self._take("ALL"):
            self._take("PRIVILEGES")
        else:
            while not names or self._take(","):
                words = [self._parse_stored_word()]
                while not self._at(",", "ON"):
                    words.append(self._parse_stored_word())
                names.append(" ".join(words))
        self._expect("ON")
        return names

    def _parse_grant_target(self) -> nodes.GrantTarget:
        scope = self._take("ALL", "FUTURE")
        if scope is None:
            return self._parse_securable()
        kind = self._parse_securable_kind(plural=True)
        self._expect("IN")
        container = self._take("DATABASE", "SCHEMA")
        if container is None or (kind == "SCHEMA" and container == "SCHEMA"):
            raise self._unexpected(container)
        return nodes.GrantTarget(kind=kind, this=self._parse_object_name(), scope=scope, container=container)

    def _parse_securable(self) -> nodes.GrantTarget:
        """Read one object that privileges are granted on."""
        kind = self._parse_securable_kind()
        if kind == "ACCOUNT":
            name = None
        elif kind in ("ROLE", "USER", "WAREHOUSE"):
            name = self._parse_account_object_name()
        else:
            name = self._parse_object_name()
        types = self._parse_argument_types() if kind in ("FUNCTION", "PROCEDURE") else None
        return nodes.GrantTarget(kind=kind, this=name, expressions=types, scope=None)

    def _parse_securable_kind(self, *, plural: bool = False) -> str:
        for kind in SECURABLE_KINDS:
            word = f"{kind}S" if plural else kind
            if not (plural and kind in ACCOUNT_LEVEL) and (
                self._take(word) or self._match_text_seq(*word.split())
            ):  # sqlglot joins some words
                return kind
        raise not_supported(f"grants on {' '.join(self._rest().split()[:2]) or 'nothing'}")

    def _parse_grantee(self, word: str) -> exp.Table:
        self._expect(word)
        if not self._take("ROLE") and self._at(*_OTHER_GRANTEES):
            raise not_supported(f"privileges {word} {self._parse_stored_word()}: only a role gets them here")
        return self._parse_account_object_name()

    def _parse_current_grants(self) -> str | None:
        word = self._take("REVOKE", "COPY")
        if word is not None:
            self._expect("CURRENT")
            self._expect("GRANTS")
        return word

    def _parse_show_grants(self) -> nodes.ShowGrants | None:
        """Read SHOW GRANTS and SHOW FUTURE GRANTS; None for another SHOW."""
        if self._match_text_seq("FUTURE", "GRANTS"):
            shown = self._parse_future_grants()
        elif self._match_text_seq("GRANTS"):
            shown = self._parse_present_grants()
        else:
            return None
        shown.set("limit", self._parse_row_limit())
        self._expect_end()
        return shown

    def _parse_present_grants(self) -> nodes.ShowGrants:
        relation = self._take("ON", "OF", "TO")
        if relation is None:
            return nodes.ShowGrants()
        if relation == "ON":
            return nodes.ShowGrants(relation=relation, target=self._parse_securable())
        kind = self._take("ROLE", "USER") if relation == "TO" else self._take("ROLE")
        if kind is None:
            raise self._unexpected()
        return nodes.ShowGrants(relation=relation, kind=kind, this=self._parse_account_object_name())

    def _parse_future_grants(self) -> nodes.ShowGrants:
        if self._take("TO"):
            self._expect("ROLE")
            return nodes.ShowGrants(future=True, relation="TO", kind="ROLE", this=self._parse_account_object_name())
        self._expect("IN")
        kind = self._take("SCHEMA", "DATABASE")
        if kind is None:
            raise self._unexpected()
        return nodes.ShowGrants(future=True, relation="IN", kind=kind, this=self._parse_object_name())
