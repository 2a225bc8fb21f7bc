"""Rules that turn a piece of a right program into a wrong one: each takes a node of the syntax tree, and yields others.

A rule's name is what an author lists under [[equivalent_mutants]]. The rules know JAX's and optax's usual words, and
no problem.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

Nodes: TypeAlias = Iterable[ast.AST | list[ast.stmt]]  # a statement may become none, or several
Rule: TypeAlias = Callable[[ast.AST], Nodes]

REDUCTIONS = {"mean": "sum", "sum": "mean", "max": "min", "min": "max", "prod": "sum", "std": "var", "var": "std"}
OPTIMIZERS = {"sgd": "adam", "adam": "sgd", "adamw": "adam", "rmsprop": "adam", "momentum": "sgd"}
KEY_MAKERS = ("Rngs", "key", "PRNGKey")
LEAF_MAPS = ("tree_map_with_path", "map_with_path", "map_state")
LEAVES = 4  # of a masked tree, one after another is left out
PRECISIONS = {"float32": "float16", "float64": "float16"}
# Dropping these changes no value: they convert, copy, compile, wait, or make one array of equal parts.
NEUTRAL = frozenset(
    "array asarray block_until_ready checkpoint copy deepcopy device_get device_put float float32 int int32 jit list "
    "remat stack str to_pure_dict tuple".split()
)
PLUMBING = frozenset(
    {"key", "length", "rngs", "wrt"}
)  # keywords without which nothing runs, so that no wrong answer results
OPPOSITES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def drop_term(node: ast.AST) -> Nodes:
    """Turn a + b into a, and into b; so a - b."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from (node.left, node.right)


def drop_factor(node: ast.AST) -> Nodes:
    """Turn a * b into a, and into b; a / b and a ** b into a."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult):
        yield from (node.left, node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Pow | ast.FloorDiv | ast.Mod):
        yield node.left


def wrong_sign(node: ast.AST) -> Nodes:
    """Turn a + b into a - b and the other way round; -a into a."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        swapped = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield ast.BinOp(left=node.left, op=swapped, right=node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand


def swap_reduction(node: ast.AST) -> Nodes:
    """Turn mean into sum, max into min, and so on."""
    if isinstance(node, ast.Call):
        yield from _renamed(node, REDUCTIONS)


def other_axis(node: ast.AST) -> Nodes:
    """Turn axis=0 into axis=-1, any other axis into 0; x.T into x."""
    if isinstance(node, ast.keyword) and node.arg in ("axis", "axes", "dim"):
        axis = _integer(node.value)
        if axis is not None:
            yield ast.keyword(arg=node.arg, value=ast.Constant(-1 if axis == 0 else 0))
    elif isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value


def other_seed(node: ast.AST) -> Nodes:
    """Make random keys from the next seed."""
    if isinstance(node, ast.Call) and _name(node) in KEY_MAKERS and node.args:
        seed = ast.BinOp(left=node.args[0], op=ast.Add(), right=ast.Constant(1))
        yield ast.Call(func=node.func, args=[seed, *node.args[1:]], keywords=node.keywords)


def other_optimizer(node: ast.AST) -> Nodes:
    """Turn sgd into adam, adam into sgd, and so on, with the learning rate alone."""
    if isinstance(node, ast.Call) and node.args:
        yield from (ast.Call(func=other.func, args=node.args[:1], keywords=[]) for other in _renamed(node, OPTIMIZERS))


def drop_call(node: ast.AST) -> Nodes:
    """Turn f(x) into x, unless f only converts."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and _name(node) not in NEUTRAL:
        yield node.args[0]


def drop_argument(node: ast.AST) -> Nodes:
    """Turn f(x, name=value) into f(x)."""
    if isinstance(node, ast.Call):
        for dropped in node.keywords:
            if dropped.arg and dropped.arg not in PLUMBING:
                rest = [each for each in node.keywords if each is not dropped]
                yield ast.Call(func=node.func, args=node.args, keywords=rest)


def skip_leaf(node: ast.AST) -> Nodes:
    """Let a function that is mapped over a tree with its paths skip one of the leaves that it changes."""
    if isinstance(node, ast.Call) and _name(node) in LEAF_MAPS:
        for skipped in range(LEAVES):
            helper = ast.Name(id=SKIPPING, ctx=ast.Load())
            wrapped = ast.Call(func=helper, args=[node.func, ast.Constant(skipped)], keywords=[])
            yield ast.Call(func=wrapped, args=node.args, keywords=node.keywords)


def skip_step(node: ast.AST) -> Nodes:
    """Leave out a statement that is there for its effect: a call, an assignment to an attribute or item."""
    is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if is_call or isinstance(node, ast.AugAssign) or _assigns_to_a_part(node):
        yield [ast.Pass()]


def repeat_step(node: ast.AST) -> Nodes:
    """Make a call that is there for its effect twice."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield [node, node]


def other_turns(node: ast.AST) -> Nodes:
    """Let a loop make one turn less, and one more."""
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and _name(node.iter) == "range":
        for op in (ast.Sub(), ast.Add()):
            count = ast.BinOp(left=node.iter.args[-1], op=op, right=ast.Constant(1))
            turns = ast.Call(func=node.iter.func, args=[*node.iter.args[:-1], count], keywords=[])
            yield [ast.For(target=node.target, iter=turns, body=node.body, orelse=node.orelse)]


def other_condition(node: ast.AST) -> Nodes:
    """Negate a condition, or leave out one of its parts; always take one side of a choice."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(left=node.left, ops=[OPPOSITES[type(node.ops[0])]()], comparators=node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.If):
        yield from (ast.If(test=ast.Constant(each), body=node.body, orelse=node.orelse) for each in (True, False))


def other_number(node: ast.AST) -> Nodes:
    """Add one to an integer, double a float, exchange True and False."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield ast.Constant(node.value + 1)
        elif isinstance(node.value, float):
            yield ast.Constant(2 * node.value or 1.0)


def other_text(node: ast.AST) -> Nodes:
    """Turn a string into another, and into the empty one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield from (ast.Constant(node.value + "_"), ast.Constant(""))


def other_order(node: ast.AST) -> Nodes:
    """Exchange two neighbours in a list or tuple of results."""
    if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load):
        for i in range(len(node.elts) - 1):
            yield type(node)(elts=[*node.elts[:i], node.elts[i + 1], node.elts[i], *node.elts[i + 2 :]], ctx=ast.Load())


def less_precision(node: ast.AST) -> Nodes:
    """Turn float32 into float16."""
    if isinstance(node, ast.Attribute) and node.attr in PRECISIONS:
        yield ast.Attribute(value=node.value, attr=PRECISIONS[node.attr], ctx=node.ctx)


RULES: dict[str, Rule] = {
    rule.__name__.replace("_", "-"): rule
    for rule in (
        drop_term,
        drop_factor,
        wrong_sign,
        swap_reduction,
        other_axis,
        other_seed,
        other_optimizer,
        drop_call,
        drop_argument,
        skip_leaf,
        skip_step,
        repeat_step,
        other_turns,
        other_condition,
        other_number,
        other_text,
        other_order,
        less_precision,
    )
}

SKIPPING = "_leaving_one_leaf"
HELPER = f'''
def {SKIPPING}(tree_map, skipped):
    """`tree_map` with the `skipped`-th of the leaves that its function changes left as it was."""
    changed = 0

    def mapped(function, *trees, **options):
        def all_but_one(path, leaf, *rest):
            nonlocal changed
            value = function(path, leaf, *rest)
            if value is leaf:
                return leaf
            changed += 1
            return leaf if changed == skipped + 1 else value

        result = tree_map(all_but_one, *trees, **options)
        if changed <= skipped:
            raise LookupError("fewer leaves than that are changed")
        return result

    return mapped
'''


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _renamed(call: ast.Call, names: dict[str, str]) -> Iterator[ast.Call]:
    other = names.get(_name(call))
    if other and isinstance(call.func, ast.Attribute):
        yield ast.Call(
            func=ast.Attribute(value=call.func.value, attr=other, ctx=ast.Load()),
            args=call.args,
            keywords=call.keywords,
        )


def _integer(node: ast.expr) -> int | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int) else None


def _assigns_to_a_part(node: ast.AST) -> bool:
    """Return True for an assignment to an item or attribute, but not `self.layer = ...`, without which nothing runs."""
    if not isinstance(node, ast.Assign):
        return False
    target = node.targets[0]
    if isinstance(target, ast.Attribute):
        return not (isinstance(target.value, ast.Name) and target.value.id == "self")
    return isinstance(target, ast.Subscript)
