"""What a query may not be: too long, too deep, too wide, or with nothing selected.

Every record type is flat, so an honest query is two levels deep (the introspection that editors
send: fifteen) and selects each document once.
"""

from typing import Any

from graphql import (
    ASTValidationRule,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    specified_rules,
)

MAX_CHARACTERS = 100_000
MAX_TOKENS = 4_000
MAX_DEPTH = 20
# Fields of an operation, after fragments are put in place; a search in a list counts once.
MAX_FIELDS = 500
MAX_ERRORS = 20


class SomethingSelectedRule(ASTValidationRule):
    """``{events(event:{}){ }}`` is refused, as the original does."""

    def enter_selection_set(self, node: SelectionSetNode, *_: Any) -> None:
        if not node.selections:
            self.report_error(GraphQLError("Select at least one field between the braces.", node))


class BoundedSelectionRule(ASTValidationRule):
    """No operation is deeper than 20 levels or selects more than 500 fields."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self._measured: dict[str, tuple[int, int]] = {}

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        depth, fields = self._measure(node.selection_set, frozenset())
        if depth > MAX_DEPTH:
            self.report_error(
                GraphQLError(f"The query is {depth} levels deep; {MAX_DEPTH} is the limit.", node)
            )
        if fields > MAX_FIELDS:
            self.report_error(
                GraphQLError(
                    f"The query selects {fields} fields; {MAX_FIELDS} is the limit. Send several.",
                    node,
                )
            )

    def _measure(self, selected: SelectionSetNode, within: frozenset[str]) -> tuple[int, int]:
        """Depth and number of fields. ``within`` names the fragments around it."""
        depth = fields = 0
        for selection in selected.selections:
            if isinstance(selection, FragmentSpreadNode):
                inner_depth, inner_fields = self._measure_fragment(selection.name.value, within)
            elif selection.selection_set:
                inner_depth, inner_fields = self._measure(selection.selection_set, within)
            else:
                inner_depth = inner_fields = 0
            own = isinstance(selection, FieldNode)
            depth = max(depth, inner_depth + own)
            fields += inner_fields + own
        return depth, fields

    def _measure_fragment(self, name: str, within: frozenset[str]) -> tuple[int, int]:
        fragment: FragmentDefinitionNode | None = self.context.get_fragment(name)
        # Unknown and circular fragments are reported by rules of their own.
        if fragment is None or name in within:
            return 0, 0
        if name not in self._measured:
            self._measured[name] = self._measure(fragment.selection_set, within | {name})
        return self._measured[name]


RULES = (*specified_rules, SomethingSelectedRule, BoundedSelectionRule)
