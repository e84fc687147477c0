/**
 * Finds switches that leave out a case of a union and have no default. A switch that names every case ends in
 * `default: return unreachable(x)`, which the compiler checks; this rule is for the ones that end in nothing.
 */
import ts from 'typescript';

/** The members of a union of literals (or the type itself, if it is one literal); null for any other type. */
function literalsOf(type: ts.Type, checker: ts.TypeChecker): string[] | null {
  const members = type.isUnion() ? type.types : [type];
  const isUnit = members.every((member) => (member.flags & ts.TypeFlags.Unit) !== 0);
  return isUnit && members.length > 1 ? members.map((member) => checker.typeToString(member)) : null;
}

/** The complaint about this node, or null. */
export function inexhaustiveSwitch(node: ts.Node, checker: ts.TypeChecker): string | null {
  if (!ts.isSwitchStatement(node)) return null;
  const wanted = literalsOf(checker.getTypeAtLocation(node.expression), checker);
  if (wanted === null || node.caseBlock.clauses.some(ts.isDefaultClause)) return null;
  const cases = node.caseBlock.clauses.filter(ts.isCaseClause);
  const named = new Set(cases.flatMap((clause) => namesOf(checker.getTypeAtLocation(clause.expression), checker)));
  const missing = wanted.filter((name) => !named.has(name));
  return missing.length === 0 ? null : `this switch leaves out ${missing.join(', ')}`;
}

function namesOf(type: ts.Type, checker: ts.TypeChecker): string[] {
  return (type.isUnion() ? type.types : [type]).map((member) => checker.typeToString(member));
}
