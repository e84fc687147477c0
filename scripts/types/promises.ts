/**
 * Finds promises that nobody waits for. The linter has the same rule, but infers types by itself and misses what comes
 * from Node's own modules or from deep generics; this one asks the compiler.
 */
import ts from 'typescript';

function isThenable(type: ts.Type, at: ts.Node, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.some((part) => isThenable(part, at, checker));
  const then = type.getProperty('then');
  if (then === undefined) return false;
  return checker.getTypeOfSymbolAtLocation(then, at).getCallSignatures().length > 0;
}

/** `p.catch(f)` and `p.then(f, g)` deal with a failure; `p.finally(f)` does so as far as `p` does. */
function handlesFailure(expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const method = expression.expression.name.text;
  if (method === 'catch') return expression.arguments.length >= 1;
  if (method === 'then') return expression.arguments.length >= 2;
  return method === 'finally' && handlesFailure(expression.expression.expression);
}

function withoutParentheses(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) ? withoutParentheses(expression.expression) : expression;
}

function isAssignment(expression: ts.Expression): boolean {
  if (!ts.isBinaryExpression(expression)) return false;
  const operator = expression.operatorToken.kind;
  return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment;
}

/** The complaint about this node, or null. `void promise` says that it is meant. */
export function floatingPromise(node: ts.Node, checker: ts.TypeChecker): string | null {
  if (!ts.isExpressionStatement(node)) return null;
  const expression = withoutParentheses(node.expression);
  if (ts.isVoidExpression(expression) || isAssignment(expression) || handlesFailure(expression)) return null;
  if (!isThenable(checker.getTypeAtLocation(expression), expression, checker)) return null;
  return 'this promise is not waited for: await it, return it, catch it, or say `void`';
}
